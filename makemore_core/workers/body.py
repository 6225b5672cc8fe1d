"""The worker's half: the very Run that trains in a thread here, with a wire in the place of the store."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from threading import Lock
from typing import Any

import numpy as np
from torch import Tensor

from makemore_core.config import RunConfig
from makemore_core.datasets import Dataset
from makemore_core.engines import products
from makemore_core.engines.compiled import warm_up
from makemore_core.training.curve import COLUMNS
from makemore_core.training.jobs import Job, News, State
from makemore_core.training.pace import Pace
from makemore_core.training.recorder import Changes, Progress, Recorder, RunState
from makemore_core.training.run import Command, Run
from makemore_core.training.trainer import Trainer

log = logging.getLogger(__name__)

HEARTBEAT = 0.25  # seconds between two tellings: soon enough for pages, and for a sweep that prunes
WEIGHTS_TOLD = 2**20  # bytes; larger nets are looked into as their last checkpoint left them
Tell = Callable[[News], None]


def get_ready() -> None:
    """What a worker does once, before its first job: load the fast engine, so that no run's seconds go into it."""
    if products.is_available():
        warm_up()


class Wire:
    """Tells what the store would keep. A recorder's changes are told once, with a save or between two."""

    heartbeat = HEARTBEAT

    def __init__(self, job: Job, recorder: Recorder, tell: Tell) -> None:
        self._recorder, self._tell, self._saved = recorder, tell, job.state
        self.loss_at: Mapping[int, float] = {}

    def save(self, run: str, progress: Progress, changes: Changes, state: State) -> None:
        self._saved = {name: tensor.clone() for name, tensor in state.items()}
        self._tell(News(progress, _light(changes), state, dict(self.loss_at)))

    def beat(self, run: str, progress: Progress) -> None:
        self._tell(News(progress, _light(self._recorder.changes()), None, dict(self.loss_at)))
        self._recorder.saved()

    def checkpoint(self, run: str) -> dict[str, Tensor] | None:
        return None if self._saved is None else dict(self._saved)


def _light(changes: Changes) -> Changes:
    """Without the weights of a large net, which would travel four times a second."""
    heavy = sum(tensor.nbytes for tensor in (changes.weights or {}).values()) > WEIGHTS_TOLD
    return replace(changes, weights=None) if heavy else changes


def _pace(run: Run, pace: Pace) -> None:
    run.pace = pace


ORDERS: dict[str, Callable[[Run, Any], None]] = {
    "send": lambda run, command: run.send(Command(command)),
    "change": Run.change,
    "pace": _pace,
}


class Body:
    """Does one job after the other, and passes orders on to the run of the moment, from another thread.

    Jobs have growing numbers; an order that comes before its job waits for it, one that comes after it is late.
    """

    def __init__(self, tell: Tell) -> None:
        self._tell, self._lock = tell, Lock()
        self._number, self._run = -1, None
        self._early: list[tuple[int, str, Any]] = []

    def work(self, number: int, job: Job, dataset: Dataset) -> None:
        """Train until the run's end. What goes wrong is told, never raised."""
        try:
            run = self._run_of(job, dataset)
            self._tell(_begun(job, RunState.PAUSED if job.paused else RunState.RUNNING))
            run.start(job.paused)
            self._take_orders(number, run)
            run.join(None)
        except Exception as error:
            log.exception("run %s could not be trained", job.run)
            self._tell(_begun(job, RunState.FAILED, f"{type(error).__name__}: {error}"))

    def _run_of(self, job: Job, dataset: Dataset) -> Run:
        trainer = Trainer(RunConfig.from_dict(job.config), dataset)
        if job.state is not None:
            trainer.load(job.state)
        recorder = Recorder(job.run, job.progress, job.losses)
        wire = Wire(job, recorder, self._tell)
        progress = replace(job.progress, message="")
        run = Run(job.run, trainer, recorder, wire, progress, job.exact, job.pace)
        wire.loss_at = run.loss_at
        if job.seldom:
            run.look_seldom()
        return run

    def _take_orders(self, number: int, run: Run) -> None:
        with self._lock:
            self._number, self._run = number, run
            early, self._early = self._early, []
        for order in early:
            self.hear(*order)

    def hear(self, number: int, order: str, value: Any) -> None:
        """An order for the job of this number."""
        with self._lock:
            if number > self._number:
                self._early.append((number, order, value))
            elif number == self._number and self._run:
                ORDERS[order](self._run, value)


def _begun(job: Job, state: RunState, message: str = "") -> News:
    return News(replace(job.progress, state=state, message=message), Changes(np.empty((0, len(COLUMNS)))))
