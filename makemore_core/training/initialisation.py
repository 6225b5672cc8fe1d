"""What a draw of weights decides before the first step: the loss, and the spread of signals and gradients.

After makemore part 3, which reads all of it off the first batch.
"""

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import cast

import torch
from torch import Tensor

from makemore_core.config import RunConfig
from makemore_core.diagnostics import overall
from makemore_core.diagnostics.activations import Activations
from makemore_core.diagnostics.gradients import Gradients
from makemore_core.diagnostics.loss import CONFIDENTLY_WRONG, Loss
from makemore_core.diagnostics.reading import Heatmap, Histograms, LayerMap, Reading, Scalars, Verdict, layer_map
from makemore_core.diagnostics.saturation import Saturation
from makemore_core.diagnostics.step import Step
from makemore_core.errors import InputError, choose_one_of
from makemore_core.models.deep_mlp import DeepMLPConfig
from makemore_core.models.language_model import ModelConfig
from makemore_core.models.layers import Activation, Linear, Tanh
from makemore_core.models.mlp import MLPConfig
from makemore_core.training.trainer import Trainer

WITH_GAIN = (MLPConfig.name, DeepMLPConfig.name)  # the models whose initial weights have a gain to choose
MOST_EXAMPLES = 1024
BLIND = 1.05  # times ln V; as near to a blind guess as a net comes that knows nothing
NO_NUMBER = "BatchNorm has no spread to normalise, so the loss is no number: raise the scale of the hidden weights."
LOWEST_GAIN, HIGHEST_GAIN, GAINS = 0.5, 3.0, 24


@dataclass(frozen=True)
class Prediction:
    """What the net expects after one context of the batch: a logit and a probability for each character."""

    context: str
    target: int  # the number of the character that really follows
    labels: tuple[str, ...]
    logits: tuple[float, ...]
    probabilities: tuple[float, ...]


@dataclass(frozen=True)
class Initialisation:
    """Readings of the first batch, before any update. `border` is where a tanh output counts as saturated."""

    loss: Scalars
    activations: Histograms
    gradients: Histograms
    saturation: Heatmap
    prediction: Prediction
    border: float
    is_bounded: bool

    @property
    def first_loss(self) -> float:
        """In nats."""
        return self.loss.values["batch loss"]

    @property
    def uniform(self) -> float:
        """What a blind guess costs, ln V."""
        return self.loss.values["uniform"]

    @property
    def shares(self) -> tuple[float, ...]:
        """The share of saturated outputs, by layer."""
        return tuple(float(layer.cells.mean()) for layer in self.saturation.layers)


def initialisation(config: RunConfig, border: float) -> Initialisation:
    """The first batch of a run of these settings; an InputError where the loss is not a number."""
    return _initialisation(config, border, config.data.load().sha256)


@lru_cache(maxsize=64)
def _initialisation(config: RunConfig, border: float, sha256: str) -> Initialisation:
    """Remembered by what the data are: another data set may come to have the same name."""
    trainer = _trainer(config)
    x, y = trainer.batch()
    with trainer.model.watched() as outputs:
        loss = trainer.model.loss(x, y)
        loss.backward()
    vocabulary = trainer.dataset.vocabulary
    step = Step(0, loss.item(), trainer.rate(0), vocabulary, trainer.model, outputs, {}, {}, tuple)
    if not math.isfinite(step.loss):
        raise InputError(NO_NUMBER)
    activations = step.activations()
    return Initialisation(
        Loss().measure(step),
        Activations().measure(step),
        Gradients().measure(step),
        Heatmap([_saturation(name, layer, out.detach(), border) for name, (layer, out) in activations.items()]),
        _typical_prediction(vocabulary.itos, x, y, list(outputs.values())[-1].detach().double()),
        border,
        all(layer.bounded for layer, _ in activations.values()),
    )


def _trainer(config: RunConfig) -> Trainer:
    """The run before its first step, with no more examples in a batch than there is time for."""
    torch.set_num_threads(config.threads)  # as in a run: two halve the speed of small nets
    batch_size = min(config.batch_size or MOST_EXAMPLES, MOST_EXAMPLES)
    return Trainer(replace(config, engine="autograd", batch_size=batch_size), config.data.load())


def _saturation(name: str, layer: Activation, output: Tensor, border: float) -> LayerMap:
    """Where a layer is flat: beyond the border if it is bounded, else by its own rule."""
    if layer.bounded:
        return layer_map(name, f"{Tanh.tails}{border}", output.abs() > border)
    return layer_map(name, layer.rule, layer.flat(output))


def _typical_prediction(letters: tuple[str, ...], x: Tensor, y: Tensor, logits: Tensor) -> Prediction:
    """The example of the median loss: the first one may be right by luck, the mean belongs to nobody."""
    log_p = torch.log_softmax(logits, dim=-1)  # (B, V)
    i = int(log_p.gather(1, y[:, None]).flatten().argsort(descending=True)[len(y) // 2])
    context = "".join(letters[j] for j in x[i].tolist())
    return Prediction(context, int(y[i]), letters, tuple(logits[i].tolist()), tuple(log_p[i].exp().tolist()))


def loss_verdict(look: Initialisation) -> Verdict:
    """A net that knows nothing should say so: its first loss is the price of a blind guess."""
    ratio = look.first_loss / look.uniform
    price = f"{look.uniform:.2f}, the price of a blind guess"
    if ratio > CONFIDENTLY_WRONG:
        return Verdict(2, f"{ratio:.1f} times {price}: the net is confidently wrong. Shrink the output layer.")
    if ratio > BLIND:
        return Verdict(1, f"Above {price}: the first steps will only unlearn. Shrink the output layer further.")
    return Verdict(0, f"About {price}: the net knows nothing, and says so.")


def layer_verdicts(look: Initialisation) -> tuple[Verdict | None, ...]:
    """One for each layer that can saturate; a ReLU is 0 for half of its inputs, which is no illness."""
    if not look.is_bounded:
        return tuple(None for _ in look.saturation.layers)
    return tuple(Saturation().verdict(Heatmap([layer])) for layer in look.saturation.layers)


def net_verdicts(look: Initialisation) -> tuple[Verdict, ...]:
    """The worst layer's saturation, and whether signals and gradients keep their spread from layer to layer."""
    spreads: dict[str, Reading] = {"activations": look.activations, "gradients": look.gradients}
    return tuple(overall({"saturation": look.saturation} | spreads if look.is_bounded else spreads).values())


def with_gain(model: ModelConfig) -> MLPConfig | DeepMLPConfig:
    """The model as one that has a gain, or an InputError."""
    if model.name not in WITH_GAIN:
        raise choose_one_of("model with a gain", model.name, WITH_GAIN)
    return cast("MLPConfig | DeepMLPConfig", model)


def gains_around(gain: float) -> tuple[float, ...]:
    """Gains to draw a curve over: from .5 to 3, and as far beyond as the chosen one is."""
    low, high = min(LOWEST_GAIN, 0.9 * gain) or LOWEST_GAIN, max(HIGHEST_GAIN, 1.1 * gain)
    return tuple(low + (high - low) * i / (GAINS - 1) for i in range(GAINS))


def spreads_by_gain(config: RunConfig, gains: tuple[float, ...]) -> dict[str, tuple[float, ...]]:
    """The deviation of each layer's activations on the first batch, were its weights drawn with each of the gains.

    The numbers drawn do not depend on the gain, so they are drawn once, with gain 1, and multiplied.
    """
    plain = replace(config, model=with_gain(config.model).with_gain(1.0))
    return _spreads_of(plain, gains, config.data.load().sha256)


@lru_cache(maxsize=64)
def _spreads_of(plain: RunConfig, gains: tuple[float, ...], sha256: str) -> dict[str, tuple[float, ...]]:
    trainer = _trainer(plain)
    x, _ = trainer.batch()
    drawn = {layer: layer.weight.detach().clone() for layer in _hidden(trainer)}
    spreads: dict[str, list[float]] = {}
    for gain in gains:
        for name, spread in _spreads(trainer, x, drawn, gain).items():
            spreads.setdefault(name, []).append(spread)
    return {name: tuple(values) for name, values in spreads.items()}


def _hidden(trainer: Trainer) -> list[Linear]:
    """The Linear layers before the output's."""
    layers = [layer for _, layer in trainer.model.all_layers() if isinstance(layer, Linear)]
    return layers[:-1]


def _spreads(trainer: Trainer, x: Tensor, drawn: dict[Linear, Tensor], gain: float) -> dict[str, float]:
    with torch.no_grad(), trainer.model.watched() as outputs:
        for layer, weight in drawn.items():
            torch.mul(weight, gain, out=layer.weight)
        trainer.model(x)
    names = [name for name, layer in trainer.model.all_layers() if isinstance(layer, Activation)]
    return {name: outputs[name].double().std(correction=0).item() for name in names}
