"""One task and those who do it by turns: what a contest is, and what comes out of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from benchmarks.rounds import Advance, Rounds, race
from makemore_core.errors import InputError


@dataclass(frozen=True)
class Contest:
    """Who does a task, by name; None stands for those who cannot. All are compared with the reference."""

    name: str
    about: str
    reference: str
    advances: Mapping[str, Advance | None]
    notes: tuple[str, ...] = ()

    def held(self, rounds: int, seconds: float) -> "Result":
        """Let them take turns."""
        able = {name: advance for name, advance in self.advances.items() if advance}
        rates = race(able, rounds, seconds)
        return Result(self, {name: rates.get(name) for name in self.advances})


@dataclass(frozen=True)
class Result:
    """The rates of a contest; None for those who took no part."""

    contest: Contest
    rates: dict[str, Rounds | None]

    def times(self, name: str) -> float | None:
        """How many times the reference's rate a contestant makes; None where one of the two is missing."""
        mine, reference = self.rates.get(name), self.rates.get(self.contest.reference)
        return mine.times(reference) if mine and reference else None


def if_possible(build: Callable[[], Advance]) -> tuple[Advance | None, str]:
    """A contestant, or None with the sentence that says why there is none."""
    try:
        return build(), ""
    except InputError as error:
        return None, str(error)
