"""What `runs check` finds, and what it mends: each part of a run damaged once."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from makemore_core.config import RunConfig
from makemore_core.training.checking import check, repair
from makemore_core.training.manager import RunManager
from makemore_core.training.recorder import RunState
from makemore_core.training.store import RunStore

FLIP = "zeroblob(length(content))"
DAMAGES = {
    "a checkpoint": (f"UPDATE checkpoints SET content = {FLIP}", "checkpoint is damaged", "It is back after step"),
    "a checkpoint's step": ("UPDATE checkpoints SET step = 7", "is of 40 steps and not of 7", "It is back after step"),
    "a snapshot": (f"UPDATE snapshots SET content = {FLIP} WHERE step = 8", "snapshot of step 8 is damaged", "is gone"),
    "a gap": ("DELETE FROM losses WHERE step = 9", "losses go up to step 9", "It is back after step 8"),
    "a double step": ("UPDATE losses SET steps = 2 WHERE step = 9", "losses go up to step 11", "It is back after"),
    "a loss": ("UPDATE losses SET low = 0.5 WHERE step = 9", "losses are not those", "do not rely on them"),
    "a later evaluation": ("INSERT INTO evaluations VALUES ('otter', 99, 1, 1, 1, 1)", "evaluations of steps", "gone"),
    "a reading": ("UPDATE readings SET content = '{' WHERE step = 8", "at step 8 is none", "It is gone"),
    "a parent": ("UPDATE runs SET parent = 'nobody'", "parent 'nobody' is not there", "stands alone"),
    "a sweep": ("UPDATE runs SET sweep = 'nothing'", "sweep 'nothing' is not there", "stands alone"),
    "a stranger": ("INSERT INTO samples VALUES ('nobody', 1, 1, 'x')", "a run that is not there", "They are gone"),
    "a setting": (
        "UPDATE runs SET config = replace(config, '\"max_steps\":40', '\"max_steps\":41')",
        "are not those",
        "do not rely",
    ),
}


@pytest.fixture
def store_of_a_run(tmp_path: Path, config: RunConfig) -> Path:
    with closing(RunStore(tmp_path / "runs.sqlite")) as store:
        manager = RunManager(store)
        manager.start(config.with_values({"max_steps": 40}), name="otter").join()
    return tmp_path / "runs.sqlite"


@pytest.mark.parametrize(("sql", "found", "mended"), DAMAGES.values(), ids=DAMAGES)
def test_damage_is_found_and_mended(store_of_a_run: Path, sql: str, found: str, mended: str) -> None:
    assert check(store_of_a_run) == []
    with closing(sqlite3.connect(store_of_a_run)) as db, db:
        db.execute(sql)
    assert any(found in fault.what for fault in check(store_of_a_run))
    assert any(mended in fault.mended for fault in repair(store_of_a_run))
    if "config" not in sql:
        assert check(store_of_a_run) == []


def test_a_run_whose_checkpoint_was_damaged_goes_on_to_the_same_bits(
    store_of_a_run: Path, config: RunConfig, same_bits: Callable[[RunStore], bool]
) -> None:
    with closing(sqlite3.connect(store_of_a_run)) as db, db:
        db.execute(f"UPDATE checkpoints SET content = {FLIP}")
        db.execute("DELETE FROM snapshots WHERE step > 20")
    repair(store_of_a_run)
    with closing(RunStore(store_of_a_run)) as store:
        manager = RunManager(store)
        assert manager.row("otter").progress.state == RunState.STOPPED
        assert manager.row("otter").progress.step <= 21
        manager.resume("otter").join()
        manager.start(config.with_values({"max_steps": 40}), name="whole").join()
        assert same_bits(store)
        manager.close()


@pytest.fixture
def same_bits() -> Callable[[RunStore], bool]:
    def compare(store: RunStore) -> bool:
        mine, its = store.checkpoint("otter"), store.checkpoint("whole")
        assert mine
        assert its
        return all(bool((mine[name] == its[name]).all()) for name in its)

    return compare


def test_without_a_sound_snapshot_a_run_is_back_at_its_beginning(store_of_a_run: Path) -> None:
    with closing(sqlite3.connect(store_of_a_run)) as db, db:
        db.execute(f"UPDATE checkpoints SET content = {FLIP}")
        db.execute(f"UPDATE snapshots SET content = {FLIP}")
    assert any("back at its beginning" in fault.mended for fault in repair(store_of_a_run))
    assert check(store_of_a_run) == []
    with closing(RunStore(store_of_a_run)) as store:
        RunManager(store).resume("otter").join()
        assert store.run("otter").progress.state == RunState.FINISHED
    assert check(store_of_a_run) == []


def test_vacuum_gives_the_room_of_forgotten_runs_back(store_of_a_run: Path) -> None:
    with closing(RunStore(store_of_a_run)) as store:
        store.put_away("otter")
        before, kept = store.vacuum()
        assert store.runs(deleted=True)
        _, after = store.vacuum(forget_deleted=True)
        assert after < min(before, kept)
        assert not store.runs(deleted=True)
    assert check(store_of_a_run) == []
