"""Processes of this machine: each imports torch once, and takes job after job until nobody is left to give any.

Plain pipes to a module of ours: multiprocessing would run the program's own main file again, here Streamlit's script.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any

from makemore_core.datasets import Dataset
from makemore_core.training.jobs import Job, News, Place
from makemore_core.workers.pool import Pool, Worker, WorkerLostError
from makemore_core.workers.wire import read, write

ROOT = Path(__file__).parents[2]
GOODBYE = 1.0  # seconds in which a process ends by itself
WORK, ORDER = "work", "order"


class Processes(Pool):
    """As many as the machine has cores, started one by one as there are jobs for them."""

    def __init__(self, slots: int | None = None) -> None:
        super().__init__()
        self._slots = slots or os.cpu_count() or 1

    @property
    def place(self) -> Place:
        return Place("processes", "processes of this machine", self._slots)

    def _hire(self) -> Worker:
        return ProcessWorker()


class ProcessWorker:
    """One process, and the pipes to it. It ends with this one, however that ends: its pipe does."""

    def __init__(self) -> None:
        environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}
        command = [sys.executable, "-m", "makemore_core.workers"]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, cwd=ROOT
        )
        self._writing = Lock()
        self._has: Dataset | None = None  # sent with the job before

    def train(self, number: int, job: Job, dataset: Dataset) -> Iterator[News]:
        """All news of a job until it is done; WorkerLostError if they break off."""
        assert self.process.stdout is not None
        try:
            self._write(WORK, number, job, None if dataset is self._has else dataset)
            self._has = dataset
            while (news := read(self.process.stdout)) is not None:
                yield news
        except (OSError, EOFError, ValueError) as error:
            raise WorkerLostError(self._last_words()) from error

    def _last_words(self) -> str:
        try:
            return f"the process ended with code {self.process.wait(GOODBYE)}."
        except subprocess.TimeoutExpired:
            return "the process closed its pipe."

    def send(self, number: int, order: str, value: Any) -> None:
        """An order for the job of this number; nothing happens if the process is gone."""
        try:
            self._write(ORDER, number, order, value)
        except (OSError, ValueError):  # the thread that reads will hear of it
            return

    def _write(self, *message: Any) -> None:
        assert self.process.stdin is not None
        with self._writing:
            write(self.process.stdin, message)

    def end(self) -> None:
        """Close its pipe, at which it ends; after a second it is killed."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        if self._writing.acquire(timeout=GOODBYE):  # else it is stuck, with a full pipe
            with suppress(OSError):  # something in it that nobody read
                self.process.stdin.close()
            self._writing.release()
        try:
            self.process.wait(GOODBYE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
