"""One network written down in several ways, trained on the same batches by turns: where their numbers part, how fast.

Every writing is a run with a Trainer of its own. The first one is what the others are compared with. They take turns of
a few steps, so that whatever else the machine does slows all of them alike.
"""

import time
from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import Tensor

from makemore_core.datasets import Dataset
from makemore_core.errors import InputError
from makemore_core.tasks import Report
from makemore_core.training.spacing import is_on_grid, next_on_grid
from makemore_core.training.walker import UNTIMED, Walker
from makemore_core.training.walks import Together, Writing

MEASURED = 16  # times in an octave of steps that parameters are compared
EVALUATED = frozenset(4**i for i in range(14))  # steps after which val is scored, and at the end
TURN, MOST_STEPS = 0.02, 64  # seconds and steps that a turn takes at most, unless a single step is longer
SHOWN_EVERY = 0.5  # seconds
SCORED = 8_192  # characters of val while it trains
AFFORDABLE, FEWER = 2e10, 25_000  # parameters times characters that a split takes at the end; else so many characters
ROUND = (1, 1.5, 2, 3, 5, 7)
SAME = ("data", "seed", "batch_size")


class Lockstep:
    """Writings of one network that train by turns. No thread, no screen.

    Those that cannot be trained are left out with their sentence; InputError if the first one cannot, or if they do
    not share data, seed and batch size, and so would not see the same batches.
    """

    def __init__(self, writings: Sequence[Writing], dataset: Dataset, dtype: torch.dtype = torch.float32) -> None:
        for writing in writings[1:]:
            _check_same_batches(writings[0], writing)
        self.rounding = torch.finfo(dtype).eps
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
        found = next((i for i in range(k) if self._differs_after_a_step(walker)), k - 1)
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
        if self.steps in EVALUATED or self.steps == end:
            self.evaluated.append(self.steps)
            for walker in self.walkers:
                walker.val.append(walker.trainer.evaluate("val", SCORED))

    @property
    def scored(self) -> int:
        """Characters of a split that are scored at the end; 0 is all."""
        trainer = self.first.trainer
        many = len(trainer.model.joined.data) * len(trainer.dataset.tokens("train"))
        return 0 if many <= AFFORDABLE else FEWER

    def steps_within(self, seconds: float) -> int:
        """A round number of steps that all together take about so long, by what they took so far."""
        wanted = max(1.0, seconds / sum(walker.step_seconds for walker in self.walkers))
        power = 10 ** int(np.log10(wanted))
        return int(max(m * power for m in ROUND if m * power <= wanted))

    def together(self, max_steps: int) -> Together:
        """A frozen copy of all."""
        walks = tuple(walker.walk() for walker in self.walkers)
        noted = tuple(self.measured), tuple(self.evaluated)
        return Together(self.steps, max_steps, self.rounding, *noted, walks, dict(self.left_out), self.scored)


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
        if time.monotonic() - shown >= SHOWN_EVERY:
            report.so_far, shown = lockstep.together(steps), time.monotonic()
        report(lockstep.steps / steps, f"Step {lockstep.steps:,} of {steps:,} by each")
    for walker in lockstep.walkers:
        for split in ("train", "val"):
            report(1.0, f"Scoring {split} by {walker.name}")
            walker.split_losses[split] = walker.trainer.evaluate(split, lockstep.scored or None)
    return lockstep.together(steps)


def _check_same_batches(first: Writing, other: Writing) -> None:
    for part in SAME:
        mine, theirs = getattr(first.config, part), getattr(other.config, part)
        if mine != theirs:
            raise InputError(
                f"All writings must see the same batches, but got {part}={mine} and {theirs}; choose one of them."
            )
