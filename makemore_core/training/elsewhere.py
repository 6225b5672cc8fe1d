"""A run that is trained elsewhere, seen from here: what its worker tells goes into the recorder and the store.

To pages and to the manager it is a run like any other. Here alone the store is written.
"""

import logging
import time
from contextlib import suppress
from dataclasses import replace
from threading import Event, Lock
from typing import Any

from makemore_core.config import RunConfig
from makemore_core.datasets import Dataset
from makemore_core.errors import InputError
from makemore_core.training.faults import CannotWriteError, TakenOverError
from makemore_core.training.jobs import Job, Line, News, Workers
from makemore_core.training.marks import Mark, changed
from makemore_core.training.pace import TURBO, Pace
from makemore_core.training.recorder import Progress, Recorder, RunState, Snapshot
from makemore_core.training.run import JOIN_WITHIN, Command, Settings
from makemore_core.training.store import RunStore
from makemore_core.training.trainer import Trainer
from makemore_core.training.waiting import waits

log = logging.getLogger(__name__)

TRIES = 3  # times that a run goes on after it lost its worker
WORKER = "a worker"


class Elsewhere:
    """The surface of a Run over a worker that has the Run itself. A lost worker's run goes on from its checkpoint."""

    def __init__(
        self,
        id: str,
        config: RunConfig,
        dataset: Dataset,
        recorder: Recorder,
        store: RunStore,
        workers: Workers,
        progress: Progress,
        exact: tuple[int, ...] = (),
        pace: Pace = TURBO,
    ) -> None:
        self.id, self.config, self.dataset, self.recorder, self.store = id, config, dataset, recorder, store
        self.loss_at: dict[int, float] = {}
        self._workers, self._progress, self._exact, self._pace = workers, progress, exact, pace
        self._line: Line | None = None
        self._sending, self._hearing = Lock(), Lock()
        self._unheard: list[Settings] = []  # changes that no worker has confirmed
        self._unsaved: News | None = None  # that could not be kept
        self._pauses_for_it = False
        self._stops, self._seldom = False, False
        self._ended = Event()
        self._losses, self._beat_at = 0, 0.0

    @property
    def where(self) -> str:
        """The name of the place."""
        return self._workers.place.name

    @property
    def trainer(self) -> Trainer:
        """One like the worker's, as the last checkpoint left it."""
        trainer = Trainer(self.config, self.dataset)
        state = self.store.checkpoint(self.id)
        if state is not None:
            trainer.load(state)
        return trainer

    def start(self, paused: bool = False) -> None:
        """Hand it in; it may have to wait for a worker."""
        with self._hearing:
            self._tell(replace(self._progress, state=RunState.READY, message=waits(WORKER)))
        self._hand_in(paused)

    def _hand_in(self, paused: bool, first: bool = False) -> None:
        snapshot = self.recorder.snapshot()
        assert snapshot is not None
        state = self.store.checkpoint(self.id)
        config, last = self.config.to_dict(), snapshot.losses[-1:]
        job = Job(self.id, config, self._progress, last, state, self._exact, self._pace, paused, self._seldom)
        with self._sending:
            if not self._stops:  # asked for since its worker was lost
                self._line = self._workers.take(job, self.dataset, self, first)
                for settings in self._unheard:
                    self._line.send("change", settings)
                return
        with self._hearing:
            self._end(RunState.STOPPED)

    def send(self, command: Command) -> None:
        self._stops = self._stops or command == Command.STOP
        with self._sending:
            withdrawn = command == Command.STOP and self._line is not None and self._line.withdraw()
        if withdrawn:
            with self._hearing:
                return self._end(RunState.STOPPED)
        if command == Command.PLAY and self._unsaved:
            with self._hearing:
                return self._try_again()
        return self._order("send", str(command))

    def _order(self, order: str, value: Any) -> None:
        with self._sending:
            if self._line:
                self._line.send(order, value)

    def change(self, settings: Settings) -> None:
        """Train on with other settings of CHANGEABLE; an InputError at once for what cannot be."""
        changed(self.config, settings)
        self._unheard.append(dict(settings))
        self._order("change", dict(settings))

    @property
    def pace(self) -> Pace:
        """The most steps a second that it takes."""
        return self._pace

    @pace.setter
    def pace(self, pace: Pace) -> None:
        self._pace = pace
        self._order("pace", pace)

    def look_seldom(self) -> None:
        """As Run does; to be said before it starts."""
        self._seldom = True

    def snapshot(self, since: int = -1) -> Snapshot | None:
        """A frozen copy of what the run has shown, or None if nothing changed since that cursor."""
        return self.recorder.snapshot(since)

    @property
    def is_alive(self) -> bool:
        return self._line is not None and not self._ended.is_set()

    def join(self, timeout: float | None = JOIN_WITHIN) -> None:
        """Wait for its end: the last step is done, the last checkpoint written."""
        if self.is_alive:
            self._ended.wait(timeout)

    def heard(self, news: News) -> None:
        """What the worker tells is shown; with the trainer's state it is kept first."""
        with self._hearing:
            if self._ended.is_set():
                return
            try:
                self._take_in(news)
            except CannotWriteError as error:
                self._wait(news, error)
            except TakenOverError as error:
                self._give_up(str(error))
            except Exception as error:
                log.exception("what the worker of run %s told could not be kept", self.id)
                self._end(RunState.FAILED, f"{type(error).__name__}: {error}")
                self._order("send", str(Command.STOP))

    def _take_in(self, news: News) -> None:
        self.recorder.adopt(news.changes)
        self.loss_at |= news.loss_at
        for mark in news.changes.marks:
            self.config = self.config.with_values(mark.settings)
            self._unheard = [settings for settings in self._unheard if settings != mark.settings]
        if news.state is not None:
            return self._keep(news)
        return None if self._unsaved else self._tell(news.progress)

    def _keep(self, news: News) -> None:
        assert news.state is not None
        self.store.save(self.id, news.progress, self.recorder.changes(), news.state)
        self.recorder.saved()
        self._unsaved, self._progress = None, news.progress
        self.recorder.progress(news.progress)
        if self._pauses_for_it and news.progress.state == RunState.PAUSED:
            self._pauses_for_it = False
            self._order("send", str(Command.PLAY))

    def _wait(self, news: News, error: CannotWriteError) -> None:
        """The worker pauses, and still() tries again; one that has ended waits for nothing."""
        if not news.progress.is_alive:
            lost = replace(news.progress, state=RunState.STOPPED, message=f"{error} What it did last is not kept.")
            return self.recorder.progress(lost)
        if self._unsaved is None and news.progress.state != RunState.PAUSED:
            self._pauses_for_it = True
            self._order("send", str(Command.PAUSE))
        self._unsaved = news
        message = f"{error} The run waits, with all that it did in memory, and goes on by itself once that can be kept."
        return self.recorder.progress(replace(news.progress, state=RunState.PAUSED, message=message))

    def _try_again(self) -> None:
        """What was paused last has all that it did."""
        if self._unsaved and self._unsaved.progress.state == RunState.PAUSED:
            with suppress(CannotWriteError):
                self._keep(self._unsaved)

    def _give_up(self, why: str) -> None:
        """Somebody else trains it."""
        self._order("send", str(Command.STOP))
        self.recorder.progress(replace(self._progress, state=RunState.INTERRUPTED, message=why))
        self._ended.set()

    def _tell(self, progress: Progress) -> None:
        """The store hears of another state before anyone sees it, else now and then that it lives."""
        before, self._progress = self._progress, progress
        is_other = (before.state, before.message) != (progress.state, progress.message)
        if is_other or time.monotonic() - self._beat_at > self.store.heartbeat:
            with suppress(CannotWriteError):  # the next save says so
                self.store.beat(self.id, progress)
            self._beat_at = time.monotonic()
        self.recorder.progress(progress)

    def ended(self) -> None:
        """The worker is done with it."""
        self._ended.set()

    def lost(self, why: str) -> None:
        """Back to the last checkpoint, and on from there with another worker; not for ever."""
        with self._hearing:
            if not self._progress.is_alive:  # its last word was heard before
                return self._ended.set()
            row = self.store.run(self.id)
            paused = self._progress.state == RunState.PAUSED
            self.recorder, self._progress, self._unsaved = self.store.recorder(row), row.progress, None
            self._losses += 1
            if self._stops:
                return self._end(RunState.STOPPED)
            if self._losses > TRIES:
                return self._end(RunState.FAILED, f"Its worker was lost {self._losses} times, at last so: {why}")
            log.warning("run %s goes on from step %d, because its worker was lost: %s", self.id, row.progress.step, why)
            self.recorder.marked(Mark(row.progress.step, "gone on with another worker: its own was lost"))
            self._tell(replace(row.progress, state=RunState.READY, message=waits(f"{WORKER}: its own was lost")))
        try:
            self._hand_in(paused, first=True)
        except InputError as refusal:  # the program ends
            self.refused(str(refusal))

    def refused(self, why: str) -> None:
        """It cannot train there at all."""
        with self._hearing:
            self._end(RunState.FAILED, why)

    def still(self, before: int | None) -> None:
        """A sign of life for who reads the store, whether a worker has it or not."""
        with self._hearing:
            self._try_again()
            progress = self._progress
            if before is not None and progress.state == RunState.READY:
                progress = replace(progress, message=waits(WORKER, before))
            if not self._ended.is_set() and not self._unsaved:
                self._tell(progress)

    def _end(self, state: RunState, message: str = "") -> None:
        """Without a worker's last word, as the last checkpoint left it; also if the store cannot be told."""
        try:
            self._tell(replace(self._progress, state=state, message=message))
        finally:
            self.recorder.progress(self._progress)
            self._ended.set()
