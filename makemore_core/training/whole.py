"""A run with all that belongs to it, as it stands in the store's tables: what an archive holds, bit for bit."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from makemore_core.training.inheritance import INHERITED
from makemore_core.training.rows import RunRow, columns_of
from makemore_core.training.schema import SUM_UP, TABLES

Rows = list[tuple[Any, ...]]


@dataclass(frozen=True)
class WholeRun:
    """A run's row, and by table its rows there without the run's id: columns in the schema's order."""

    row: RunRow
    tables: Mapping[str, Rows]

    @property
    def checkpoint(self) -> tuple[int, bytes, str] | None:
        """The step, the safetensors bytes and their SHA-256; None before the first save."""
        found = self.tables["checkpoints"]
        return (found[0][0], found[0][1], found[0][2]) if found else None


def tables_of(db: sqlite3.Connection, run: str) -> dict[str, Rows]:
    """Every table's rows of a run; a fork's snapshots are also those that stand with its parent."""
    own = {
        table: [found[1:] for found in db.execute(f"SELECT * FROM {table} WHERE run = ? ORDER BY 2", (run,))]
        for table in TABLES
    }
    snapshots = f"{INHERITED} SELECT step, content, sha256 FROM kept JOIN snapshots USING (run, step) ORDER BY step"
    return own | {"snapshots": db.execute(snapshots, (run,)).fetchall()}


def write_whole(db: sqlite3.Connection, runs: Sequence[WholeRun]) -> None:
    """Add runs with all that belongs to them; what the row sums up is summed up anew."""
    for whole in runs:
        values = columns_of(whole.row)
        db.execute(f"INSERT INTO runs ({','.join(values)}) VALUES ({','.join('?' * len(values))})", [*values.values()])
        for table in TABLES:
            for row in whole.tables[table]:
                db.execute(f"INSERT INTO {table} VALUES ({','.join('?' * (len(row) + 1))})", (whole.row.id, *row))
        db.execute(f"{SUM_UP} WHERE id = ?", (whole.row.id,))
