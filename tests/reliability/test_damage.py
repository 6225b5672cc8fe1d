"""Torn and flipped bytes in the store's file: what is read is what was written, or there is a sentence that says so."""

import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from makemore_core.config import RunConfig
from makemore_core.datasets import DataConfig
from makemore_core.errors import InputError
from makemore_core.models.bigram import BigramConfig
from makemore_core.training.checking import check, repair
from makemore_core.training.manager import RunManager
from makemore_core.training.store import RunStore

PAGE = 4_096


@pytest.fixture(scope="module")
def sound(data: DataConfig, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of a run and its fork."""
    path = tmp_path_factory.mktemp("sound") / "runs.sqlite"
    with closing(RunStore(path)) as store:
        manager = RunManager(store)
        config = RunConfig(data, BigramConfig(), max_steps=200)
        manager.start(config, name="otter").join()
        manager.fork("otter", 31, {"batch_size": 16}, name="heron").join()
        manager.tag("otter", ["good"])
    assert check(path) == []
    return path


def flipped(content: bytearray, dice: random.Random) -> None:
    for _ in range(dice.choice((1, 1, 8, 64))):
        content[dice.randrange(len(content))] ^= 1 << dice.randrange(8)


def cut(content: bytearray, dice: random.Random) -> None:
    del content[dice.randrange(len(content)) :]


def torn(content: bytearray, dice: random.Random) -> None:
    """A page that was never written, or half of one."""
    start = dice.randrange(len(content) // PAGE) * PAGE
    many = dice.choice((512, PAGE))
    content[start : start + many] = bytes(many)


def as_seen(path: Path) -> dict[str, Any]:
    """All that a store shows of its runs, as values that can be compared; InputError where that cannot be read."""
    with closing(RunStore(path)) as store:
        return {row.id: seen(store, row.id) for row in store.runs()}


def seen(store: RunStore, run: str) -> tuple[Any, ...]:
    row = replace(store.run(run), updated=0.0)
    states = [store.checkpoint(run), *(store.snapshot(run, step) for step in store.snapshot_steps(run))]
    weights = [{name: tensor.tolist() for name, tensor in (state or {}).items()} for state in states]
    curves = (store.losses(run).tolist(), store.evaluations(run), store.observations(run))
    return row, weights, *curves, store.marks(run), store.samples(run)


@pytest.mark.parametrize("damage", [flipped, cut, torn])
def test_damage_is_told_or_harmless(
    damage: Callable[[bytearray, random.Random], None],
    sound: Path,
    tmp_path: Path,
    amount: Callable[[int, int], int],
) -> None:
    truth, whole, path = as_seen(sound), sound.read_bytes(), tmp_path / "runs.sqlite"
    for trial in range(amount(60, 1_000)):
        dice, content = random.Random(f"{damage} {trial}"), bytearray(whole)
        damage(content, dice)
        path.write_bytes(content)
        faults = or_sentence(check, path)
        path.write_bytes(content)
        shown = or_sentence(as_seen, path)
        assert shown == truth or faults, (trial, shown)


def or_sentence(look: Callable[[Path], Any], path: Path) -> Any:
    """What is seen, or the one sentence that says why nothing is."""
    try:
        return look(path)
    except InputError as error:
        sentence = str(error)
    assert sentence
    assert "\n" not in sentence
    return sentence


@pytest.mark.parametrize("damage", [flipped, cut, torn])
def test_a_repaired_store_is_sound_and_the_old_file_kept(
    damage: Callable[[bytearray, random.Random], None],
    sound: Path,
    tmp_path: Path,
    amount: Callable[[int, int], int],
) -> None:
    whole = sound.read_bytes()
    for trial in range(amount(15, 100)):
        folder = tmp_path / str(trial)
        folder.mkdir()
        path, content = folder / "runs.sqlite", bytearray(whole)
        damage(content, random.Random(f"repair {damage} {trial}"))
        path.write_bytes(content)
        faults = or_sentence(repair, path)
        if isinstance(faults, str):
            assert "was written by a newer Makemore Lab" in faults
            continue
        left = check(path)
        assert all("delete it" in fault.what or "begin another" in fault.what for fault in left), (trial, left)
        if not left:
            as_seen(path)
        kept = [*folder.glob("runs.sqlite.damaged-*")]
        assert not any("new file" in fault.mended for fault in faults) or kept[0].read_bytes() == content
        shutil.rmtree(folder)


def test_what_is_torn_in_a_wal_is_as_if_it_had_not_been_written(sound: Path, tmp_path: Path) -> None:
    """Newer versions of SQLite than this one may have left one."""
    path, torn_apart = tmp_path / "runs.sqlite", tmp_path / "torn.sqlite"
    shutil.copyfile(sound, path)
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA journal_mode = WAL")
    before = as_seen(path)
    with closing(sqlite3.connect(path)) as keeps_it_open, closing(RunStore(path)) as store:
        keeps_it_open.execute("SELECT * FROM runs").fetchone()
        store.describe("otter", "renamed", ["twice"])
        main, wal = path.read_bytes(), Path(f"{path}-wal").read_bytes()
        after = as_seen(path)
    assert before != after
    for trial in range(40):
        content, dice = bytearray(wal), random.Random(trial)
        (cut if trial % 2 else flipped)(content, dice)
        torn_apart.write_bytes(main)
        Path(f"{torn_apart}-wal").write_bytes(content)
        Path(f"{torn_apart}-shm").unlink(missing_ok=True)
        assert as_seen(torn_apart) in (before, after)


def test_a_salvaged_store_has_all_that_could_be_read(sound: Path, tmp_path: Path) -> None:
    """One page in the middle is gone: what stands in the others is there, and the run can go on."""
    path, content = tmp_path / "runs.sqlite", bytearray(sound.read_bytes())
    with closing(sqlite3.connect(sound)) as db:
        (page,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'readings'").fetchone()
    content[(page - 1) * PAGE : page * PAGE] = bytes(PAGE)
    path.write_bytes(content)
    faults = repair(path)
    assert any(fault.mended.startswith("What can be read is in a new file") for fault in faults)
    assert check(path) == []
    truth, shown = as_seen(sound), as_seen(path)
    assert shown.keys() == truth.keys()
    assert shown["otter"][2:4] == truth["otter"][2:4]  # losses and evaluations
    with closing(RunStore(path)) as store:
        manager = RunManager(store)
        assert manager.trainer("otter").number == 200
