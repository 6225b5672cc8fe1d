"""All runs of a store, read once and then only where they changed: ten thousand are listed as quickly as ten."""

import sqlite3
from typing import Any

from makemore_core.errors import InputError
from makemore_core.training.rows import LISTED, RunRow, row_of


class Listing:
    """The rows that are not deleted, by id. Whoever writes a run says so by touch(); other processes' writes are seen.

    The caller holds the store's lock.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db, self._seen = db, -1
        self._rows: dict[str, RunRow] = {}
        self._newest_first: list[RunRow] | None = None
        self._touched: set[str] = set()

    def touch(self, run: str) -> None:
        """This connection has written something about a run."""
        self._touched.add(run)

    def rows(self) -> list[RunRow]:
        """All of them, the newest first."""
        self._look_again()
        if self._newest_first is None:
            self._newest_first = sorted(self._rows.values(), key=lambda row: (-row.created, row.id))
        return self._newest_first.copy()

    def find(self, run: str) -> RunRow:
        """By the id, or by the name it was given; an InputError if there is none, or if it was deleted."""
        found = self._found("id", run) or (self._found("name", run) if run else None)  # most have no name
        if found is None:
            raise InputError(f"There is no run {run!r}; `python -m makemore_core runs list` shows those there are.")
        if found[-1] is not None:
            raise InputError(f"The run {run!r} was deleted; `python -m makemore_core runs restore {run}` undoes that.")
        return row_of(found[:-1])

    def _found(self, column: str, word: str) -> tuple[Any, ...] | None:
        return self._db.execute(
            f"SELECT {LISTED}, deleted FROM runs WHERE {column} = ? ORDER BY deleted IS NOT NULL", (word,)
        ).fetchone()

    def deleted(self) -> list[RunRow]:
        """Those that can still come back, the latest first."""
        found = self._db.execute(f"SELECT {LISTED} FROM runs WHERE deleted IS NOT NULL ORDER BY deleted DESC, id")
        return [row_of(values) for values in found]

    def _look_again(self) -> None:
        """Read anew what was touched, and what lives: it may have fallen silent. All, if others have written."""
        (seen,) = self._db.execute("PRAGMA data_version").fetchone()
        if seen != self._seen:
            self._seen = seen
            found = self._db.execute(f"SELECT {LISTED} FROM runs WHERE deleted IS NULL")
            self._rows = {row.id: row for row in map(row_of, found)}
            self._newest_first = None
        else:
            for run in self._touched | {row.id for row in self._rows.values() if row.progress.is_alive}:
                self._read(run)
        self._touched.clear()

    def _read(self, run: str) -> None:
        found = self._db.execute(f"SELECT {LISTED} FROM runs WHERE id = ? AND deleted IS NULL", (run,)).fetchone()
        before, now = self._rows.pop(run, None), row_of(found) if found else None
        if now:
            self._rows[run] = now
        if now != before:
            self._newest_first = None
