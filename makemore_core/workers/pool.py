"""A place's workers: jobs wait in a row, each slot works off one after the other and replaces a worker that is lost."""

import itertools
import logging
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterator
from threading import Condition, Lock, Thread
from typing import Any, Protocol

from makemore_core.closing import close_at_end, is_closed
from makemore_core.datasets import Dataset
from makemore_core.errors import InputError
from makemore_core.training.jobs import Job, Listener, News, Place

log = logging.getLogger(__name__)

IDLE = 300.0  # seconds after which a worker without a job is dismissed
STOPS_WITHIN = 10.0  # seconds
TICK = 1.0  # seconds between two signs of life


class WorkerLostError(Exception):
    """Its process or its machine is gone; the message says what is known."""


class Worker(Protocol):
    """One process somewhere, that has torch and the kernel ready."""

    def train(self, number: int, job: Job, dataset: Dataset) -> Iterator[News]:
        """All news of a job until it is done; WorkerLostError if they break off."""
        ...

    def send(self, number: int, order: str, value: Any) -> None:
        """An order for the job of this number; nothing happens if the worker is gone."""
        ...

    def end(self) -> None:
        """Dismiss it, whatever it does."""
        ...


class Ticket:
    """A job that was handed in: it waits, is with a worker, or over."""

    _numbers = itertools.count()

    def __init__(self, pool: "Pool", job: Job, dataset: Dataset, listener: Listener) -> None:
        self.number, self.job, self.dataset, self.listener = next(Ticket._numbers), job, dataset, listener
        self._pool, self._lock = pool, Lock()
        self._worker: Worker | None = None
        self._early: list[tuple[str, Any]] = []

    def send(self, order: str, value: Any) -> None:
        """Pass an order on, once a worker has the job."""
        with self._lock:
            if self._worker:
                self._worker.send(self.number, order, value)
            else:
                self._early.append((order, value))

    def withdraw(self) -> bool:
        """Take the job back; False if a worker has it already."""
        return self._pool.withdraw(self)

    def given_to(self, worker: Worker | None) -> None:
        """A worker has it now, or none any more."""
        with self._lock:
            self._worker, early, self._early = worker, self._early, []
            for order in early:
                if worker:
                    worker.send(self.number, *order)


class Pool(ABC):
    """Slots with a thread each, which begin when there is something to do and end when there is not for long."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._waiting: deque[Ticket] = deque()
        self._running: list[Ticket] = []
        self._workers: list[Worker] = []
        self._serving = 0  # threads; those without a job wait for one
        self._ticks = self._closed = self._gone = False
        close_at_end(self.close)

    @property
    @abstractmethod
    def place(self) -> Place:
        """How it is called, and how many jobs it does at once."""

    @abstractmethod
    def _hire(self) -> Worker:
        """A new worker; InputError where it is of no use to try again."""

    def take(self, job: Job, dataset: Dataset, listener: Listener, first: bool = False) -> Ticket:
        """Have a job done, before all that wait if so asked."""
        ticket = Ticket(self, job, dataset, listener)
        with self._changed:
            if self._closed:
                raise InputError("The program ends; start the run again after that.")
            self._waiting.insert(0 if first else len(self._waiting), ticket)
            self._changed.notify()
            if not self._ticks:
                self._ticks = True
                Thread(target=self._tick, name=f"{self.place.name} signs of life", daemon=True).start()
        self._grow()
        return ticket

    def withdraw(self, ticket: Ticket) -> bool:
        """Take a job back; False if it waits no longer."""
        with self._changed:
            if ticket not in self._waiting:
                return False
            self._waiting.remove(ticket)
            return True

    @property
    def workers(self) -> tuple[Worker, ...]:
        """Those that are hired now, with a job or without."""
        with self._changed:
            return tuple(self._workers)

    def close(self) -> None:
        """No more jobs. Those that are being done stop with a checkpoint; then all workers are dismissed."""
        with self._changed:
            self._closed = True
            running = [*self._running]
            self._changed.notify_all()
        for ticket in running:
            ticket.send("send", "stop")
        with self._changed:
            self._changed.wait_for(lambda: not self._running, STOPS_WITHIN)
            self._gone = True
        for worker in self.workers:
            worker.end()
        is_closed(self.close)

    def _grow(self) -> None:
        """Another thread for each job that waits and has none, up to the slots."""
        slots = max(1, self.place.slots)
        with self._changed:
            while self._serving < slots and len(self._waiting) > self._serving - len(self._running):
                self._serving += 1
                Thread(target=self._serve, name=f"{self.place.name} {self._serving}", daemon=True).start()

    def _serve(self) -> None:
        worker = None
        while ticket := self._next():
            try:
                worker = worker or self._new_worker()
                self._work_off(ticket, worker)
            except InputError as refusal:
                self._tell(ticket.listener.refused, str(refusal))
            except Exception as error:
                if worker:
                    self._dismiss(worker)
                worker = None
                self._tell(ticket.listener.lost, f"{error}")
            else:
                self._tell(ticket.listener.ended)
            self._is_over(ticket)
        if worker:
            self._dismiss(worker)

    def _next(self) -> Ticket | None:
        """The job that has waited longest; None when there is nothing to do any more."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closed, IDLE)
            if self._closed or not self._waiting:
                self._serving -= 1
                return None
            self._running.append(self._waiting.popleft())
            return self._running[-1]

    def _work_off(self, ticket: Ticket, worker: Worker) -> None:
        ticket.given_to(worker)
        for news in worker.train(ticket.number, ticket.job, ticket.dataset):
            ticket.listener.heard(news)

    def _is_over(self, ticket: Ticket) -> None:
        ticket.given_to(None)
        with self._changed:
            self._running.remove(ticket)
            self._changed.notify_all()

    def _new_worker(self) -> Worker:
        worker = self._hire()
        with self._changed:
            self._workers.append(worker)
        self._grow()  # a cluster's slots are known once it has been joined
        return worker

    def _dismiss(self, worker: Worker) -> None:
        with self._changed:
            self._workers.remove(worker)
        worker.end()

    def _tell(self, listen: Callable[..., None], *about: object) -> None:
        """What goes wrong with one run's listener must not reach the others'; at the end nobody listens."""
        try:
            if not self._gone:
                listen(*about)
        except Exception:
            log.exception("a run did not take what its worker told")

    def _tick(self) -> None:
        while True:
            time.sleep(TICK)
            with self._changed:
                here = [(ticket, before) for before, ticket in enumerate(self._waiting)]
                here += [(ticket, None) for ticket in self._running]
                if not here:
                    self._ticks = False
                    return
            for ticket, before in here:
                self._tell(ticket.listener.still, before)
