"""What a run has shown so far. The run's thread writes, pages read frozen copies; the lock stands between them.

While a run trains, all who look within a moment get the same copy: what is drawn of it is drawn once for all of them.
"""

import itertools
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from threading import Lock
from typing import cast

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from makemore_core.config import RunConfig
from makemore_core.diagnostics.reading import Reading, Scalars
from makemore_core.training.curve import Curve, Rows
from makemore_core.training.marks import Mark


class RunState(StrEnum):
    """What a run is doing. Compared as text: Streamlit's reload re-makes classes, and the store keeps words."""

    READY = "ready"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    DIVERGED = "diverged"


ALIVE = (RunState.READY, RunState.RUNNING, RunState.PAUSED)


MOMENT = 0.2  # seconds, less than any page's rhythm: somebody who looks alone sees something new each time
_CURSORS = itertools.count()  # no two versions in this process share a cursor, not even after a resume


@dataclass(frozen=True)
class Evaluation:
    """Losses in nats of whole splits after a number of steps, and when that was: older runs did not keep it."""

    step: int
    train: float
    val: float
    seconds: float | None = field(default=None, compare=False)  # of training, until then
    time: float | None = field(default=None, compare=False)  # since 1970


@dataclass(frozen=True)
class Observation:
    """All readings of one observed step, by diagnostic; where it is kept, also the trainer's state after it."""

    step: int
    readings: dict[str, Reading]
    state: dict[str, Tensor] | None = field(default=None, compare=False, repr=False)  # nobody writes into it


def batch_loss(observation: Observation) -> float:
    """The loss of the batch on which a step was taken."""
    return cast("Scalars", observation.readings["loss"]).values["batch loss"]


def milestones(observations: Sequence[Observation]) -> list[Observation]:
    """The observations at 0, 10, 100, ... steps, and the latest."""
    chosen: list[Observation] = []
    wanted = 0
    for observation in observations:
        if observation.step >= wanted:
            chosen.append(observation)
            wanted = max(10, 10 ** len(str(observation.step)))
    if observations and chosen[-1] is not observations[-1]:
        chosen.append(observations[-1])
    return chosen


@dataclass(frozen=True)
class Progress:
    """Where a run stands: steps done, seconds spent training, and the recent speed."""

    state: RunState = RunState.READY
    message: str = ""
    step: int = 0
    max_steps: int = 0
    seconds: float = 0.0
    steps_per_second: float = 0.0
    max_seconds: float = 0.0  # 0 is no end

    def within(self, config: RunConfig) -> "Progress":
        """The same up to the limits of a config."""
        return replace(self, max_steps=config.max_steps, max_seconds=config.max_seconds)

    @property
    def seconds_left(self) -> float:
        """Time to the last step at the recent speed, or to the last second; infinite before the speed is known."""
        steps_take = (self.max_steps - self.step) / self.steps_per_second if self.steps_per_second else math.inf
        return min(steps_take, self.max_seconds - self.seconds) if self.max_seconds else steps_take

    @property
    def share(self) -> float:
        """How much of its steps or seconds is used up, whichever is more: 0 to 1."""
        of_steps = self.step / self.max_steps if self.max_steps else 0.0
        return min(1.0, max(of_steps, self.seconds / self.max_seconds if self.max_seconds else 0.0))

    @property
    def speed(self) -> str:
        """The recent speed in words."""
        return f"{self.steps_per_second:,.{1 if self.steps_per_second < 10 else 0}f} steps/s"

    @property
    def is_alive(self) -> bool:
        return self.state in ALIVE

    def goes_on_from(self, before: "Progress") -> bool:
        """Whether the run trains as before, and only steps were taken since."""
        further = replace(self, step=before.step, seconds=before.seconds, steps_per_second=before.steps_per_second)
        return self.state == RunState.RUNNING and further == before


@dataclass(frozen=True)
class Snapshot:
    """A frozen copy of everything that a page shows; `cursor` names its version."""

    run: str
    cursor: int
    progress: Progress
    losses: Rows
    evaluations: tuple[Evaluation, ...] = ()
    observations: tuple[Observation, ...] = ()  # kept ones, the latest always last
    marks: tuple[Mark, ...] = ()
    at: int | None = None  # the step that panels look back to; None is the latest

    @property
    def seen(self) -> tuple[Observation, ...]:
        """The observations up to the step that panels show."""
        return self.observations if self.at is None else tuple(o for o in self.observations if o.step <= self.at)

    @property
    def shown(self) -> Observation | None:
        """What panels show: the latest observation, or that of the step they look back to."""
        return self.seen[-1] if self.seen else None

    @property
    def step(self) -> int:
        """The step that panels show."""
        return self.shown.step if self.shown else 0

    @property
    def version(self) -> tuple[int, int | None]:
        """Changes whenever panels show something else."""
        return self.cursor, self.at

    def reading(self, diagnostic: str) -> Reading | None:
        """The shown reading of a diagnostic; None before the first."""
        return self.shown.readings.get(diagnostic) if self.shown else None


@dataclass
class Changes:
    """What came in since the store was written last."""

    losses: Rows
    evaluations: list[Evaluation] = field(default_factory=list[Evaluation])
    observations: list[Observation] = field(default_factory=list[Observation])
    marks: list[Mark] = field(default_factory=list[Mark])
    passing: Observation | None = None  # the latest, where it is not among those kept
    weights: dict[str, Tensor] | None = None  # the model's state after the latest


class Recorder:
    """The writer's side is called by the run's thread alone; snapshot() and weights() by anyone."""

    def __init__(
        self,
        run: str,
        progress: Progress,
        losses: Rows | None = None,
        evaluations: list[Evaluation] | None = None,
        observations: list[Observation] | None = None,
        marks: list[Mark] | None = None,
    ) -> None:
        self._lock = Lock()
        self._run, self._cursor, self._progress = run, next(_CURSORS), progress
        self._curve = Curve(losses)
        self._evaluations = list(evaluations or [])
        self._observations = list(observations or [])
        self._marks = list(marks or [])
        self._passing: Observation | None = None  # the latest, if it is not among those kept
        self._weights: dict[str, Tensor] | None = None
        self._saved = self._lengths()
        self._copy: Snapshot | None = None  # of this moment, if somebody has looked
        self._moment_ends = 0.0

    def progress(self, progress: Progress) -> None:
        """Where the run stands; a new version, unless only steps were taken in this moment."""
        with self._lock:
            goes_on, now = progress.goes_on_from(self._progress), time.monotonic()
            self._progress = progress
            if not goes_on or now >= self._moment_ends:
                self._cursor, self._copy, self._moment_ends = next(_CURSORS), None, now + MOMENT

    def losses(self, first_step: int, losses: NDArray[np.float64]) -> None:
        with self._lock:
            self._curve.extend(first_step, losses)

    def evaluated(self, evaluation: Evaluation) -> None:
        with self._lock:
            self._evaluations.append(evaluation)
            self._moment_ends = 0.0

    def marked(self, mark: Mark) -> None:
        with self._lock:
            self._marks.append(mark)
            self._moment_ends = 0.0

    def observed(self, observation: Observation, keep: bool, weights: dict[str, Tensor]) -> None:
        """Readings of a step, and the weights after it, which are kept until the next. Readings are kept if asked."""
        with self._lock:
            if keep:
                self._observations.append(observation)
            self._passing = None if keep else observation
            self._weights = weights
            self._moment_ends = 0.0

    def snapshot(self, since: int = -1) -> Snapshot | None:
        """A frozen copy, or None when nothing changed since the cursor of an earlier one."""
        with self._lock:
            if since == self._cursor:
                return None
            copy = self._copy or self._copied()
            self._copy = copy if self._progress.state == RunState.RUNNING else None
            return copy

    def _copied(self) -> Snapshot:
        passing = (self._passing,) if self._passing else ()
        return Snapshot(
            self._run,
            self._cursor,
            self._progress,
            self._curve.rows(),
            tuple(self._evaluations),
            (*self._observations, *passing),
            tuple(self._marks),
        )

    def weights(self) -> dict[str, Tensor] | None:
        """The model's state after the latest observed step; nobody writes into it."""
        with self._lock:
            return self._weights

    def adopt(self, changes: Changes) -> None:
        """What another recorder of the same run has learned since it told last."""
        with self._lock:
            self._curve.adopt(changes.losses)
            self._evaluations += changes.evaluations
            self._observations += changes.observations
            self._marks += changes.marks
            self._passing, self._weights = changes.passing, changes.weights or self._weights
            self._moment_ends = 0.0

    def changes(self) -> Changes:
        """What the store does not have yet. The last bucket of the curve may come again, fuller."""
        with self._lock:
            rows, evaluations, observations, marks = self._saved
            return Changes(
                self._curve.rows(max(0, rows - 1)),
                self._evaluations[evaluations:],
                self._observations[observations:],
                self._marks[marks:],
                self._passing,
                self._weights,
            )

    def saved(self) -> None:
        """All changes() are in the store; the snapshots among them, which are large, are kept there alone."""
        with self._lock:
            _, _, since, _ = self._saved
            self._observations[since:] = [replace(seen, state=None) for seen in self._observations[since:]]
            self._saved = self._lengths()

    def _lengths(self) -> tuple[int, int, int, int]:
        return len(self._curve), len(self._evaluations), len(self._observations), len(self._marks)
