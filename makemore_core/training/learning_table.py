"""The store's table of how far people have come in the lessons.

What is done stays done, so of two tabs that say the same neither undoes the other.
"""

import sqlite3
import time
from collections.abc import Callable
from contextlib import AbstractContextManager

from makemore_core.training.faults import Door

Done = dict[tuple[str, str], str]  # by lesson and part: what was measured then, if anything


class LearningTable:
    """Shares the store's connection, its lock and its transactions."""

    def __init__(
        self,
        db: sqlite3.Connection,
        lock: Door,
        transaction: Callable[..., AbstractContextManager[sqlite3.Connection]],
    ) -> None:
        self._db, self._lock, self._transaction = db, lock, transaction

    def keep(self, person: str, lesson: str, part: str, words: str = "") -> None:
        """A part of a lesson is done; the first time counts."""
        with self._transaction() as db:
            db.execute("INSERT OR IGNORE INTO learned VALUES (?,?,?,?,?)", (person, lesson, part, words, time.time()))

    def of(self, person: str) -> Done:
        """All that somebody has done."""
        with self._lock:
            found = self._db.execute("SELECT lesson, part, words FROM learned WHERE person = ?", (person,)).fetchall()
        return {(lesson, part): words for lesson, part, words in found}
