"""A Ray cluster: one actor for each of its processors, here or on other machines. Ray is imported when first used.

Jobs and news travel as our own bytes; a data set is put into the cluster's object store once.
"""

import importlib.util
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any

from makemore_core.closing import close_at_end
from makemore_core.datasets import Dataset
from makemore_core.errors import InputError
from makemore_core.training.jobs import Job, News, Place
from makemore_core.workers.body import Body, get_ready
from makemore_core.workers.pool import Pool, Worker, WorkerLostError
from makemore_core.workers.wire import packed, unpacked

VARIABLE, AUTO = "MAKEMORE_RAY", "auto"
NOT_INSTALLED = "Ray is not installed; `pip install -r requirements-ray.txt` brings it."
NOT_SET = f"No cluster is named; {VARIABLE}={AUTO} starts one on this machine, {VARIABLE}=HOST:PORT joins one."
NO_ANSWER = "No Ray cluster answers at {} ({}); is it up, and does this program have its token (RAY_AUTH_MODE=token)?"
PACKAGE = Path(__file__).parents[1]
OBJECTS = 256 * 2**20  # bytes of a local cluster's object store, whose default is a third of the memory
AT_ONCE = 4  # calls that an actor answers at once: its job's news, and orders
DATASETS = 8  # remembered as put


class RayActors(Pool):
    """As many as the cluster has processors. It is started or joined with the first run there."""

    def __init__(self, address: str | None = None, slots: int | None = None) -> None:
        super().__init__()
        self._address = os.environ.get(VARIABLE, "") if address is None else address
        self._slots = slots  # of a local cluster
        self._joining, self._joined = Lock(), False
        self._put: list[tuple[Dataset, int, Any]] = []  # with its number, and where the cluster has it

    @property
    def place(self) -> Place:
        if importlib.util.find_spec("ray") is None:
            return Place("ray", "a Ray cluster", 0, NOT_INSTALLED)
        if not self._address:
            return Place("ray", "a Ray cluster", 0, NOT_SET)
        about = "a Ray cluster on this machine" if self._address == AUTO else f"the Ray cluster at {self._address}"
        return Place("ray", about, self._slots_now())

    def _slots_now(self) -> int:
        if self._joined:
            return int(_ray().cluster_resources().get("CPU", 0))
        return (self._slots or os.cpu_count() or 1) if self._address == AUTO else 0

    def _hire(self) -> Worker:
        with self._joining:
            if not self._joined:
                self._join()
        return RayWorker(self)

    def _join(self) -> None:
        """Quietly. What is imported there is this very code, on other machines a copy of it."""
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        ray = _ray()
        logging.getLogger("ray").setLevel(logging.ERROR)
        quiet = {"log_to_driver": False, "configure_logging": False}
        if self._address == AUTO:
            here = {"env_vars": {"PYTHONPATH": str(PACKAGE.parent)}}
            ray.init(
                address="local",
                num_cpus=self._slots_now(),
                include_dashboard=False,
                object_store_memory=OBJECTS,
                runtime_env=here,
                **quiet,
            )
        else:
            try:
                ray.init(address=self._address, runtime_env={"py_modules": [str(PACKAGE)]}, **quiet)
            except (ConnectionError, RuntimeError, ValueError) as error:
                raise InputError(NO_ANSWER.format(self._address, str(error).partition("\n")[0])) from error
        self._joined = True
        close_at_end(self.close)  # again: before Ray's own end, which would take the runs with it

    def put(self, dataset: Dataset) -> tuple[int, Any]:
        """The number of a data set, and where the cluster has it."""
        with self._joining:
            for known, number, place in self._put:
                if known is dataset:
                    return number, place
            number = self._put[-1][1] + 1 if self._put else 0
            self._put = [*self._put[1 - DATASETS :], (dataset, number, _ray().put(packed(dataset)))]
            return self._put[-1][1:]

    def close(self) -> None:
        """Dismiss all workers, and leave the cluster; a local one ends."""
        super().close()
        if self._joined:
            self._joined = False
            _ray().shutdown()


class RayWorker:
    """One actor, seen from here."""

    def __init__(self, cluster: RayActors) -> None:
        self._cluster = cluster
        self.actor: Any = _ray().remote(Actor).options(num_cpus=1, max_concurrency=AT_ONCE).remote()

    def train(self, number: int, job: Job, dataset: Dataset) -> Iterator[News]:
        """All news of a job until it is done; WorkerLostError if they break off."""
        ray = _ray()
        try:
            work = self.actor.work.options(num_returns="streaming")
            for news in work.remote(number, packed(job), *self._cluster.put(dataset)):
                yield unpacked(ray.get(news))
        except ray.exceptions.RayError as error:
            raise WorkerLostError(f"{type(error).__name__}: {str(error).strip().splitlines()[0]}") from error

    def send(self, number: int, order: str, value: Any) -> None:
        """An order for the job of this number; nothing happens if the actor is gone."""
        self.actor.hear.remote(number, order, value)

    def end(self) -> None:
        """Dismiss it, whatever it does."""
        if _ray().is_initialized():
            _ray().kill(self.actor)


class Actor:
    """A worker's process in the cluster. What it tells is packed by the thread that trains, before it goes on."""

    def __init__(self) -> None:
        get_ready()
        self._news: SimpleQueue[bytes | None] = SimpleQueue()
        self._body = Body(lambda news: self._news.put(packed(news)))
        self._dataset: tuple[int, Dataset] | None = None  # of the job before

    def work(self, number: int, job: bytes, which: int, dataset: bytes) -> Iterator[bytes]:
        """All news of a job until it is done."""
        if self._dataset is None or self._dataset[0] != which:
            self._dataset = which, unpacked(dataset)
        Thread(target=self._work, args=(number, unpacked(job), self._dataset[1]), daemon=True).start()
        while (news := self._news.get()) is not None:
            yield news

    def _work(self, number: int, job: Job, dataset: Dataset) -> None:
        try:
            self._body.work(number, job, dataset)
        finally:
            self._news.put(None)

    def hear(self, number: int, order: str, value: Any) -> None:
        """An order for the job of this number."""
        self._body.hear(number, order, value)


def _ray() -> Any:
    import ray

    return ray
