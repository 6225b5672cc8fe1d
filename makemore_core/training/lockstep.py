"""One network written down in several ways, trained on the same batches by turns: where their numbers part, how fast.

Every writing is a run with a Trainer of its own. The first one is what the others are compared with. They take turns of
a few steps, so that whatever else the machine does slows all of them alike.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from makemore_core.config import RunConfig
from makemore_core.datasets import Dataset
from makemore_core.engines import name_of
from makemore_core.errors import InputError
from makemore_core.tasks import Report
from makemore_core.training.curve import Curve, Rows, regridded
from makemore_core.training.spacing import is_on_grid, next_on_grid
from makemore_core.training.trainer import Trainer

MEASURED, EVALUATED = 16, 1  # times in an octave of steps that parameters are compared, that val is scored
POINTS = 64  # of a curve in an octave
TURN, MOST_STEPS = 0.02, 64  # seconds and steps that a turn takes at most, unless a single step is longer
UNTIMED = 2  # steps: the first ones compile kernels and fill caches
SHOWN_EVERY = 0.5  # seconds
SCORED = 8_192  # characters of val while it trains
ROUND = (1, 1.5, 2, 3, 5, 7)
SAME = ("data", "seed", "batch_size")

Losses = NDArray[np.float64]
Pair = tuple[str, Tensor, Tensor]  # a parameter by the first writing's name, there and in another writing


@dataclass(frozen=True)
class Writing:
    """One way to write the network down and to find its gradients: its name on the screen, and its run."""

    name: str
    config: RunConfig


@dataclass(frozen=True, eq=False)
class Walk:
    """What a writing did so far. Differences are from the first writing, at the same step."""

    name: str
    engine: str
    losses: Rows  # in nats
    apart: Rows  # of its losses: absolute differences
    relative_apart: float  # the largest difference of a loss as a share of that loss
    parameters: Mapping[str, tuple[float, ...]]  # the largest difference in each parameter at the measured steps
    relative: Mapping[str, float]  # the last of them, as a share of the parameter's largest number
    first_loss: int | None  # the first step whose loss has other bits
    first_update: int | None  # the first step whose update leaves other bits in a parameter
    steps: int  # that were timed
    seconds: float  # that they took
    val: tuple[float, ...]  # at the evaluated steps
    split_losses: Mapping[str, float] = field(default_factory=dict[str, float])  # at the end

    @property
    def is_equal(self) -> bool:
        """Whether every loss and every parameter has been the first writing's, to the bit."""
        return self.first_loss is None and self.first_update is None

    @property
    def steps_per_second(self) -> float:
        """Over the timed steps; 0 before the first of them."""
        return self.steps / self.seconds if self.seconds else 0.0


@dataclass(frozen=True, eq=False)
class Together:
    """All writings after so many steps, and the sentences of those that could not be trained."""

    steps: int
    max_steps: int
    measured: tuple[int, ...]  # steps done when parameters were compared
    evaluated: tuple[int, ...]  # steps done when val was scored
    walks: tuple[Walk, ...]
    left_out: Mapping[str, str]

    @property
    def first(self) -> Walk:
        return self.walks[0]

    @property
    def others(self) -> tuple[Walk, ...]:
        return self.walks[1:]

    def times(self, walk: Walk) -> float:
        """How many times as fast as the first writing; 0 before it is known."""
        speed = self.first.steps_per_second
        return walk.steps_per_second / speed if speed else 0.0


class Walker:
    """A writing on its way: its trainer, its clock, and its differences from the first."""

    def __init__(self, writing: Writing, dataset: Dataset, dtype: torch.dtype) -> None:
        self.name, self.trainer = writing.name, Trainer(writing.config, dataset, dtype)
        self.losses, self.apart, self.relative_apart = Curve(), Curve(), 0.0
        self.pairs: list[Pair] = []
        self.parameters: dict[str, list[float]] = {}
        self.relative: dict[str, float] = {}
        self.first_loss: int | None = None
        self.first_update: int | None = None
        self.steps, self.seconds, self.step_seconds = 0, 0.0, float("inf")
        self.val: list[float] = []
        self.split_losses: dict[str, float] = {}

    def follow(self, first: "Walker") -> None:
        """Be compared with another from here on; InputError if they are not the same network."""
        self.pairs = matched(first.trainer.parameters, self.trainer.parameters)
        self.parameters = {name: [] for name, _, _ in self.pairs}
        if self.trainer.x.shape == first.trainer.x.shape and self.trainer.y.shape == first.trainer.y.shape:
            self.trainer.x, self.trainer.y = first.trainer.x, first.trainer.y  # one copy of the examples for all

    def advance(self, k: int) -> Losses:
        """k steps, and how long they took."""
        number, started = self.trainer.number, time.perf_counter()
        losses = self.trainer.advance(k)
        seconds = time.perf_counter() - started
        self.step_seconds = min(seconds / k, 1.05 * self.step_seconds)
        if number >= UNTIMED:
            self.steps, self.seconds = self.steps + k, self.seconds + seconds
        broken = np.flatnonzero(~np.isfinite(losses))
        if len(broken):
            raise InputError(
                f"{self.name}: the loss is no longer a number at step {number + broken[0]:,}; choose a lower rate."
            )
        self.losses.extend(number, losses)
        return losses

    def compare(self, number: int, losses: Losses, firsts: Losses) -> None:
        """Note where the losses of the steps from a number on differ from the first writing's."""
        apart = np.abs(losses - firsts)
        self.apart.extend(number, apart)
        self.relative_apart = max(self.relative_apart, float((apart / np.abs(firsts)).max()))
        other = np.flatnonzero(losses != firsts)
        if self.first_loss is None and len(other):
            self.first_loss = number + int(other[0])

    def measure(self) -> None:
        """Note how far each parameter is from the first writing's."""
        for name, theirs, mine in self.pairs:
            largest = (mine.detach() - theirs.detach()).abs().max().item()
            self.parameters[name].append(largest)
            self.relative[name] = largest / max(theirs.detach().abs().max().item(), torch.finfo(theirs.dtype).tiny)

    @property
    def has_equal_parameters(self) -> bool:
        return all(torch.equal(theirs, mine) for _, theirs, mine in self.pairs)

    def kept(self) -> dict[str, Tensor]:
        """The trainer's state, on its own."""
        return {name: tensor.clone() for name, tensor in self.trainer.here().items()}

    def walk(self) -> Walk:
        """A frozen copy."""
        return Walk(
            self.name,
            name_of(self.trainer.engine),
            regridded(self.losses.rows(), POINTS),
            regridded(self.apart.rows(), POINTS),
            self.relative_apart,
            {name: tuple(values) for name, values in self.parameters.items()},
            dict(self.relative),
            self.first_loss,
            self.first_update,
            self.steps,
            self.seconds,
            tuple(self.val),
            dict(self.split_losses),
        )


class Lockstep:
    """Writings of one network that train by turns. No thread, no screen.

    Those that cannot be trained are left out with their sentence; InputError if the first one cannot, or if they do
    not share data, seed and batch size, and so would not see the same batches.
    """

    def __init__(self, writings: Sequence[Writing], dataset: Dataset, dtype: torch.dtype = torch.float32) -> None:
        for writing in writings[1:]:
            _check_same_batches(writings[0], writing)
        self.first, self.left_out = Walker(writings[0], dataset, dtype), dict[str, str]()
        self.others: list[Walker] = []
        for writing in writings[1:]:
            try:
                walker = Walker(writing, dataset, dtype)
                walker.follow(self.first)
                self.others.append(walker)
            except InputError as error:
                self.left_out[writing.name] = str(error)
        self.measured: list[int] = []
        self.evaluated: list[int] = []

    @property
    def walkers(self) -> list[Walker]:
        return [self.first, *self.others]

    @property
    def steps(self) -> int:
        """That each has done."""
        return self.first.trainer.number

    def advance(self, k: int) -> None:
        """k steps by each in its turn, then their losses and bits compared."""
        number = self.steps
        equals = [walker for walker in self.others if walker.first_update is None]
        kept = {walker.name: walker.kept() for walker in (self.first, *equals)} if equals else {}
        firsts = self.first.advance(k)
        for walker in self.others:
            walker.compare(number, walker.advance(k), firsts)
        for walker in equals:
            if not walker.has_equal_parameters:
                walker.first_update = self._parted(walker, kept, k)

    def _parted(self, walker: Walker, kept: Mapping[str, dict[str, Tensor]], k: int) -> int:
        """The step after which its parameters first differ: the last turn is taken once more, step by step."""
        pair = (self.first, walker)
        for one in pair:
            one.trainer.load(kept[one.name])
        number = self.steps
        found = next(i for i in range(k) if self._differs_after_a_step(walker))
        for one in pair:
            if left := k - found - 1:
                one.trainer.advance(left)
        return number + found

    def _differs_after_a_step(self, walker: Walker) -> bool:
        for one in (self.first, walker):
            one.trainer.advance(1)
        return not walker.has_equal_parameters

    def turn(self, end: int) -> None:
        """One turn each, not beyond `end` steps nor the next step at which parameters are compared."""
        slowest = max(walker.step_seconds for walker in self.walkers)
        affordable = int(min(MOST_STEPS, max(1, TURN / slowest)))
        self.advance(min(affordable, end - self.steps, next_on_grid(self.steps + 1, MEASURED) - self.steps))
        if is_on_grid(self.steps, MEASURED) or self.steps == end:
            self.measured.append(self.steps)
            for walker in self.others:
                walker.measure()
        if is_on_grid(self.steps, EVALUATED) or self.steps == end:
            self.evaluated.append(self.steps)
            for walker in self.walkers:
                walker.val.append(walker.trainer.evaluate("val", SCORED))

    def steps_within(self, seconds: float) -> int:
        """A round number of steps that all together take about so long, by what they took so far."""
        wanted = max(1.0, seconds / sum(walker.step_seconds for walker in self.walkers))
        power = 10 ** int(np.log10(wanted))
        return int(max(m * power for m in ROUND if m * power <= wanted))

    def together(self, max_steps: int) -> Together:
        """A frozen copy of all."""
        walks = tuple(walker.walk() for walker in self.walkers)
        return Together(self.steps, max_steps, tuple(self.measured), tuple(self.evaluated), walks, dict(self.left_out))


def train_together(
    writings: Sequence[Writing],
    dataset: Dataset,
    steps: int,
    report: Report,
    *,
    seconds: float = 10.0,
    dtype: torch.dtype = torch.float32,
) -> Together:
    """Train all for so many steps; 0 takes a round number of them that fits into about so many seconds."""
    torch.set_num_threads(writings[0].config.threads)  # of this thread
    report(0.0, "Drawing the same weights for all")
    lockstep = Lockstep(writings, dataset, dtype)
    if not steps:
        for _ in range(2 * UNTIMED):
            lockstep.turn(2 * UNTIMED)
            report(0.0, "The first steps tell how many there is time for")
        steps = max(2 * UNTIMED, lockstep.steps_within(seconds))
    shown = 0.0
    while lockstep.steps < steps:
        lockstep.turn(steps)
        is_due = time.monotonic() - shown >= SHOWN_EVERY
        shown = time.monotonic() if is_due else shown
        so_far = lockstep.together(steps) if is_due else None
        report(lockstep.steps / steps, f"Step {lockstep.steps:,} of {steps:,} by each", so_far)
    for walker in lockstep.walkers:
        for split in ("train", "val"):
            report(1.0, f"Scoring {split} by {walker.name}")
            walker.split_losses[split] = walker.trainer.evaluate(split)
    return lockstep.together(steps)


def matched(first: Mapping[str, Tensor], other: Mapping[str, Tensor]) -> list[Pair]:
    """Parameters side by side: by their names, or where the names are others by order. InputError if shapes differ."""
    names = list(first) if first.keys() == other.keys() else list(other)
    pairs = [(name, mine, other[of]) for (name, mine), of in zip(first.items(), names, strict=False)]
    if len(first) != len(other) or any(mine.shape != theirs.shape for _, mine, theirs in pairs):
        raise InputError(
            f"Writings of one network have equal parameters, but got {_shapes(first)} and {_shapes(other)}; "
            "compare equal sizes."
        )
    return pairs


def _shapes(parameters: Mapping[str, Tensor]) -> str:
    return ", ".join("x".join(map(str, parameter.shape)) for parameter in parameters.values()) or "none"


def _check_same_batches(first: Writing, other: Writing) -> None:
    for part in SAME:
        mine, theirs = getattr(first.config, part), getattr(other.config, part)
        if mine != theirs:
            raise InputError(
                f"All writings must see the same batches, but got {part}={mine} and {theirs}; choose one of them."
            )
