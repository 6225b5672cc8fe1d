"""A store that SQLite cannot read any more: all rows that still can be read go into a new file, the old one is kept."""

import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from makemore_core.training.schema import TABLES, prepare
from makemore_core.training.seals import seal_anew

# what begins every file of ours: its name, pages of 4,096 bytes, the rollback journal, and three fixed shares
HEADER = b"SQLite format 3\0" + bytes([0x10, 0, 1, 1, 0, 64, 32, 32])
BY_ROWID = ("runs", "sweeps", "checkpoints", "learned")
BESIDE = ("-journal", "-wal")


def salvage(store: Path) -> Path:
    """Put a new store in the place of a damaged one; the path under which the old one is kept beside it."""
    with tempfile.TemporaryDirectory(dir=store.parent, prefix=".salvage-") as folder:
        new, copy = Path(folder) / "new.sqlite", Path(folder) / "copy.sqlite"
        _copy(store, copy)
        with closing(sqlite3.connect(new, isolation_level=None)) as into:
            prepare(into, new)
            into.execute("BEGIN")
            for table in ("runs", "sweeps", "learned", *TABLES):
                _take_over(copy, into, table)
            for table in TABLES:
                into.execute(f"DELETE FROM {table} WHERE run NOT IN (SELECT id FROM runs)")
            seal_anew(into)
            into.execute("COMMIT")
        kept = store.with_name(f"{store.name}.damaged-{time.strftime('%Y-%m-%d-%H%M%S')}")
        for suffix in ("", *BESIDE):
            with suppress(FileNotFoundError):
                Path(f"{store}{suffix}").rename(f"{kept}{suffix}")
        new.rename(store)
    return kept


def _copy(store: Path, copy: Path) -> None:
    """To be read with what an unfinished transaction left beside it, and with the first bytes as they have to be."""
    for suffix in ("", *BESIDE):
        with suppress(FileNotFoundError):
            shutil.copyfile(f"{store}{suffix}", f"{copy}{suffix}")
    with copy.open("r+b") as file:
        if not Path(f"{copy}-wal").exists():
            file.write(HEADER)


def _take_over(copy: Path, into: sqlite3.Connection, table: str) -> None:
    columns = [column[1] for column in into.execute(f"PRAGMA table_info({table})")]
    runs = [run for (run,) in into.execute("SELECT id FROM runs")]
    for row in _rows(copy, table, columns, runs):
        with suppress(sqlite3.Error, UnicodeError):  # what cannot stand in such a table
            into.execute(f"INSERT OR IGNORE INTO {table} VALUES ({','.join('?' * len(columns))})", row)


def _rows(copy: Path, table: str, columns: list[str], runs: list[str]) -> Iterator[tuple[Any, ...]]:
    """All that can be read: from the first row on and from the last one back, as far as that goes."""
    with closing(sqlite3.connect(copy)) as db:
        there = _columns_there(db, table)
        asked = ", ".join(name if name in there else _default(name) for name in columns)
        for way in ("ASC", "DESC"):
            if table in BY_ROWID:
                yield from _until_damage(db, f"SELECT {asked} FROM {table} NOT INDEXED ORDER BY rowid {way}", ())
                continue
            for run in runs:
                query = f"SELECT {asked} FROM {table} WHERE run = ? ORDER BY 2 {way}, 3 {way}"
                yield from _until_damage(db, query, (run,))


def _columns_there(db: sqlite3.Connection, table: str) -> set[str]:
    return {found[1] for found in _until_damage(db, f"PRAGMA table_info({table})", ())}


def _default(column: str) -> str:
    """Of a column that an older store does not have: what the schema gives it, or nothing."""
    texts = {"name": "''", "tags": "'[]'", "parent": "''", "sweep": "''", "owner": "''", "process": "''"}
    return texts.get(column, "0" if column == "max_seconds" else "NULL")


def _until_damage(db: sqlite3.Connection, query: str, values: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    with suppress(sqlite3.Error, UnicodeDecodeError):
        yield from db.execute(query, values)
