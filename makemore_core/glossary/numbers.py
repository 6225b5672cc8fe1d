"""The numbers of a run that stand beside a term: each a function of what is shown, to a few words or to none."""

import math
from collections.abc import Callable
from typing import cast

from makemore_core.diagnostics.reading import Heatmap, Histograms, Scalars
from makemore_core.diagnostics.saturation import dead_neurons
from makemore_core.glossary.term import Here, Number
from makemore_core.ngrams import yardsticks
from makemore_core.training.recorder import Evaluation, batch_loss


def setting(path: str, words: str = "{}") -> Number:
    """The value of a setting, where the run has it."""

    def number(here: Here) -> str:
        value = here.config.settings().get(path)
        return "" if value is None else words.format(f"{value:,}" if type(value) is int else value)

    return number


def choice(part: str) -> Number:
    """Which model, optimizer or schedule it is."""
    return lambda here: str(here.config.settings()[part])


def yardstick(name: str) -> Number:
    """What has to be beaten on val, in nats."""
    return lambda here: f"{yardsticks(here.config.data)[name]:.3f} nats on val"


def _of_evaluation(say: Callable[[Evaluation], str]) -> Number:
    def number(here: Here) -> str:
        until = here.snapshot.step + 1
        seen = [e for e in here.snapshot.evaluations if here.snapshot.at is None or e.step <= until]
        return say(seen[-1]) if seen and math.isfinite(seen[-1].val) and math.isfinite(seen[-1].train) else ""

    return number


losses = _of_evaluation(lambda e: f"train {e.train:.3f}, val {e.val:.3f} nats after {e.step:,} steps")
val = _of_evaluation(lambda e: f"{e.val:.3f} nats on val, {e.val / math.log(2):.3f} bits")
likelihood = _of_evaluation(lambda e: f"each character of val gets {math.exp(-e.val):.1%} on (geometric) average")
perplexity = _of_evaluation(lambda e: f"{math.exp(e.val):.2f} on val")
gap = _of_evaluation(lambda e: f"val is {e.val - e.train:+.3f} nats from train")


def of_batch(here: Here) -> str:
    """The loss of the batch on which the step was taken."""
    shown = here.snapshot.shown
    return f"{batch_loss(shown):.3f} nats at step {shown.step:,}" if shown else ""


def step(here: Here) -> str:
    """How far it is."""
    return f"{here.snapshot.step:,} of {here.config.max_steps:,}"


def epochs(here: Here) -> str:
    """How often it has seen all of train."""
    examples = sum(len(part) + 1 for part in here.dataset.parts["train"])
    seen = (here.snapshot.step + 1) * (here.config.batch_size or examples)
    return f"{seen / examples:,.2f}, after {here.snapshot.step + 1:,} steps of {here.config.batch_size or examples:,}"


def rate(here: Here) -> str:
    """The rate of this step."""
    now = here.config.optimizer.learning_rate * here.config.schedule.factor(here.snapshot.step)
    return f"{now:.4g} at step {here.snapshot.step:,}"


def vocabulary(here: Here) -> str:
    """How many characters there are."""
    return f"{len(here.dataset.vocabulary)} characters: {here.dataset.vocabulary.boundary} and the letters"


def uniform(here: Here) -> str:
    """The price of a blind guess."""
    n = len(here.dataset.vocabulary)
    return f"ln {n} = {math.log(n):.3f} nats"


def one_hot(here: Here) -> str:
    """How long such a vector is."""
    n = len(here.dataset.vocabulary)
    return f"1 one and {n - 1} zeros"


def embedding(here: Here) -> str:
    """The table's shape."""
    width = here.config.settings().get("model.n_embd")
    return f"{len(here.dataset.vocabulary)} × {width}" if width else ""


def splits(here: Here) -> str:
    """How many words each split has."""
    lists = here.dataset.lists
    return ", ".join(f"{name} {len(words):,}" for name, words in lists.items()) + f" {here.dataset.noun}s"


def leaked(here: Here) -> str:
    """The share of val that stands in train too."""
    lists = here.dataset.lists
    if "val" not in lists:
        return "val is train"
    train = set(lists["train"])
    return f"{sum(word in train for word in lists['val']) / len(lists['val']):.1%} of val also stands in train"


def saturation(here: Here) -> str:
    """The share of flat outputs, layer by layer."""
    layers = cast("Heatmap", here.snapshot.reading("saturation") or Heatmap([])).layers
    return ", ".join(f"{layer.name} {layer.cells.mean():.1%}" for layer in layers)


def dead(here: Here) -> str:
    """The neurons that no example of the batch moves."""
    layers = cast("Heatmap", here.snapshot.reading("saturation") or Heatmap([])).layers
    return ", ".join(f"{layer.name} {len(dead_neurons(layer))} of {layer.columns}" for layer in layers)


def scalars(diagnostic: str, pattern: str = "{:.2e}") -> Number:
    """A diagnostic's numbers by their names."""

    def number(here: Here) -> str:
        values = cast("Scalars", here.snapshot.reading(diagnostic) or Scalars({})).values
        return ", ".join(f"{name} {pattern.format(value)}" for name, value in values.items())

    return number


def deviations(diagnostic: str) -> Number:
    """How wide each layer's histogram is."""

    def number(here: Here) -> str:
        layers = cast("Histograms", here.snapshot.reading(diagnostic) or Histograms([])).layers
        return ", ".join(f"{layer.name} {layer.deviation:.2g}" for layer in layers)

    return number


def kept(here: Here) -> str:
    """How many steps can be looked back to."""
    return f"{len(here.snapshot.observations):,} steps kept" if here.snapshot.observations else ""
