"""The tables of the store, how an older store learns what it lacks, and the form in which values stand in them."""

import hashlib
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson
import safetensors.torch
from torch import Tensor

from makemore_core.errors import InputError
from makemore_core.training.faults import CHECK
from makemore_core.training.seals import know_seals, seal_anew

VERSION = 8
SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (
    id TEXT PRIMARY KEY, preset TEXT NOT NULL, config TEXT NOT NULL, dataset TEXT NOT NULL, parameters INTEGER NOT NULL,
    state TEXT NOT NULL, message TEXT NOT NULL, step INTEGER NOT NULL, max_steps INTEGER NOT NULL,
    seconds REAL NOT NULL, steps_per_second REAL NOT NULL, created REAL NOT NULL, updated REAL NOT NULL);
CREATE TABLE IF NOT EXISTS losses (
    run TEXT NOT NULL, step INTEGER NOT NULL, steps INTEGER NOT NULL, low REAL, high REAL, total REAL, last REAL,
    PRIMARY KEY (run, step)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS evaluations (
    run TEXT NOT NULL, step INTEGER NOT NULL, train REAL, val REAL,
    PRIMARY KEY (run, step)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS readings (
    run TEXT NOT NULL, step INTEGER NOT NULL, diagnostic TEXT NOT NULL, content TEXT NOT NULL,
    PRIMARY KEY (run, step, diagnostic)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS samples (
    run TEXT NOT NULL, step INTEGER NOT NULL, place INTEGER NOT NULL, name TEXT NOT NULL,
    PRIMARY KEY (run, step, place)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS snapshots (
    run TEXT NOT NULL, step INTEGER NOT NULL, content BLOB NOT NULL, sha256 TEXT NOT NULL,
    PRIMARY KEY (run, step)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS marks (
    run TEXT NOT NULL, place INTEGER NOT NULL, step INTEGER NOT NULL, text TEXT NOT NULL, settings TEXT NOT NULL,
    PRIMARY KEY (run, place)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS checkpoints (
    run TEXT PRIMARY KEY, step INTEGER NOT NULL, content BLOB NOT NULL, sha256 TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS sweeps (
    id TEXT PRIMARY KEY, plan TEXT NOT NULL, state TEXT NOT NULL, message TEXT NOT NULL,
    seconds REAL NOT NULL, created REAL NOT NULL, updated REAL NOT NULL);
CREATE TABLE IF NOT EXISTS learned (
    person TEXT NOT NULL, lesson TEXT NOT NULL, part TEXT NOT NULL, words TEXT NOT NULL, time REAL NOT NULL,
    PRIMARY KEY (person, lesson, part));
CREATE TABLE IF NOT EXISTS seals (
    run TEXT NOT NULL, part TEXT NOT NULL, total INTEGER NOT NULL, PRIMARY KEY (run, part)) WITHOUT ROWID;
"""
TABLES = ("losses", "evaluations", "readings", "samples", "snapshots", "marks", "checkpoints")
ADDED = {  # by version: what these tables have learned since the first, the columns in their order
    3: {"runs": ("max_seconds REAL NOT NULL DEFAULT 0",)},
    4: {"evaluations": ("seconds REAL", "time REAL")},
    5: {
        "runs": (
            "name TEXT NOT NULL DEFAULT ''",
            "tags TEXT NOT NULL DEFAULT '[]'",
            "parent TEXT NOT NULL DEFAULT ''",
            "parent_step INTEGER",
            "sweep TEXT NOT NULL DEFAULT ''",
            "trial INTEGER",
            "train REAL",
            "val REAL",
            "best_val REAL",
            "deleted REAL",
        )
    },
    6: {"runs": ("owner TEXT NOT NULL DEFAULT ''", "process TEXT NOT NULL DEFAULT ''")},
}
SUM_UP = """
UPDATE runs SET
    (train, val) = (SELECT train, val FROM evaluations WHERE run = runs.id ORDER BY step DESC LIMIT 1),
    best_val = (SELECT MIN(val) FROM evaluations WHERE run = runs.id)"""


def prepare(db: sqlite3.Connection, path: Path) -> None:
    """Make the tables of a new store, or teach an older one what it lacks; an InputError for a newer one."""
    know_seals(db)
    if version_of(db) > VERSION:
        raise InputError(f"The store {str(path)!r} was written by a newer Makemore Lab; update this one.")
    if version_of(db) == VERSION:
        return
    db.execute("BEGIN IMMEDIATE")
    try:
        _teach(db, version_of(db))  # another process may have done so by now
        db.execute(f"PRAGMA user_version = {VERSION}")
        db.execute("COMMIT")
    except BaseException:
        db.rollback()
        raise


def version_of(db: sqlite3.Connection) -> int:
    """The version of the lab that wrote a store last; 0 is an empty file."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def columns_of(db: sqlite3.Connection) -> set[tuple[str, str]]:
    """All tables with their columns, each in its place."""
    tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {
        (table, str(column[:4]))
        for table in tables
        for column in db.execute("SELECT * FROM pragma_table_info(?)", (table,))
    }


def columns_of_a_new_store() -> set[tuple[str, str]]:
    """What every sound store of this version has, however old it is."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        prepare(db, Path(":memory:"))
        return columns_of(db)


def _teach(db: sqlite3.Connection, version: int) -> None:
    """All that came after a version; 0 is an empty file."""
    for table in SCHEMA.split(";"):
        db.execute(table)
    for since, tables in ADDED.items():
        if version < since:
            for table, columns in tables.items():
                for column in columns:
                    db.execute(f"ALTER TABLE {table} ADD COLUMN {column}")
    if version == 2:
        _move_weights(db)
    if version < 5:
        db.execute(SUM_UP)
    seal_anew(db)


def _move_weights(db: sqlite3.Connection) -> None:
    """The second version kept the model alone where snapshots hold the trainer's whole state."""
    for run, step, *found in db.execute("SELECT run, step, content, sha256 FROM weights").fetchall():
        state = {f"model.{name}": t for name, t in unpacked((found[0], found[1]), f"store {run!r}").items()}
        db.execute("INSERT INTO snapshots VALUES (?,?,?,?)", (run, step, *packed(state)))
    db.execute("DROP TABLE weights")


def packed(state: Mapping[str, Tensor]) -> tuple[bytes, str]:
    """Tensors as safetensors bytes, and their SHA-256."""
    content = safetensors.torch.save({name: tensor.contiguous() for name, tensor in state.items()})
    return content, digest_of(content)


def digest_of(content: bytes) -> str:
    """The SHA-256 by which damage is found."""
    return hashlib.sha256(content).hexdigest()


def unpacked(found: tuple[bytes, str], what: str) -> dict[str, Tensor]:
    """The tensors again; an InputError if the bytes were damaged."""
    content, digest = found
    if digest_of(content) != digest:
        raise InputError(
            f"The {what} is damaged (SHA-256 differs); {CHECK} goes back to the last that is sound, "
            "or fork the run at an earlier step."
        )
    return safetensors.torch.load(content)


def as_json(value: Any) -> str:
    """As text columns hold it."""
    return orjson.dumps(value).decode()
