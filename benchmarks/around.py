"""What surrounds the steps, ours beside the lectures' way: loss of a whole split, a thousand names, the examples."""

from collections.abc import Callable, Iterator
from pathlib import Path

import torch
from torch import Generator
from torch.nn.functional import cross_entropy, softmax

from benchmarks.contests import Contest, if_possible
from benchmarks.peers import LECTURES, clone, lecture
from benchmarks.rounds import Advance
from benchmarks.workloads import WORKLOADS
from makemore_core.layouts import WINDOWS
from makemore_core.models.language_model import LanguageModel
from makemore_core.sampling import SamplingConfig, sample
from makemore_core.training.trainer import Trainer

OURS, LECTURES_WAY = "ours", "lectures"
EVALUATED = ("W1", "W2", "W4")
NAMES = 1000
TRAINED = 2000  # steps after which names are as long as names are
BLOCK_SIZE = 3


def around(peers: Path) -> Iterator[Contest]:
    """The contests beside the ladder, each made when its turn comes."""
    for name in EVALUATED:
        yield split_loss(name)
    yield thousand_names()
    yield examples(peers)


def split_loss(name: str) -> Contest:
    """The loss of train: Trainer.evaluate beside model(X) on all examples at once."""
    config = WORKLOADS[name].config
    trainer = Trainer(config, config.data.load())

    def at_once() -> float:
        with trainer.model.evaluating():
            return cross_entropy(trainer.model(trainer.x), trainer.y).item()

    advances = {LECTURES_WAY: times(at_once), OURS: times(lambda: trainer.evaluate("train"))}
    about = f"the loss of {name}'s train split"
    note = f"Lectures: model(X) on all {len(trainer.y):,} examples at once."
    return Contest(f"{name} loss", about, LECTURES_WAY, advances, (note,))


def thousand_names() -> Contest:
    """Names of lecture 3's net: all side by side beside one after the other."""
    config = WORKLOADS["W1"].config
    trainer = Trainer(config, config.data.load())
    trainer.advance(TRAINED)
    model, ours = trainer.model, SamplingConfig()

    def one_by_one() -> list[list[int]]:
        with model.evaluating():
            return names_one_by_one(model, Generator().manual_seed(ours.seed))

    advances = {LECTURES_WAY: times(one_by_one), OURS: times(lambda: sample(model, NAMES, ours))}
    note = f"Lectures: one name after the other, one character at a time, by W1's net after {TRAINED:,} steps."
    return Contest("samples", f"{NAMES:,} names", LECTURES_WAY, advances, (note,))


def names_one_by_one(model: LanguageModel, generator: Generator) -> list[list[int]]:
    """Part 3's last cell, a thousand times."""
    names: list[list[int]] = []
    for _ in range(NAMES):
        out: list[int] = []
        context = [0] * model.block_size
        while True:
            probs = softmax(model(torch.tensor([context])), dim=1)
            ix = int(torch.multinomial(probs, num_samples=1, generator=generator).item())
            context = [*context[1:], ix]
            out.append(ix)
            if ix == 0:
                break
        names.append(out)
    return names


def examples(peers: Path) -> Contest:
    """X and Y of the train split, from its words."""
    dataset = WORKLOADS["W1"].config.data.load()
    words = dataset.parts["train"]

    def notebooks() -> Advance:
        _, names = lecture(clone(peers, LECTURES), "makemore_part3_bn", dataset)
        return times(lambda: names["build_dataset"](words))

    theirs, missing = if_possible(notebooks)
    advances = {
        LECTURES_WAY: theirs,
        OURS: times(lambda: WINDOWS.examples(dataset.tokens("train"), BLOCK_SIZE, dataset.is_text)),
    }
    note = missing or "Lectures: part 3's build_dataset."
    return Contest("examples", f"X and Y of {len(words):,} words, block {BLOCK_SIZE}", LECTURES_WAY, advances, (note,))


def times(do: Callable[[], object]) -> Advance:
    """A task as something whose steps are counted."""

    def advance(k: int) -> None:
        for _ in range(k):
            do()

    return advance
