"""A full disk, at every write: no checkpoint is lost, the run waits with the reason, and goes on to the same bits."""

import os
import resource
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import pytest
import torch

from makemore_core.config import RunConfig
from makemore_core.errors import InputError
from makemore_core.training.checking import check
from makemore_core.training.faults import CannotWriteError
from makemore_core.training.manager import RunManager
from makemore_core.training.reader import AnyRun
from makemore_core.training.recorder import RunState
from makemore_core.training.run import Command, Run
from makemore_core.training.serving import Seat
from makemore_core.training.store import RunStore
from makemore_core.training.trainer import Trainer
from makemore_core.workers.processes import Processes
from tests.conftest import progress_of, wait_until
from tests.reliability.trainee import begin

STEPS = 400
FEWEST_WRITES = 12  # statements of a save
NOBODY = 65_534  # the user that may write nothing
TEMPORARY = Path(tempfile.gettempdir())
ROOM = 2**22  # bytes of the small disk


def waits(run: AnyRun) -> bool:
    progress = progress_of(run)
    return progress.state == RunState.PAUSED and "cannot be written" in progress.message


def stored(path: Path) -> tuple[int, int, bytes]:
    """The run's step, and the checkpoint with its own."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        query = "SELECT runs.step, checkpoints.step, content FROM runs JOIN checkpoints ON run = id WHERE id = 'otter'"
        return db.execute(query).fetchone() or (0, 0, b"")


class Quota:
    """This process may write nothing any more, from a certain statement of SQL on."""

    def __init__(self, store: RunStore) -> None:
        self._db, self._left = store._db, 0
        _, self._most = resource.getrlimit(resource.RLIMIT_FSIZE)

    def end_at(self, statement: int) -> None:
        self._left = statement
        self._db.set_trace_callback(self._trace)

    def _trace(self, statement: str) -> None:
        self._left -= not statement.startswith("--")  # those of a trigger belong to the one that set it off
        if self._left == 0:
            resource.setrlimit(resource.RLIMIT_FSIZE, (0, self._most))

    def lift(self) -> None:
        self._db.set_trace_callback(None)
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, self._most))


def one_more_step(run: Run) -> int:
    """Have a step taken, and saved if that can be; its number."""
    number = run.trainer.number
    run.send(Command.STEP)
    run.send(Command.PAUSE)
    wait_until(lambda: run.trainer.number == number + 1)
    return number + 1


def fill_up_at_every_write(told: Connection, path: Path, config: RunConfig) -> None:
    """In a process of its own, whose limit it is; tells at how many statements of a save it was."""
    torch.set_num_threads(1)
    with closing(RunStore(path)) as store:
        manager, quota = RunManager(store), Quota(store)
        run = manager.start(replace(config, max_steps=STEPS), name="otter", paused=True)
        assert isinstance(run, Run)
        faults, is_full = 0, True
        while is_full:
            number = one_more_step(run)
            wait_until(lambda: stored(path)[0] == number)  # noqa: B023
            before = stored(path)
            quota.end_at(faults + 1)
            number = one_more_step(run)
            wait_until(lambda: waits(run) or stored(path)[0] == number)  # noqa: B023
            is_full = waits(run)
            if is_full:
                assert stored(path) == before
                assert f"all that it did after step {number - 1} in memory" in progress_of(run).message
            quota.lift()
            run.send(Command.PAUSE)
            wait_until(lambda: not waits(run) and stored(path)[0] == number)  # noqa: B023
            faults += is_full
        run.send(Command.PLAY)
        run.join()
        whole = manager.start(replace(config, max_steps=STEPS), name="whole")
        whole.join()
        assert progress_of(run).state == progress_of(whole).state == RunState.FINISHED
        assert np.array_equal(store.losses("otter"), store.losses("whole"))
        mine, its = store.checkpoint("otter"), store.checkpoint("whole")
        assert mine
        assert its
        assert all(torch.equal(mine[name], its[name]) for name in its)
        manager.close()
    assert check(path) == []
    told.send(faults)


def test_a_disk_that_is_full_at_any_write_costs_nothing(config: RunConfig, tmp_path: Path) -> None:
    process, told = begin(fill_up_at_every_write, tmp_path / "runs.sqlite", config)
    process.join(120)
    assert process.exitcode == 0
    assert told.recv() > FEWEST_WRITES


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of four megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={ROOM}", "tmpfs", place], capture_output=True)
    if mounted.returncode:
        pytest.skip("only root can make a small disk")
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)


def test_a_run_on_a_full_disk_waits_until_there_is_room(small_disk: Path, config: RunConfig) -> None:
    ballast = small_disk / "ballast"
    with closing(RunStore(small_disk / "runs.sqlite")) as store:
        manager = RunManager(store)
        run = manager.start(config)
        wait_until(lambda: store.run(run.id).progress.step > 0)
        with pytest.raises(OSError, match="No space left"):
            ballast.write_bytes(bytes(ROOM))
        wait_until(lambda: waits(run))
        assert "its disk is full; make room there" in progress_of(run).message
        kept = store.run(run.id).progress.step
        ballast.unlink()
        wait_until(lambda: store.run(run.id).progress.step > kept)  # by itself
        wait_until(lambda: progress_of(run).state == RunState.RUNNING)
        manager.close()
        assert check(store.path) == []


def test_a_run_on_a_full_disk_can_be_stopped_and_says_what_is_not_kept(small_disk: Path, config: RunConfig) -> None:
    with closing(RunStore(small_disk / "runs.sqlite")) as store:
        manager = RunManager(store)
        run = manager.start(config)
        wait_until(lambda: store.run(run.id).progress.step > 0)
        with pytest.raises(OSError, match="No space left"):
            (small_disk / "ballast").write_bytes(bytes(ROOM))
        wait_until(lambda: waits(run))
        run.send(Command.STOP)
        run.join()
        assert progress_of(run).state == RunState.STOPPED
        assert progress_of(run).message.endswith("is not kept.")
        (small_disk / "ballast").unlink()
        resumed = manager.resume(run.id, paused=True)  # from what is kept
        checkpoint = store.checkpoint(run.id)
        assert checkpoint
        assert progress_of(resumed).step == checkpoint["step"].item()
        manager.close()


@pytest.mark.long
def test_a_run_in_a_process_of_its_own_waits_too(small_disk: Path, config: RunConfig) -> None:
    with closing(RunStore(small_disk / "runs.sqlite")) as store, closing(Processes(1)) as processes:
        manager = RunManager(store, {"processes": processes})
        run = manager.start(config, where="processes")
        wait_until(lambda: store.run(run.id).progress.step > 0, 120)
        with pytest.raises(OSError, match="No space left"):
            (small_disk / "ballast").write_bytes(bytes(ROOM))
        wait_until(lambda: waits(run), 60)
        kept = store.run(run.id).progress.step
        (small_disk / "ballast").unlink()
        wait_until(lambda: store.run(run.id).progress.step > kept, 60)
        wait_until(lambda: progress_of(run).state == RunState.RUNNING, 60)
        manager.close()
        assert check(store.path) == []


def look_without_rights(told: Connection, path: Path, config: RunConfig) -> None:
    """As a user who may only read; what Python loads late it may not even be able to find then."""
    Trainer(config, config.data.load())
    if os.geteuid() == 0:
        os.setuid(NOBODY)
    with closing(RunStore(path)) as store:
        assert store.is_read_only
        manager = RunManager(store)
        assert [row.progress.state for row in manager.runs()] == [RunState.STOPPED]
        assert len(manager.shown("otter").losses)
        assert manager.trained_model("otter")
        assert check(path) == []
        assert not Seat(path).is_taken_by_us
        assert "it may only be read" in Seat(path).holder
        for act in (lambda: manager.start(config), lambda: manager.resume("otter"), lambda: manager.delete("otter")):
            with pytest.raises(CannotWriteError, match="cannot be written: it may only be read; give yourself"):
                act()
    told.send("looked")


@pytest.mark.parametrize("locked", ["file", "folder"])
def test_a_store_that_may_only_be_read_is_there_for_looking(locked: str, config: RunConfig, tmp_path: Path) -> None:
    folder = tmp_path / "lab"
    with closing(RunStore(folder / "runs.sqlite")) as store:
        manager = RunManager(store)
        run = manager.start(config, name="otter")
        wait_until(lambda: progress_of(run).step > 10)
        manager.close()
    for place in (*folder.parents, Path(config.data.dataset), *Path(config.data.dataset).parents):
        if place != TEMPORARY and place.is_relative_to(TEMPORARY):
            place.chmod(0o755)
    folder.chmod(0o555 if locked == "folder" else 0o777)
    store.path.chmod(0o444 if locked == "file" else 0o666)
    process, told = begin(look_without_rights, store.path, config)
    process.join(60)
    assert process.exitcode == 0
    assert told.recv() == "looked"


def test_a_place_where_no_store_can_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(InputError, match="cannot be used"):
        RunStore(tmp_path / "file" / "runs.sqlite")
