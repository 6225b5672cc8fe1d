"""What the curve of a learning-rate ramp says: where its floor is, and which rates one would take from it, and why."""

import math
from bisect import bisect_left
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

FLOOR = 1.1  # times the lowest loss: up to there it counts as the floor
FELL = 1.05  # times the lowest loss: a curve that began no higher has no descent to speak of
SAFE = 10  # how many times smaller than the rate of the lowest loss
LEFT_OUT = 10  # the first tenth of the steps: there the loss falls because it is the beginning, not because of the rate
SLOPE = 20  # a slope is measured over this part of the steps, to each side
FEWEST = 20  # steps that can be read


def two_digits(rate: float) -> float:
    """As fine as a curve can be read."""
    return float(f"{rate:.2g}")


@dataclass(frozen=True)
class Suggestion:
    """A learning rate, by which rule, and who reads it off so."""

    name: str
    rate: float
    reason: str
    source: str


@dataclass(frozen=True)
class Floor:
    """The rates around the lowest loss at which it is nearly as low, and what is on both sides of them."""

    low: float
    high: float
    lowest: float  # the rate of the lowest loss
    loss: float  # the lowest, in nats
    fell: bool  # whether the loss had come down to it
    rose: bool  # whether it left it again, or exploded

    @property
    def middle(self) -> float:
        """On the logarithmic axis."""
        return math.sqrt(self.low * self.high)

    def in_words(self) -> str:
        """What one sees."""
        low, high = two_digits(self.low), two_digits(self.high)
        if not self.rose:
            return f"The loss is still on its floor at a rate of {high:g}: let the ramp go higher if it can."
        if not self.fell:
            return f"This net has learned most of what it can at such rates; above {high:g} the loss rises."
        return (
            "First the steps are too short to matter. "
            f"From {low:g} to {high:g} the loss is on its floor; beyond, they are too long and it rises."
        )


def floor_of(rates: Numbers, calm: Numbers, exploded: bool = False) -> Floor:
    """The floor of a calm curve (N) over rising rates (N), after which the loss may have exploded."""
    lowest = int(calm.argmin())
    off = np.flatnonzero(calm > FLOOR * calm[lowest])
    first, last = max(off[off < lowest], default=-1) + 1, min(off[off > lowest], default=len(calm)) - 1
    fell, rose = bool(calm[0] > FELL * calm[lowest]), exploded or last < len(calm) - 1
    return Floor(float(rates[first]), float(rates[last]), float(rates[lowest]), float(calm[lowest]), fell, rose)


def suggestions(rates: Numbers, calm: Numbers, floor: Floor) -> tuple[Suggestion, ...]:
    """Rates to take from a calm curve (N) over rising rates (N) and its floor, the lecture's first.

    A floor without an end has no middle, and the slopes of a loss that did not fall say nothing. Nor is a rate
    suggested that was not tried.
    """
    found: list[Suggestion] = []
    if floor.rose:
        why = "the middle of the floor before the loss rises"
        found.append(Suggestion("floor", floor.middle, why, "makemore part 2, by eye"))
    tenth, why = floor.lowest / SAFE, "a tenth of where the loss is lowest"
    found.append(Suggestion(f"lowest / {SAFE}", tenth, why, "fastai's lr_find, minimum"))
    if floor.fell:
        why = "half-way down the longest descent"
        found.append(Suggestion("valley", _valley(rates, calm), why, "fastai's lr_find, valley"))
        why = "where the loss falls fastest"
        found.append(Suggestion("steepest", _steepest(rates, calm), why, "fastai's lr_find, steep"))
    return tuple(suggestion for suggestion in found if suggestion.rate >= rates[0])


def _steepest(rates: Numbers, calm: Numbers) -> float:
    """Over the logarithm of the rate, after the beginning and before the lowest loss."""
    reach = max(1, len(calm) // SLOPE)
    falls = calm[: -2 * reach] - calm[2 * reach :]  # around point i + reach
    first = max(0, len(calm) // LEFT_OUT - reach)
    last = max(first + 1, int(calm.argmin()) - reach)
    return float(rates[first + int(falls[first:last].argmax()) + reach])


def _valley(rates: Numbers, calm: Numbers) -> float:
    """The middle point of the longest row of points, each lower than the one before."""
    descent = longest_descent(calm)
    return float(rates[descent[len(descent) // 2]])


def longest_descent(values: Numbers) -> list[int]:
    """The places of the longest falling row of values (N), not all of them neighbours, by patience sorting."""
    tops: list[float] = []  # the highest value, negated, in which a descent of each length can end
    ends: list[int] = []
    before: list[int] = []
    for i, value in enumerate((-values).tolist()):
        length = bisect_left(tops, value)
        before.append(ends[length - 1] if length else -1)
        tops[length:], ends[length:] = [value, *tops[length + 1 :]], [i, *ends[length + 1 :]]
    places = [ends[-1]]
    while before[places[-1]] >= 0:
        places.append(before[places[-1]])
    return places[::-1]
