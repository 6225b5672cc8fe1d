"""How far a learner has come: which of the 26 gradients were found, and which were looked up."""

import re
from dataclasses import dataclass

from makemore_core.exercise.problems import PROBLEMS

SPELLED = re.compile(r"([0-9a-f]{1,7})\.([0-9a-f]{1,7})", re.ASCII)
FOUND, REVEALED, OPEN = "found", "revealed", "open"


@dataclass(frozen=True)
class Progress:
    """Two sets of problem numbers, short enough to be spelled in an address."""

    found: frozenset[int] = frozenset()
    revealed: frozenset[int] = frozenset()

    @classmethod
    def read(cls, text: str) -> "Progress":
        """From its spelling; what is none of it is the beginning."""
        match = SPELLED.fullmatch(text)
        found, revealed = map(_members, match.groups()) if match else (frozenset[int](), frozenset[int]())
        return cls(found, revealed - found)

    @property
    def spelled(self) -> str:
        """Two numbers in hexadecimal, a bit for each problem; nothing at the beginning."""
        return f"{_bits(self.found):x}.{_bits(self.revealed):x}" if self.found or self.revealed else ""

    def with_found(self, number: int) -> "Progress":
        """One more found. What was looked up before stays looked up."""
        return self if number in self.revealed else Progress(self.found | {number}, self.revealed)

    def with_revealed(self, number: int) -> "Progress":
        """One more looked up; what was found stays found."""
        return self if number in self.found else Progress(self.found, self.revealed | {number})

    def state(self, number: int) -> str:
        """found, revealed or open."""
        return FOUND if number in self.found else REVEALED if number in self.revealed else OPEN

    def next_open(self, after: int = -1) -> int | None:
        """The next problem to do, from a number on and then from the first; None when all are done."""
        order = [*range(after + 1, len(PROBLEMS)), *range(after + 1)]
        return next((number for number in order if self.state(number) == OPEN), None)


def _bits(numbers: frozenset[int]) -> int:
    return sum(1 << number for number in numbers)


def _members(text: str) -> frozenset[int]:
    bits = int(text, 16)
    return frozenset(number for number in range(len(PROBLEMS)) if bits >> number & 1)
