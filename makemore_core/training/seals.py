"""By how much the numbers of a run would be other ones: each table's rows have a sum that is kept beside them.

SQLite finds a page that is no page any more, but not a digit that became another one. Checkpoints have their SHA-256;
all other rows of a run have a CRC-32 each, added up by table. Triggers keep the sums at every write, of this connection
alone: the file itself needs no function of ours to be read.
"""

import sqlite3
import zlib
from collections.abc import Iterable

OF_SWEEP = ("sweeps",)
OF_RUN = ("runs", "losses", "evaluations", "readings", "samples", "marks")
SEALED = {  # by table, the column that says whose a row is
    **dict.fromkeys(OF_RUN, "run"),
    **dict.fromkeys(("runs", *OF_SWEEP), "id"),
}
TRIGGERS = """
CREATE TEMP TRIGGER sealed_{table}_insert AFTER INSERT ON main.{table} BEGIN
    INSERT INTO seals SELECT NEW.{key}, '{table}', 0
    WHERE NOT EXISTS (SELECT 1 FROM seals WHERE run = NEW.{key} AND part = '{table}');
    UPDATE seals SET total = total + seal({new}) WHERE run = NEW.{key} AND part = '{table}';
END;
CREATE TEMP TRIGGER sealed_{table}_update AFTER UPDATE ON main.{table} BEGIN
    UPDATE seals SET total = total - seal({old}) + seal({new}) WHERE run = NEW.{key} AND part = '{table}';
END;
CREATE TEMP TRIGGER sealed_{table}_delete AFTER DELETE ON main.{table} BEGIN
    UPDATE seals SET total = total - seal({old}) WHERE run = OLD.{key} AND part = '{table}';
END;
"""


def know_seals(db: sqlite3.Connection) -> None:
    """Teach a connection to reckon; it does not keep the sums yet."""
    db.create_function("seal", -1, _seal, deterministic=True)


def keep_seals(db: sqlite3.Connection) -> None:
    """From now on, whatever this connection writes is sealed."""
    db.execute("PRAGMA recursive_triggers = ON")  # what is replaced counts as deleted
    db.execute("PRAGMA temp_store = MEMORY")  # the triggers themselves need no disk
    for table, key in SEALED.items():
        new, old = _columns(db, table, "NEW."), _columns(db, table, "OLD.")
        db.executescript(TRIGGERS.format(table=table, key=key, new=new, old=old))


def seal_anew(db: sqlite3.Connection) -> None:
    """Take all rows as they are now for right: what an older version wrote, and what was repaired. In a transaction."""
    db.execute("DELETE FROM seals")
    for table, key in SEALED.items():
        db.execute(f"INSERT INTO seals SELECT {key}, '{table}', {_total(db, table)} FROM {table} GROUP BY {key}")


def broken_seals(db: sqlite3.Connection, id: str, tables: Iterable[str]) -> list[str]:
    """The tables in which the rows of a run, or of a sweep, are not those that were written."""
    return [table for table in tables if _sum_now(db, table, id) != _sum_kept(db, table, id)]


def _sum_now(db: sqlite3.Connection, table: str, id: str) -> int:
    (total,) = db.execute(f"SELECT {_total(db, table)} FROM {table} WHERE {SEALED[table]} = ?", (id,)).fetchone()
    return total or 0


def _sum_kept(db: sqlite3.Connection, table: str, id: str) -> int:
    found = db.execute("SELECT total FROM seals WHERE run = ? AND part = ?", (id, table)).fetchone()
    return found[0] if found else 0


def _total(db: sqlite3.Connection, table: str) -> str:
    return f"SUM(seal({_columns(db, table)}))"


def _columns(db: sqlite3.Connection, table: str, row: str = "") -> str:
    """All columns of a row; texts as bytes, because a damaged one is no text."""
    columns = [(row + about[1], about[2]) for about in db.execute(f"PRAGMA table_info({table})")]
    return ", ".join(f"CAST({name} AS BLOB)" if kind == "TEXT" else name for name, kind in columns)


def _seal(*values: bytes | float | None) -> int:
    """Of one row. A column of real numbers gives an integer back as a real one, and -0.0 as 0.0."""
    alike = [float(value) + 0.0 if isinstance(value, int | float) else value for value in values]
    return zlib.crc32(repr(alike).encode("utf-8", "surrogatepass"))
