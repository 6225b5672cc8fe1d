"""The store's table of how far people have come in the lessons.

What is done stays done, so of two tabs that say the same neither undoes the other.
"""

import time

from makemore_core.training.table import Table

Done = dict[tuple[str, str], str]  # by lesson and part: what was measured then, if anything


class LearningTable(Table):
    """By person, lesson and part."""

    def keep(self, person: str, lesson: str, part: str, words: str = "") -> None:
        """A part of a lesson is done; the first time counts."""
        with self._transaction() as db:
            db.execute("INSERT OR IGNORE INTO learned VALUES (?,?,?,?,?)", (person, lesson, part, words, time.time()))

    def of(self, person: str) -> Done:
        """All that somebody has done."""
        with self._lock:
            found = self._db.execute("SELECT lesson, part, words FROM learned WHERE person = ?", (person,)).fetchall()
        return {(lesson, part): words for lesson, part, words in found}
