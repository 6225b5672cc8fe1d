"""Where one person's progress through the lessons is kept."""

from makemore_core.access import Action
from makemore_core.training.desk import Desk
from makemore_core.training.learning_table import Done


class LearningDesk(Desk):
    """One person's progress, which is known by their key; where people are not told apart, by none."""

    def keep(self, lesson: str, part: str, words: str = "") -> None:
        """A part is done; AccessError where it cannot be kept."""
        with self.may(Action.LEARN):
            self._manager.store.learning.keep(self._actor.key, lesson, part, words)

    def done(self) -> Done:
        """All that this person has done."""
        return self._manager.store.learning.of(self._actor.key)
