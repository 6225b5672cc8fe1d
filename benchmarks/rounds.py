"""Contestants that take turns. What else the machine does slows all of them alike, so that their ratios hold."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median

import numpy as np

ENDLESS = 100_000_000  # steps of a run that is stopped once it is measured
SHORTEST_CALL = 0.02  # seconds; shorter ones would measure the clock, and what surrounds the steps
Advance = Callable[[int], object]  # do k steps


@dataclass(frozen=True)
class Rounds:
    """What was measured of one contestant, round by round: steps per second, or any other number."""

    per_round: tuple[float, ...]

    @property
    def median(self) -> float:
        return median(self.per_round)

    @property
    def spread(self) -> float:
        """The interquartile range in % of the median."""
        low, high = np.percentile(self.per_round, (25, 75))
        return float(100 * (high - low) / self.median)

    def times(self, other: "Rounds") -> float:
        """How many times the other's number: the median over the rounds, each compared with its own neighbour."""
        return median(mine / theirs for mine, theirs in zip(self.per_round, other.per_round, strict=True))


def race(advances: Mapping[str, Advance], rounds: int, seconds: float) -> dict[str, Rounds]:
    """Every contestant trains for some seconds in every round, one after the other."""
    at_once = {name: steps_in_a_call(advance) for name, advance in advances.items()}
    rates: dict[str, list[float]] = {name: [] for name in advances}
    for _ in range(rounds):
        for name, advance in advances.items():
            rates[name].append(rate(advance, at_once[name], seconds))
    return {name: Rounds(tuple(values)) for name, values in rates.items()}


def steps_in_a_call(advance: Advance) -> int:
    """So many steps that a call is long enough to be timed; a first one, untimed, pays for what is done once."""
    advance(1)
    k = 1
    while duration(advance, k) < SHORTEST_CALL:
        k *= 2
    return k


def rate(advance: Advance, k: int, seconds: float) -> float:
    """Steps per second over calls of k steps that last some seconds together."""
    spent, steps = 0.0, 0
    while spent < seconds:
        spent += duration(advance, k)
        steps += k
    return steps / spent


def duration(advance: Advance, k: int) -> float:
    """Seconds that k steps take."""
    started = time.perf_counter()
    advance(k)
    return time.perf_counter() - started
