"""What passes between a run that is trained elsewhere and the worker that trains it, whatever lies between the two."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from torch import Tensor

from makemore_core.datasets import Dataset
from makemore_core.training.curve import Rows
from makemore_core.training.pace import Pace
from makemore_core.training.recorder import Changes, Progress

State = Mapping[str, Tensor]


@dataclass(frozen=True)
class Place:
    """Where runs can train: how many at once (0 while that is not known), and why not if they cannot."""

    name: str  # as `RunManager.start(where=)` takes it; empty is a thread of this process
    about: str
    slots: int
    why_not: str = ""

    @property
    def is_usable(self) -> bool:
        return not self.why_not


@dataclass(frozen=True)
class Job:
    """All that a worker needs to train a run from where it stands, besides the data set."""

    run: str
    config: Mapping[str, Any]
    progress: Progress
    losses: Rows  # the curve's last bucket, which may grow
    state: State | None  # of the last checkpoint
    exact: tuple[int, ...]  # steps whose batch losses are asked for
    pace: Pace
    paused: bool
    seldom: bool = False  # looked at, as Run.look_seldom() says


@dataclass(frozen=True)
class News:
    """What a worker has to tell since it told last; with the trainer's state, it is to be saved."""

    progress: Progress
    changes: Changes
    state: State | None = None
    loss_at: Mapping[int, float] = field(default_factory=dict[int, float])


class Keeper(Protocol):
    """Who keeps what a run has learned: the store, or the wire that leads to it."""

    heartbeat: float  # seconds between two signs of life

    def save(self, run: str, progress: Progress, changes: Changes, state: State) -> None:
        """All that came in since the last save, with the checkpoint that belongs to it."""
        ...

    def beat(self, run: str, progress: Progress) -> None:
        """A sign of life between two saves."""
        ...

    def checkpoint(self, run: str) -> dict[str, Tensor] | None:
        """The last state that was saved."""
        ...


class Listener(Protocol):
    """Who hears of a job; called by the place's own threads, never by two at once."""

    def heard(self, news: News) -> None:
        """The worker tells something."""
        ...

    def ended(self) -> None:
        """The worker has done what it was asked to, and all its news were heard."""
        ...

    def lost(self, why: str) -> None:
        """The worker is gone, and the job with it."""
        ...

    def refused(self, why: str) -> None:
        """There is no worker to be had."""
        ...

    def still(self, before: int | None) -> None:
        """Once a second: so many jobs are before this one; None while a worker has it."""
        ...


class Line(Protocol):
    """The way to a job that was handed in."""

    def send(self, order: str, value: Any) -> None:
        """An order of workers.body.ORDERS; it waits with the job for a worker, and is lost on one that has ended."""
        ...

    def withdraw(self) -> bool:
        """Take the job back; False if a worker has it already."""
        ...


class Workers(Protocol):
    """Takes jobs, more than it has slots for, and works them off in their order."""

    @property
    def place(self) -> Place: ...

    def take(self, job: Job, dataset: Dataset, listener: Listener, first: bool = False) -> Line:
        """Have a job done, before all that wait if so asked."""
        ...
