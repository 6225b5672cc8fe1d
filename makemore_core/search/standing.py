"""How a sweep stands: its trials with their losses, the best of them, and which knob mattered. Frozen, for anyone."""

import itertools
from dataclasses import dataclass, field
from enum import StrEnum

from makemore_core.knobs import Value
from makemore_core.search.plan import SweepPlan


class TrialState(StrEnum):
    """What became of a setting. Compared as text, like RunState."""

    WAITING = "waiting"
    RUNNING = "running"
    PRUNED = "pruned"
    FINISHED = "finished"
    FAILED = "failed"
    STOPPED = "stopped"


class SweepState(StrEnum):
    """What a sweep is doing."""

    RUNNING = "running"
    STOPPING = "stopping"
    STOPPED = "stopped"
    FINISHED = "finished"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    DELETED = "deleted"


DONE = (TrialState.FINISHED, TrialState.PRUNED, TrialState.FAILED)
_VERSIONS = itertools.count(1)


def next_version() -> int:
    """No two standings of this process share one."""
    return next(_VERSIONS)


@dataclass(frozen=True)
class Trial:
    """One setting that was tried, with one run for each seed. Losses in nats, means over the seeds."""

    number: int
    values: dict[str, Value]  # by path
    state: str
    val: float | None = None  # the latest
    spread: float | None = None  # deviation over the seeds; None for a single one
    runs: tuple[str, ...] = ()  # their ids
    step: int = 0  # of the run that is furthest behind
    seconds: float = 0.0  # of training, of all its runs
    curve: tuple[tuple[int, float], ...] = ()  # (step, val)
    message: str = ""  # why it was given up, or what ran off


@dataclass(frozen=True)
class Standing:
    """A sweep at a moment; `version` changes whenever anything in it does but the seconds."""

    id: str
    plan: SweepPlan
    state: str
    message: str = ""
    trials: tuple[Trial, ...] = ()
    best: int | None = None  # its number
    seconds: float = 0.0  # that the sweep has been at work
    seconds_left: float | None = None  # None before it can be told
    version: int = 0
    importances: dict[str, float] = field(default_factory=dict[str, float])  # by path, together 1; empty if too early

    @property
    def best_trial(self) -> Trial | None:
        return next((trial for trial in self.trials if trial.number == self.best), None)


@dataclass(frozen=True)
class SweepRow:
    """A sweep in a list."""

    id: str
    plan: SweepPlan
    state: str
    message: str
    seconds: float
    created: float  # seconds since 1970
