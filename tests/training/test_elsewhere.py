"""A run that a worker trains, seen from here: what it believes when the worker is lost at an awkward moment."""

import sqlite3
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from makemore_core.config import RunConfig
from makemore_core.datasets import Dataset
from makemore_core.errors import InputError
from makemore_core.training.curve import COLUMNS
from makemore_core.training.elsewhere import Elsewhere
from makemore_core.training.jobs import Job, Listener, News, Place
from makemore_core.training.manager import RunManager
from makemore_core.training.recorder import Changes, RunState
from makemore_core.training.run import Command
from makemore_core.training.store import RunStore
from makemore_core.workers.body import Body
from tests.conftest import progress_of

HERE = "bench"


class Bench:
    """A place that lays its jobs on a bench, where the test itself does them."""

    place = Place(HERE, "a bench", 1)

    def __init__(self) -> None:
        self.jobs: list[Job] = []

    def take(self, job: Job, dataset: Dataset, listener: Listener, first: bool = False) -> "Bench":
        self.jobs.append(job)
        return self

    def send(self, order: str, value: Any) -> None: ...

    def withdraw(self) -> bool:
        return False


def begun(store: RunStore, config: RunConfig, bench: Bench) -> Elsewhere:
    run = RunManager(store, {HERE: bench}).start(config, where=HERE)
    assert isinstance(run, Elsewhere)
    return run


def test_a_worker_lost_after_its_last_word_has_done_its_job(store: RunStore, config: RunConfig) -> None:
    bench = Bench()
    run = begun(store, replace(config, max_steps=10), bench)
    Body(run.heard).work(0, bench.jobs[0], run.dataset)
    done = progress_of(run)
    assert done.state == RunState.FINISHED
    run.lost("the process ended with code -9.")
    assert len(bench.jobs) == 1
    assert not run.is_alive
    assert (progress_of(run), store.run(run.id).progress.state, store.marks(run.id)) == (done, done.state, [])


def test_a_stop_that_comes_while_it_looks_for_another_worker_stops_it(
    store: RunStore, config: RunConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Bench()
    run = begun(store, config, bench)
    saved = store.checkpoint

    def meanwhile(id: str) -> Any:
        run.send(Command.STOP)
        return saved(id)

    monkeypatch.setattr(store, "checkpoint", meanwhile)
    run.lost("the process ended with code -9.")
    assert (progress_of(run).state, run.is_alive, len(bench.jobs)) == (RunState.STOPPED, False, 1)


def test_a_worker_lost_while_the_program_ends_leaves_no_run_that_waits(
    store: RunStore, config: RunConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Bench()
    run = begun(store, config, bench)

    def closed(*job: Any) -> Bench:
        raise InputError("The program ends.")

    monkeypatch.setattr(bench, "take", closed)
    run.lost("the process ended with code -9.")
    assert (progress_of(run).state, progress_of(run).message, run.is_alive) == ("failed", "The program ends.", False)


def test_a_run_whose_news_cannot_be_kept_fails_even_if_that_cannot_be_kept_either(
    store: RunStore, config: RunConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Bench()
    run = begun(store, config, bench)

    def full(*what: Any) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(store, "beat", full)
    with pytest.raises(sqlite3.OperationalError):
        run.heard(News(replace(bench.jobs[0].progress, state=RunState.RUNNING), Changes(np.empty((0, len(COLUMNS))))))
    assert (progress_of(run).state, run.is_alive) == (RunState.FAILED, False)
