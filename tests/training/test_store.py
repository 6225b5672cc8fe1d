"""What must survive: everything comes back, all or nothing is written, and damage is told."""

import hashlib
import math
import sqlite3
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch

from makemore_core.config import RunConfig
from makemore_core.diagnostics import measured
from makemore_core.diagnostics.reading import Reading, Scalars, Text
from makemore_core.errors import InputError
from makemore_core.places import store_path
from makemore_core.training.curve import bucketed
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
    return Changes(losses, [Evaluation(0, 3.3, 3.4)], [Observation(0, readings, SNAPSHOT)], [Mark(3, "resumed")])


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
    checkpoint = store.checkpoint("otter")
    assert checkpoint is not None
    assert checkpoint.keys() == STATE.keys()
    assert all(torch.equal(checkpoint[name], tensor) for name, tensor in STATE.items())


def test_a_run_comes_back_after_the_store_was_closed(tmp_path: Path) -> None:
    before = row()
    first = RunStore(tmp_path / "sub" / "runs.sqlite")
    first.add(before)
    first.close()
    with closing(RunStore(tmp_path / "sub" / "runs.sqlite")) as again:
        assert again.run("otter") == before
        assert again.runs() == [before]


def test_every_diagnostics_readings_come_back(store: RunStore, config: RunConfig) -> None:
    observation = Observation(0, measured(Trainer(config, config.data.load()).step()))
    store.add(row())
    store.save("otter", Progress(), replace(changes(), observations=[observation]), STATE)
    assert store.observations("otter") == [observation]


def test_samples_stand_in_a_table_of_their_own(store: RunStore) -> None:
    store.add(row())
    store.save("otter", Progress(), changes(), STATE)
    assert dump(store)[1 + TABLES.index("samples")] == [("otter", 0, 0, "emma"), ("otter", 0, 1, "ötter")]


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
    with pytest.raises(InputError, match="was written by a newer Makemore Lab; update this one"):
        RunStore(path)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_what_cannot_be_a_store_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("This is no database, and long enough to tell." * 99)
    for path in (tmp_path, tmp_path / "text", tmp_path / "text" / "below.sqlite"):
        with pytest.raises(InputError, match=r"cannot be used .* set MAKEMORE_STORE to a file"):
            RunStore(path)


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
    store.delete("otter")
    assert all(entry and {line[0] for line in entry} == {"heron"} for entry in dump(store))


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
        with closing(sqlite3.connect(store.path)) as db, db:
            db.execute("UPDATE runs SET deleted = ? WHERE id = ?", (time.time() - days * 86_400, id))
    with closing(RunStore(store.path)) as later:
        assert [r.id for r in later.runs(deleted=True)] == ["otter"]
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
