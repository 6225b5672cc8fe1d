"""A run is trained by one process: of two that go on with it one gets it, and one that lost it writes no more."""

import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from makemore_core.config import RunConfig
from makemore_core.errors import InputError
from makemore_core.training.faults import TakenOverError
from makemore_core.training.manager import RunManager
from makemore_core.training.reader import AnyRun
from makemore_core.training.recorder import Progress, RunState
from makemore_core.training.run import Command
from makemore_core.training.store import RunStore
from tests.conftest import progress_of, wait_until


@pytest.fixture
def other(store: RunStore) -> Iterator[RunManager]:
    """A manager as another process has it."""
    with closing(RunStore(store.path)) as its:
        manager = RunManager(its)
        yield manager
        manager.close()


def stopped(manager: RunManager, config: RunConfig) -> AnyRun:
    run = manager.start(config)
    wait_until(lambda: progress_of(run).step > 10)
    manager.command(run.id, Command.STOP)
    run.join()
    return run


def fall_silent(manager: RunManager, run: AnyRun) -> None:
    """As a laptop that was suspended."""
    with manager.store._transaction(run.id) as db:
        db.execute("UPDATE runs SET updated = 0 WHERE id = ?", (run.id,))


def test_of_two_that_resume_at_once_one_gets_the_run(manager: RunManager, other: RunManager, config: RunConfig) -> None:
    for _ in range(5):
        run, begun, refused = stopped(manager, config), list[AnyRun](), list[str]()
        ready = threading.Barrier(2)

        def resume(manager: RunManager) -> None:
            ready.wait()  # noqa: B023
            try:
                begun.append(manager.resume(run.id, paused=True))  # noqa: B023
            except InputError as error:
                refused.append(str(error))  # noqa: B023

        threads = [threading.Thread(target=resume, args=(each,)) for each in (manager, other)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(begun) == len(refused) == 1
        assert "only an interrupted or stopped run resumes" in refused[0] or "is trained by process" in refused[0]


def test_a_run_that_was_taken_over_ends_itself_and_writes_no_more(
    manager: RunManager, other: RunManager, config: RunConfig
) -> None:
    run = manager.start(config, paused=True)
    run.send(Command.STEP)
    run.send(Command.PAUSE)
    wait_until(lambda: manager.store.run(run.id).progress.step == 1)
    with manager.store._lock:  # it gives no sign of life
        fall_silent(other, run)
        taken = other.resume(run.id, paused=True)
    taken.send(Command.STEP)
    taken.send(Command.PAUSE)
    wait_until(lambda: other.store.run(run.id).progress.step == 2)
    run.send(Command.PLAY)
    wait_until(lambda: progress_of(run).state == RunState.INTERRUPTED)
    assert "has taken" in progress_of(run).message
    run.join()
    checkpoint = other.store.checkpoint(run.id)
    assert checkpoint
    assert checkpoint["step"].item() == other.store.run(run.id).progress.step == 2
    assert manager.row(run.id).progress == manager.shown(run.id).progress == other.store.run(run.id).progress


def test_a_run_that_cannot_begin_is_given_back(manager: RunManager, other: RunManager, config: RunConfig) -> None:
    run = stopped(manager, config)
    before = other.store.run(run.id).progress
    with pytest.raises(ZeroDivisionError), other.store.claimed(run.id):
        raise ZeroDivisionError
    assert manager.store.run(run.id).progress == before
    manager.resume(run.id, paused=True)


def test_the_run_of_a_process_that_is_gone_is_interrupted_at_once(manager: RunManager, config: RunConfig) -> None:
    run = stopped(manager, config)
    row = manager.store.run(run.id)
    host, pid, token = row.process.split(":")
    gone = replace(row, id="gone", progress=replace(row.progress, state=RunState.RUNNING), updated=time.time())
    manager.store.add(replace(gone, process=f"{host}:{pid}:1{token}"))
    manager.store.add(replace(gone, id="lives", process=row.process))
    assert manager.row("gone").progress.state == RunState.INTERRUPTED
    assert manager.row("lives").progress.state == RunState.RUNNING


def test_what_was_forgotten_is_not_written_again(manager: RunManager, other: RunManager, config: RunConfig) -> None:
    run = manager.start(config, paused=True)
    other.store.delete(run.id)
    with pytest.raises(TakenOverError, match="was forgotten meanwhile"):
        manager.store.beat(run.id, Progress())
    wait_until(lambda: not run.is_alive)
    assert progress_of(run).state == RunState.INTERRUPTED
