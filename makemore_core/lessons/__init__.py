"""The lessons by name, in the lectures' order: tours of the real pages, with challenges that the program checks."""

from makemore_core.errors import choose_one_of
from makemore_core.lessons.lecture1 import COUNTING
from makemore_core.lessons.lecture2 import MLP
from makemore_core.lessons.lecture3 import HEALTH
from makemore_core.lessons.lecture4 import BACKPROP
from makemore_core.lessons.lecture5 import WAVENET
from makemore_core.lessons.lesson import Challenge, Finding, Lesson, Situation, Station
from makemore_core.lessons.transformer import TRANSFORMER

LESSONS = {lesson.name: lesson for lesson in (COUNTING, MLP, HEALTH, BACKPROP, WAVENET, TRANSFORMER)}


def lesson_named(name: str) -> Lesson:
    """A lesson of the table, or an InputError that lists the names."""
    if name not in LESSONS:
        raise choose_one_of("lesson", name, LESSONS)
    return LESSONS[name]


__all__ = ["LESSONS", "Challenge", "Finding", "Lesson", "Situation", "Station", "lesson_named"]
