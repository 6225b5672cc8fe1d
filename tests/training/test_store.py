"""What must survive: everything comes back, all or nothing is written, and damage is told."""

import hashlib
import math
import os
import re
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch

from makemore_core.config import RunConfig
from makemore_core.datasets import DataConfig
from makemore_core.diagnostics import measured
from makemore_core.diagnostics.reading import Reading, Scalars, Text
from makemore_core.errors import InputError
from makemore_core.places import store_path
from makemore_core.training.curve import bucketed
from makemore_core.training.faults import CannotWriteError, TakenOverError
from makemore_core.training.marks import Mark
from makemore_core.training.recorder import Changes, Evaluation, Observation, Progress, RunState
from makemore_core.training.rows import STALE_AFTER, RunRow
from makemore_core.training.schema import ADDED, TABLES, VERSION
from makemore_core.training.store import RunStore
from makemore_core.training.trainer import Trainer

READY = Progress()
SNAPSHOT = {"model.weight": torch.randn(3, 2)}
STATE = {"model.weight": torch.randn(3, 2), "generator": torch.Generator().get_state(), "step": torch.tensor(7)}


def row(id: str = "otter", progress: Progress = READY, updated: float | None = None) -> RunRow:
    now = time.time()
    return RunRow(
        id, "lecture3-deep", {"seed": 1}, {"sha256": "ab"}, 47_024, progress, now, now if updated is None else updated
    )


def changes(last: int = 7) -> Changes:
    losses = bucketed(0, np.linspace(3, 2, last))
    readings: dict[str, Reading] = {"loss": Scalars({"batch loss": 2.5}), "samples": Text(["emma", "ötter"])}
    return Changes(
        losses,
        [Evaluation(0, 3.3, 3.4)],
        [Observation(0, readings, SNAPSHOT)],
        [Mark(3, "changed", {"batch_size": 64})],
    )


def dump(store: RunStore) -> list[Any]:
    """Every row of every table, as another program reads them."""
    with closing(sqlite3.connect(store.path)) as db:
        return [db.execute(f"SELECT * FROM {table}").fetchall() for table in ("runs", *TABLES)]


def test_a_run_comes_back_as_it_was_saved(store: RunStore) -> None:
    store.add(row())
    progress = Progress(RunState.STOPPED, "by hand", 7, 100, 1.5, 4_000.0)
    store.save("otter", progress, changes(), STATE)
    assert store.run("otter").progress == progress
    assert np.array_equal(store.losses("otter"), changes().losses)
    assert store.evaluations("otter") == changes().evaluations
    assert store.observations("otter") == changes().observations
    assert store.marks("otter") == changes().marks
    checkpoint = store.checkpoint("otter")
    assert checkpoint is not None
    assert checkpoint.keys() == STATE.keys()
    assert all(torch.equal(checkpoint[name], tensor) for name, tensor in STATE.items())


def test_a_run_comes_back_after_the_store_was_closed(tmp_path: Path) -> None:
    before, path = row(), tmp_path / "folder" / "below" / "runs.sqlite"
    first = RunStore(path)
    first.add(before)
    first.sweeps.add("grid", {"trials": 3}, "finished")
    first.learning.keep("ada", "lesson 3", "first", "2.17")
    first.close()
    with closing(RunStore(path)) as again:
        assert again.run("otter") == before
        assert again.runs() == [before]
        assert again.sweeps.entry("grid").plan == {"trials": 3}
        assert again.learning.of("ada") == {("lesson 3", "first"): "2.17"}


def test_every_diagnostics_readings_come_back(store: RunStore, config: RunConfig) -> None:
    observation = Observation(0, measured(Trainer(config, config.data.load()).step()))
    store.add(row())
    store.save("otter", Progress(), replace(changes(), observations=[observation]), STATE)
    assert store.observations("otter") == [observation]


def test_samples_stand_in_a_table_of_their_own(store: RunStore) -> None:
    store.add(row())
    store.save("otter", Progress(), changes(), STATE)
    assert dump(store)[1 + TABLES.index("samples")] == [("otter", 0, 0, "emma"), ("otter", 0, 1, "ötter")]
    later: list[dict[str, Reading]] = [{"samples": Text(["ava"])}, {"loss": Scalars({})}]
    store.save("otter", Progress(), replace(changes(), observations=[*map(Observation, (5, 6), later)]), STATE)
    assert store.samples("otter") == {0: ["emma", "ötter"], 5: ["ava"]}


def test_who_looks_at_a_run_gets_all_that_it_has_shown(store: RunStore) -> None:
    store.add(row())
    store.save("otter", Progress(RunState.STOPPED, step=7), changes(), STATE)
    shown = store.recorder(store.run("otter")).snapshot()
    assert shown is not None
    assert (shown.run, shown.progress) == ("otter", Progress(RunState.STOPPED, step=7))
    assert np.array_equal(shown.losses, changes().losses)
    kept = changes().evaluations, changes().observations, changes().marks
    assert ([*shown.evaluations], [*shown.observations], [*shown.marks]) == kept


def test_the_settings_that_a_run_did_not_begin_with_are_those_of_its_last_marks(store: RunStore) -> None:
    for id in ("otter", "heron"):
        store.add(row(id))
    sizes = [Mark(step, "changed", {"batch_size": size}) for step, size in ((3, 64), (5, 32))]
    rate = Mark(4, "changed", {"optimizer.learning_rate": 0.01})
    store.save("otter", READY, replace(changes(), marks=[sizes[0], rate, sizes[1], Mark(6, "resumed")]), STATE)
    store.save("heron", READY, replace(changes(), marks=[Mark(3, "resumed")]), STATE)
    assert store.changed_settings() == {"otter": {"batch_size": 32, "optimizer.learning_rate": 0.01}}


def test_a_bucket_that_grew_replaces_itself(store: RunStore) -> None:
    store.add(row())
    losses = np.linspace(3, 2, 3_001)
    store.save("otter", Progress(), Changes(bucketed(0, losses[:3_000])), STATE)
    store.save("otter", Progress(), Changes(bucketed(0, losses)[-1:]), STATE)
    np.testing.assert_allclose(store.losses("otter"), bucketed(0, losses))


def test_the_newest_run_comes_first(store: RunStore) -> None:
    for created, id in enumerate(("heron", "otter", "finch")):
        store.add(replace(row(id), created=float(created)))
    assert [r.id for r in store.runs()] == ["finch", "otter", "heron"]


def test_a_run_never_saved_has_nothing_to_show(store: RunStore) -> None:
    store.add(row())
    assert store.checkpoint("otter") is None
    assert store.losses("otter").shape == (0, 6)
    assert (store.evaluations("otter"), store.observations("otter")) == ([], [])


def test_a_loss_that_is_no_number_comes_back_as_none(store: RunStore) -> None:
    store.add(row())
    store.save(
        "otter", Progress(), Changes(bucketed(0, np.array([math.nan])), [Evaluation(0, math.nan, math.inf)]), STATE
    )
    assert np.isnan(store.losses("otter")[0, -1])
    (evaluation,) = store.evaluations("otter")
    assert math.isnan(evaluation.train)
    assert evaluation.val == math.inf


def test_an_exception_in_a_save_leaves_the_old_state_whole(store: RunStore) -> None:
    store.add(row())
    store.save("otter", Progress(RunState.RUNNING, step=7), changes(7), STATE)
    before = dump(store)
    broken = replace(changes(20), observations=[Observation(19, {"samples": Text([object()])})])  # pyright: ignore[reportArgumentType]: no JSON, on purpose
    with pytest.raises(TypeError):
        store.save("otter", Progress(RunState.RUNNING, step=20), broken, {"model.weight": torch.zeros(1)})
    assert dump(store) == before
    store.save("otter", Progress(RunState.RUNNING, step=20), changes(20), STATE)  # and the store works on
    assert store.run("otter").progress.step == 20


def test_a_run_that_is_rewound_has_the_curve_of_one_that_came_no_further(store: RunStore) -> None:
    losses = np.linspace(3, 2, 3_001)
    store.add(row())
    store.save("otter", READY, Changes(bucketed(0, losses), observations=[Observation(2_048, {}, SNAPSHOT)]), STATE)
    store.rewind("otter", 2_048, losses[2_048], Progress(RunState.STOPPED, step=2_049), Mark(2_049, "rewound"))
    assert np.array_equal(store.losses("otter"), bucketed(0, losses[:2_049]))  # the last of four steps' bucket is alone
    checkpoint = store.checkpoint("otter")
    assert checkpoint is not None
    assert torch.equal(checkpoint["model.weight"], SNAPSHOT["model.weight"])
    assert store.run("otter").progress.step == 2_049


def test_a_run_that_was_deleted_is_rewound_all_the_same(store: RunStore) -> None:
    store.add(row())
    store.save("otter", READY, changes(), STATE)
    store.put_away("otter")
    store.rewind("otter", 0, 3.0, Progress(RunState.STOPPED, step=1), Mark(1, "mended"))  # as `runs check` does
    store.bring_back("otter")
    assert store.run("otter").progress.step == 1
    with pytest.raises(InputError, match="There is no run 'heron'"):
        store.mark("heron", Mark(1, "changed"), READY)


def test_a_run_is_written_by_the_one_process_that_claimed_it(store: RunStore) -> None:
    stopped = Progress(RunState.STOPPED, step=7)
    store.add(row(progress=stopped))
    with closing(RunStore(store.path)) as other:
        with store.claimed("otter"):
            assert store.run("otter").progress == replace(stopped, state=RunState.READY)
        told = rf"^The run 'otter' is trained by process {os.getpid()} on .*; stop it there first\.$"
        with pytest.raises(InputError, match=told), other.claimed("otter"):
            pass
        with pytest.raises(InputError, match=told):
            other.mark("otter", Mark(7, "changed"), stopped)
        store.beat("otter", stopped)
        with other.claimed("otter"):
            assert other.run("otter").process == other.process != store.process
        told = rf"^Process {os.getpid()} on .* has taken 'otter' over; it goes on there\.$"
        with pytest.raises(TakenOverError, match=told):
            store.save("otter", stopped, changes(), STATE)
        other.delete("otter")
        with pytest.raises(TakenOverError, match=r"^The run 'otter' was forgotten meanwhile; nothing of it is kept\.$"):
            other.beat("otter", stopped)


def forked(store: RunStore, id: str, parent: str, step: int, changed: str = "") -> None:
    """A run that goes on from a step of another, whose earlier weights it does not hold itself."""
    mark = Mark(step + 1, f"forked from {parent} after step {step:,}{changed}")
    store.branch(
        replace(row(id), parent=parent, parent_step=step), Changes(bucketed(0, np.zeros(1)), marks=[mark]), STATE
    )


@pytest.mark.parametrize("change", ["rewind", "delete"])
def test_a_fork_keeps_the_weights_that_its_parent_gives_up(store: RunStore, change: str) -> None:
    store.add(row())
    states = {step: {"model.weight": torch.full((2,), float(step))} for step in (0, 8, 16)}
    store.save(
        "otter", READY, replace(changes(), observations=[Observation(s, {}, w) for s, w in states.items()]), STATE
    )
    forked(store, "late", "otter", 12)
    forked(store, "early", "otter", 4)
    before = dump(store)[1 + TABLES.index("snapshots")]
    assert {line[0] for line in before} == {"otter"}
    if change == "rewind":
        store.rewind("otter", 4, 3.0, READY, Mark(5, "rewound"))
    else:
        store.delete("otter")
    for id, steps in (("late", [0, 8]), ("early", [0])):
        assert store.snapshot_steps(id) == steps
        for step in steps:
            found = store.snapshot(id, step)
            assert found is not None
            assert torch.equal(found["model.weight"], states[step]["model.weight"])
    own = {line[0] for line in dump(store)[1 + TABLES.index("snapshots")]}
    assert own == ({"otter", "late"} if change == "rewind" else {"early", "late"})  # what stays is not doubled
    assert store.run("late").parent == ("otter" if change == "rewind" else "")


def test_a_fork_says_what_was_changed_there(store: RunStore) -> None:
    store.add(row())
    store.save("otter", READY, changes(), STATE)
    rates, sizes = "learning rate 0.1 → 0.05, max steps 1,000 → 2,000", "batch size 32 → 64"
    forked(store, "fork", "otter", 4, f", {sizes}")
    forked(store, "other", "otter", 1_234, f", {rates}; the optimizer begins afresh")
    forked(store, "same", "otter", 5)
    store.mark("fork", Mark(6, "batch size 64 → 16"), READY)
    assert store.forks() == {"fork": sizes, "other": rates, "same": ""}
    checkpoint = store.checkpoint("fork")
    assert checkpoint is not None
    assert checkpoint.keys() == STATE.keys()
    before = dump(store)
    with pytest.raises(InputError, match="There is a run 'fork' already"):
        forked(store, "fork", "otter", 5)
    assert dump(store) == before


def test_whole_runs_are_brought_to_another_store_all_or_none(store: RunStore, tmp_path: Path) -> None:
    for id in ("otter", "heron"):
        store.add(row(id))
        store.save(id, READY, changes(), STATE)
    with closing(RunStore(tmp_path / "other.sqlite")) as other:
        other.add_all([store.whole("otter")])
        assert other.runs() == [store.run("otter")]
        assert other.whole("otter").tables == store.whole("otter").tables
        before = dump(other)
        with pytest.raises(
            InputError, match=r"^One of these runs is in the store already, or is there twice; nothing was added\.$"
        ):
            other.add_all([store.whole("heron"), store.whole("otter")])
        assert dump(other) == before


def test_packing_gives_the_room_of_what_is_gone_back_to_the_disk(store: RunStore) -> None:
    for id in ("otter", "heron"):
        store.add(row(id))
        store.save(id, READY, changes(), {"model.weight": torch.zeros(100_000)})  # 400 kB
    store.put_away("otter")
    before, kept = store.vacuum()
    assert [r.id for r in store.runs(deleted=True)] == ["otter"]
    assert 800_000 < kept <= before
    before, after = store.vacuum(forget_deleted=True)
    assert (before, after) == (kept, store.path.stat().st_size)
    assert after < before - 400_000
    assert ([r.id for r in store.runs()], store.runs(deleted=True)) == (["heron"], [])


def test_a_sign_of_life_moves_neither_step_nor_checkpoint(store: RunStore) -> None:
    store.add(row())
    store.save("otter", Progress(RunState.RUNNING, step=7), changes(), STATE)
    before = dump(store)
    store.beat("otter", Progress(RunState.PAUSED, "waiting", step=9))
    assert store.run("otter").progress == Progress(RunState.PAUSED, "waiting", step=7)
    assert dump(store)[1:] == before[1:]


@pytest.mark.parametrize("damage", ["flip", "cut"])
def test_a_damaged_checkpoint_is_refused(store: RunStore, damage: str) -> None:
    store.add(row())
    store.save("otter", Progress(), changes(), STATE)
    with closing(sqlite3.connect(store.path)) as db, db:
        (content,) = db.execute("SELECT content FROM checkpoints").fetchone()
        flipped = content[:-1] + bytes([content[-1] ^ 1])
        db.execute("UPDATE checkpoints SET content = ?", (flipped if damage == "flip" else content[:-1],))
    with pytest.raises(InputError, match=r"The checkpoint of 'otter' is damaged \(SHA-256 differs\)"):
        store.checkpoint("otter")


def test_weights_come_back_where_they_were_kept(store: RunStore) -> None:
    store.add(row())
    store.save("otter", READY, changes(), STATE)
    assert store.snapshot_steps("otter") == [0]
    weights = store.snapshot("otter", 0)
    assert weights is not None
    assert torch.equal(weights["model.weight"], SNAPSHOT["model.weight"])
    assert store.snapshot("otter", 5) is None
    with closing(sqlite3.connect(store.path)) as db, db:
        db.execute("UPDATE snapshots SET content = zeroblob(length(content))")
    with pytest.raises(InputError, match="snapshot of 'otter' at step 0 is damaged"):
        store.snapshot("otter", 0)


@pytest.mark.parametrize("version", range(1, VERSION))
def test_an_older_store_learns_what_it_lacks_and_loses_nothing(tmp_path: Path, version: int) -> None:
    path = tmp_path / "runs.sqlite"
    with closing(RunStore(path)) as store:
        store.add(row())
        store.save("otter", READY, changes(), STATE)
    with closing(sqlite3.connect(path)) as db, db:
        for tables in (tables for since, tables in ADDED.items() if since > version):
            for table, column in [(table, column) for table, columns in tables.items() for column in columns]:
                db.execute(f"ALTER TABLE {table} DROP COLUMN {column.split()[0]}")
        if version < 8:
            db.execute("DROP TABLE learned")
        if version < 3:
            db.execute("DROP TABLE marks")
            db.execute("DROP TABLE snapshots")
        if version == 2:  # its snapshots held the model alone
            content = safetensors.torch.save({"weight": SNAPSHOT["model.weight"]})
            db.execute("CREATE TABLE weights (run TEXT, step INTEGER, content BLOB, sha256 TEXT)")
            db.execute("INSERT INTO weights VALUES ('otter', 0, ?, ?)", (content, hashlib.sha256(content).hexdigest()))
        db.execute(f"PRAGMA user_version = {version}")
    with closing(RunStore(path)) as store:
        assert store.run("otter").progress == READY
        assert store.learning.of("") == {}
        snapshot = store.snapshot("otter", 0)
        assert version == 1 or (snapshot and torch.equal(snapshot["model.weight"], SNAPSHOT["model.weight"]))
        assert store.evaluations("otter") == changes().evaluations
        before = store.run("otter")
        assert (before.title, before.train, before.val, before.best_val) == ("otter", 3.3, 3.4, 3.4)
        marks = changes().marks if version < 3 else []  # version 3 has them
        later = replace(changes(), evaluations=[Evaluation(7, 2.0, 2.1, 1.5, 1e9)], marks=marks)
        store.save("otter", Progress(max_seconds=5), later, STATE)
        assert [(e.seconds, e.time) for e in store.evaluations("otter")] == [(None, None), (1.5, 1e9)]
        assert store.run("otter").progress.max_seconds == 5
        assert store.snapshot_steps("otter") == [0]
        assert store.marks("otter") == changes().marks


def test_a_store_of_a_newer_version_is_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / "newer.sqlite"
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(f"PRAGMA user_version = {VERSION + 1}")
        db.execute("CREATE TABLE runs (something TEXT)")
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    with pytest.raises(InputError, match=re.escape(f"The store '{path}' was written by a newer Makemore Lab; update")):
        RunStore(path)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_what_cannot_be_a_store_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("This is no database, and long enough to tell." * 99)
    for path, why in (
        (tmp_path, "unable to open database file"),
        (tmp_path / "text", "file is not a database"),
        (tmp_path / "text" / "below.sqlite", "File exists: "),
    ):
        told = f"^The store '{re.escape(str(path))}' cannot be used \\(.*{why}.*\\); set MAKEMORE_STORE to a file.$"
        with pytest.raises(InputError, match=told):
            RunStore(path)


def test_a_file_that_may_only_be_read_is_looked_at(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store.add(row())
    monkeypatch.setattr("makemore_core.training.store.is_read_only", lambda path: path == store.path)  # root may write
    with closing(RunStore(store.path)) as looking:
        assert looking.run("otter") == store.run("otter")
        told = f"^The store '{re.escape(str(store.path))}' cannot be written: it may only be read"
        with pytest.raises(CannotWriteError, match=told):
            looking.add(row("heron"))


@pytest.mark.parametrize(
    ("safe", "mode", "synchronous"),
    [(sqlite3.sqlite_version_info, "wal", 1), ((99,), "delete", 2)],  # https://sqlite.org/pragma.html: NORMAL, FULL
)
def test_a_power_cut_corrupts_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, safe: tuple[int, ...], mode: str, synchronous: int
) -> None:
    monkeypatch.setattr("makemore_core.training.store.SAFE_WAL", safe)
    with closing(RunStore(tmp_path / "runs.sqlite")) as store, store._transaction() as db:
        said = [db.execute(f"PRAGMA {what}").fetchone()[0] for what in ("journal_mode", "synchronous", "busy_timeout")]
    assert said == [mode, synchronous, 10_000]  # milliseconds


def test_a_store_in_which_another_program_writes_opens_and_forgets_later(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("makemore_core.training.store.BUSY_TIMEOUT", 0)
    with closing(sqlite3.connect(store.path, isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        with closing(RunStore(store.path)) as other:
            assert other.runs() == []
            with pytest.raises(CannotWriteError, match="another program has locked it"):
                other.add(row())
            told = f"^The store '{re.escape(str(store.path))}' cannot be packed: another program has locked it"
            with pytest.raises(CannotWriteError, match=told):
                other.vacuum()
            db.execute("ROLLBACK")
            other.add(row())


def test_what_cannot_be_read_is_told_with_the_files_name(store: RunStore) -> None:
    store.add(row())
    store.save("otter", READY, changes(), STATE)
    with closing(sqlite3.connect(store.path)) as db, db:
        db.execute("UPDATE readings SET content = '{'")
    told = f"^The store '{re.escape(str(store.path))}' cannot be read: its bytes are damaged"
    with pytest.raises(InputError, match=told):
        store.observations("otter")


@pytest.mark.parametrize("state", [RunState.READY, RunState.RUNNING, RunState.PAUSED])
def test_a_run_without_a_sign_of_life_is_interrupted(store: RunStore, state: RunState) -> None:
    store.add(row("fresh", Progress(state)))
    store.add(row("stale", Progress(state), updated=time.time() - STALE_AFTER - 1))
    assert store.run("fresh").progress.state == state
    assert store.run("stale").progress.state == RunState.INTERRUPTED


def test_a_run_that_ended_stays_as_it_ended(store: RunStore) -> None:
    store.add(row(progress=Progress(RunState.FINISHED), updated=0))
    assert store.run("otter").progress.state == RunState.FINISHED


def test_an_unknown_run_is_refused(store: RunStore) -> None:
    with pytest.raises(InputError, match="There is no run 'otter'"):
        store.run("otter")


def test_a_name_is_taken_once(store: RunStore) -> None:
    store.add(row())
    with pytest.raises(InputError, match="There is a run 'otter' already"):
        store.add(row())


def test_a_deleted_run_leaves_nothing_and_others_alone(store: RunStore) -> None:
    for id in ("otter", "heron"):
        store.add(row(id))
        store.save(id, Progress(), changes(), STATE)
        store.sweeps.add(id, {}, "finished")  # of the same name
    store.delete("otter")
    assert all(entry and {line[0] for line in entry} == {"heron"} for entry in dump(store))
    with store._transaction() as db:
        assert db.execute("SELECT part FROM seals WHERE run = 'otter'").fetchall() == [("sweeps",)]


def test_a_run_that_was_put_away_comes_back_whole(store: RunStore) -> None:
    for id in ("otter", "heron"):
        store.add(row(id))
        store.save(id, READY, changes(), STATE)
    before, listed = dump(store), store.run("otter")
    store.put_away("otter")
    assert ([r.id for r in store.runs()], [r.id for r in store.runs(deleted=True)]) == (["heron"], ["otter"])
    with pytest.raises(InputError, match=r"The run 'otter' was deleted; .* runs restore otter` undoes that"):
        store.run("otter")
    assert store.taken() == {"otter", "heron"}
    store.bring_back("otter")
    assert (dump(store), store.run("otter")) == (before, listed)
    with pytest.raises(InputError, match="There is no deleted run 'otter'; after 30 days"):
        store.bring_back("otter")


def test_a_run_that_was_put_away_is_forgotten_after_some_days(store: RunStore) -> None:
    for id, days in (("otter", 29), ("heron", 31)):
        store.add(row(id))
        store.save(id, READY, changes(), STATE)
        store.put_away(id)
        store.sweeps.add(f"{id}s", {}, "finished")
        store.sweeps.put_away(f"{id}s")
        with closing(sqlite3.connect(store.path)) as db, db:
            then = time.time() - days * 86_400
            db.execute("UPDATE runs SET deleted = ? WHERE id = ?", (then, id))
            db.execute("UPDATE sweeps SET updated = ? WHERE id = ?", (then, f"{id}s"))
    with closing(RunStore(store.path)) as later:
        assert [r.id for r in later.runs(deleted=True)] == ["otter"]
        assert later.sweeps.taken() == {"otters"}
        assert all(entry and {line[0] for line in entry} == {"otter"} for entry in dump(later))


def test_a_row_says_how_far_the_losses_came(store: RunStore) -> None:
    store.add(row())
    assert (store.run("otter").train, store.run("otter").val, store.run("otter").best_val) == (None, None, None)
    evaluations = [Evaluation(0, 3.3, 3.4), Evaluation(5, 2.0, 2.1), Evaluation(9, 1.9, 2.2)]
    store.save("otter", READY, replace(changes(), evaluations=evaluations), STATE)
    assert (store.run("otter").train, store.run("otter").val, store.run("otter").best_val) == (1.9, 2.2, 2.1)
    store.rewind("otter", 0, 3.3, READY, Mark(1, "rewound"))
    assert (store.run("otter").train, store.run("otter").val, store.run("otter").best_val) == (3.3, 3.4, 3.4)


def test_a_run_is_found_by_the_name_it_was_given(store: RunStore) -> None:
    store.add(row())
    store.describe("otter", "my-best", ["class 3", "good"])
    found = store.run("my-best")
    assert (found.id, found.title, found.tags) == ("otter", "my-best", ("class 3", "good"))
    assert store.run("otter") == found


def test_hostile_names_are_only_text(store: RunStore) -> None:
    hostile = "'); DROP TABLE runs; --"
    store.add(row(hostile))
    store.save(hostile, Progress(), changes(), STATE)
    store.describe(hostile, hostile[::-1], [hostile])
    assert (store.run(hostile).id, store.run(hostile).tags) == (hostile, (hostile,))
    assert len(store.observations(hostile)) == 1


def test_a_store_may_be_asked_by_any_thread(store: RunStore) -> None:
    store.add(row())
    with ThreadPoolExecutor(1) as another:
        assert another.submit(store.run, "otter").result() == store.run("otter")


def test_two_stores_on_one_file_see_each_others_runs(store: RunStore) -> None:
    with closing(RunStore(store.path)) as other:
        other.add(row())
        assert store.run("otter") == other.run("otter")


def test_the_store_lies_where_the_environment_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAKEMORE_STORE", str(tmp_path / "mine.sqlite"))
    assert store_path() == tmp_path / "mine.sqlite"
    monkeypatch.delenv("MAKEMORE_STORE")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert store_path().name == "runs.sqlite"


def test_the_best_run_on_the_same_data_is_found(store: RunStore) -> None:
    names, other = {"dataset": "names", "shuffles": 1}, {"dataset": "other", "shuffles": 1}
    for id, data, val in (("otter", names, 2.3), ("heron", names, 2.1), ("stork", other, 1.0), ("goose", names, 2.5)):
        store.add(replace(row(id), config={"data": data}))
        evaluations = [Evaluation(0, 3.3, 3.3), Evaluation(5, val, val), Evaluation(9, 2.9, 2.9)]
        store.save(id, READY, replace(changes(), evaluations=evaluations), STATE)
    assert store.best_val(names, besides="goose") == ("heron", 2.1)
    assert store.best_val(names, besides="heron") == ("otter", 2.3)
    assert store.best_val(other, besides="stork") is None
    store.add(replace(row("crane"), config={}))  # it says nothing of its data: all as it comes
    store.save("crane", READY, changes(), STATE)
    assert store.best_val(DataConfig().to_dict(), besides="") == ("crane", 3.4)
