"""The learning-rate finder: one pass in which every step takes a larger rate, until the loss explodes.

makemore part 2 does it by hand: 1,000 steps from 10**-3 to 10**0, and a valley near 10**-1. The idea is Smith's (2017,
"Cyclical learning rates for training neural networks", section 3.3); fastai made it a habit.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from makemore_core.config import RunConfig
from makemore_core.datasets import Dataset
from makemore_core.errors import InputError
from makemore_core.knobs import Config, knob
from makemore_core.models.counting import CountingConfig
from makemore_core.optimizers import OptimizerConfig
from makemore_core.presets import PRESETS
from makemore_core.schedules import RampConfig
from makemore_core.search.suggestions import FEWEST, Floor, Suggestion, floor_of, suggestions, two_digits
from makemore_core.smoothing import smoothed, smoothed_both_ways
from makemore_core.tasks import Report
from makemore_core.training.trainer import Trainer

Numbers = NDArray[np.float64]

EXPLODED = 4.0  # times the best calm loss so far, as in fastai's lr_find
CALM = 30  # the past counts for a part of the ramp as small as this
TURN, SHOWN_EVERY = 0.1, 0.4  # seconds
LEAST, MOST = 1e-8, 100.0  # rates
RANGES = {"momentum": (1e-4, 1.0), "rmsprop": (1e-5, 0.1), "adam": (1e-5, 0.1), "adamw": (1e-5, 0.1)}

NO_RATE = "Counting takes no steps, so it has no learning rate to find; choose a net."

LECTURE = PRESETS["lecture2-mlp"].config.with_values(
    {"model.n_hidden": 100, "model.n_embd": 2, "data.split": "whole"}
)  # the net of 3,481 parameters on which the lecture looks for its rate, before it has splits
LECTURE_RATE = 0.1  # "around 10 to the -1", makemore part 2


@dataclass(frozen=True)
class FinderConfig(Config):
    """The ramp: from which rate to which, in how many steps, and how often."""

    low: float = knob(1e-3, low=LEAST, high=MOST, log=True, help="The rate of the first step: far too little.")
    high: float = knob(1.0, low=1e-6, high=MOST, log=True, help="The rate of the last step: far too much.")
    steps: int = knob(1_000, low=FEWEST, high=20_000, log=True, help="Steps of a pass; each takes a larger rate.")
    passes: int = knob(3, low=1, high=10, help="How often, each with other batches: together they are calmer.")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.low >= self.high:
            raise InputError(f"`low < high` must hold for a ramp upwards, but got {self.low:g} and {self.high:g}.")

    @property
    def rates(self) -> Numbers:
        """The rate of each step."""
        return self.low * (self.high / self.low) ** (np.arange(self.steps) / (self.steps - 1))

    def ramped(self, config: RunConfig) -> RunConfig:
        """A run whose rate climbs the ramp."""
        ramp = RampConfig(over=self.steps, ramp_from=self.low / self.high)
        return replace(config.with_values({"optimizer.learning_rate": self.high}), schedule=ramp)


def usual_ramp(optimizer: OptimizerConfig) -> FinderConfig:
    """The lecture's ramp for SGD; of rules that divide by the gradient's size one through smaller rates.

    An optimizer's own rate lies on it, as far as a ramp can go.
    """
    low, high = RANGES.get(optimizer.name, (FinderConfig.low, FinderConfig.high))
    rate = optimizer.learning_rate
    return FinderConfig(low if low < rate else max(rate / 10, LEAST), high if rate < high else min(10 * rate, MOST))


@dataclass(frozen=True, eq=False)
class Finding:
    """The curve of a ramp, as far as it came, and what it says. Losses are in nats, of each batch before its update."""

    asked: FinderConfig
    rates: Numbers  # (N)
    losses: Numbers  # (passes, N)
    calm: Numbers  # (N), through the mean of the passes
    lowest: Numbers  # (N), of the passes' own calm lines
    highest: Numbers  # (N)
    exploded: bool
    floor: Floor | None  # None of a curve too short to read
    suggestions: tuple[Suggestion, ...]  # none before its end

    @property
    def best(self) -> float:
        """The rate to take if nobody says otherwise: the lecture's reading; without any, that of the lowest loss."""
        return self.suggestions[0].rate if self.suggestions else float(self.rates[self.calm.argmin()])

    @property
    def is_over(self) -> bool:
        """Whether it came to its end, or to the explosion."""
        return self.exploded or len(self.rates) == self.asked.steps

    def in_words(self) -> str:
        """What one sees, in a sentence or two."""
        end = f" At {two_digits(self.rates[-1]):g} it explodes." if self.exploded else ""
        if self.floor is None:
            return f"The loss explodes within {len(self.rates)} steps, too few to read: begin at a lower rate."
        return self.floor.in_words() + end


def find(
    config: RunConfig,
    dataset: Dataset,
    asked: FinderConfig,
    report: Report,
    state: Mapping[str, Tensor] | None = None,
) -> Finding:
    """Climb the ramp with fresh nets, each pass with another seed; or with copies of a net in this Trainer.state().

    InputError for a model without a learning rate.
    """
    torch.set_num_threads(config.threads)  # of this thread
    report(0.0, "Drawing the weights")
    trainers = [_trainer(config, dataset, asked, state, i) for i in range(asked.passes)]
    losses = np.empty((asked.passes, 0))
    many, shown, n, exploded = 1, 0.0, 0, False
    while n < asked.steps and not exploded:
        report(n / asked.steps, f"Step {n:,} of {asked.steps:,}, rate {two_digits(asked.rates[n]):g}")
        began, many = time.perf_counter(), min(many, asked.steps - n)
        losses = np.hstack([losses, [trainer.advance(many) for trainer in trainers]])
        n, exploded = _end(losses, asked.steps)
        many = max(1, min(8 * many, int(many * TURN / (time.perf_counter() - began))))
        if n >= FEWEST and time.monotonic() - shown >= SHOWN_EVERY:
            report.so_far, shown = read(asked, losses[:, :n], exploded), time.monotonic()
    if not n:
        raise InputError("The very first loss is no number, so there is no rate to find; lower the initial gain.")
    report(1.0, f"{n:,} steps")
    return read(asked, losses[:, :n], exploded)


def read(asked: FinderConfig, losses: Numbers, exploded: bool) -> Finding:
    """What the losses (passes, N) of the ramp's first steps say. Each pass has its own calm line, and all have one."""
    weight, rates = _past(asked.steps), asked.rates[: losses.shape[1]]
    calm = smoothed_both_ways(losses.mean(axis=0), weight)
    own = np.array([smoothed_both_ways(row, weight) for row in losses])
    floor = floor_of(rates, calm, exploded) if len(calm) >= FEWEST else None
    found = suggestions(rates, calm, floor) if floor and (exploded or len(calm) == asked.steps) else ()
    return Finding(asked, rates, losses, calm, own.min(axis=0), own.max(axis=0), exploded, floor, found)


def _trainer(
    config: RunConfig, dataset: Dataset, asked: FinderConfig, state: Mapping[str, Tensor] | None, i: int
) -> Trainer:
    if config.model.name == CountingConfig.name:
        raise InputError(NO_RATE)
    seed = (config.seed + i) % 2**63
    trainer = Trainer(asked.ramped(replace(config, seed=seed)), dataset)
    if state:
        trainer.load(state)
        trainer.number = 0  # of the ramp
    if state and i:
        trainer.generator.manual_seed(seed)  # other batches, after the first pass with those that would have come
    return trainer


def _end(losses: Numbers, steps: int) -> tuple[int, bool]:
    """How many of the steps so far can be read, and whether the loss exploded after them."""
    mean = losses.mean(axis=0)
    calm = smoothed(mean, _past(steps))
    with np.errstate(invalid="ignore"):
        off = np.flatnonzero(~np.isfinite(mean) | (calm > EXPLODED * np.fmin.accumulate(calm)))
    return (int(off[0]), True) if len(off) else (len(mean), False)


def _past(steps: int) -> float:
    """The weight of the past in the calm line: the same part of a ramp, however many steps it has."""
    return max(0.0, 1 - CALM / steps)
