"""Where somebody stands in a lesson, short enough to be spelled in an address: `lecture3.4`."""

import re
from collections.abc import Container
from dataclasses import dataclass

from makemore_core.lessons import LESSONS
from makemore_core.lessons.lesson import Lesson, Station

SPELLED = re.compile(r"(\w{1,30})\.([0-9]{1,3})", re.ASCII)


@dataclass(frozen=True)
class Place:
    """A lesson, and the number of a station; behind the last one come the challenges."""

    lesson: Lesson
    number: int = 0

    @classmethod
    def read(cls, text: str) -> "Place | None":
        """From its spelling; None for what is no place."""
        match = SPELLED.fullmatch(text)
        lesson = LESSONS.get(match[1]) if match else None
        return cls(lesson, min(int(match[2]), len(lesson.stations))) if match and lesson else None

    @classmethod
    def reached(cls, lesson: Lesson, done: Container[tuple[str, str]]) -> "Place":
        """Behind the last station that was done; at the first, once all of the lesson is."""
        if is_complete(lesson, done):
            return cls(lesson)
        last = max((i for i, s in enumerate(lesson.stations) if (lesson.name, s.name) in done), default=-1)
        return cls(lesson, last + 1)

    @property
    def spelled(self) -> str:
        """As an address has it."""
        return f"{self.lesson.name}.{self.number}"

    @property
    def station(self) -> Station | None:
        """None at the challenges."""
        return self.lesson.stations[self.number] if self.number < len(self.lesson.stations) else None

    @property
    def next(self) -> "Place":
        return Place(self.lesson, min(self.number + 1, len(self.lesson.stations)))

    @property
    def back(self) -> "Place":
        return Place(self.lesson, max(0, self.number - 1))


def is_complete(lesson: Lesson, done: Container[tuple[str, str]]) -> bool:
    """Whether every station was done and every challenge met."""
    return all((lesson.name, part) in done for part in lesson.parts)
