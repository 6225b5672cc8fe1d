"""What is read off a curve: floors and slopes of curves whose shape is known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from makemore_core.search.suggestions import floor_of, longest_descent, suggestions, two_digits

RATES = 10 ** np.linspace(-3, 0, 601)
EXPONENTS = np.log10(RATES)
VALLEY = 2 * (1 + np.abs(EXPONENTS + 1))  # falls and rises by 2 nats a decade, and is 2 at 10**-1


def by_name(calm: np.ndarray) -> dict[str, float]:
    return {suggestion.name: suggestion.rate for suggestion in suggestions(RATES, calm, floor_of(RATES, calm))}


def test_the_floor_is_where_the_loss_is_within_a_tenth_of_its_lowest() -> None:
    floor = floor_of(RATES, VALLEY)
    assert floor.lowest == pytest.approx(0.1)
    assert (np.log10(floor.low), np.log10(floor.high)) == pytest.approx((-1.1, -0.9), abs=0.006)
    assert floor.middle == pytest.approx(0.1)
    assert (floor.fell, floor.rose) == (True, True)


def test_the_lectures_reading_is_the_middle_of_the_floor_and_comes_first() -> None:
    found = by_name(VALLEY)
    assert next(iter(found)) == "floor"
    assert found["floor"] == pytest.approx(0.1)
    assert found["lowest / 10"] == pytest.approx(0.01)


def test_the_steepest_place_of_an_s_is_its_middle() -> None:
    s = 3 - np.tanh(2 * (EXPONENTS + 1.5))
    assert np.log10(by_name(s)["steepest"]) == pytest.approx(-1.5, abs=0.01)


def test_the_valley_is_half_way_down_the_longest_descent() -> None:
    assert np.log10(by_name(VALLEY)["valley"]) == pytest.approx(-2, abs=0.01)  # it falls from -3 to -1


def test_what_falls_because_it_is_the_beginning_is_not_the_steepest() -> None:
    cliff = np.where(EXPONENTS < -2.9, 30 + 100 * (-2.9 - EXPONENTS), VALLEY)
    assert by_name(cliff)["steepest"] > 10**-2.8


def test_a_curve_that_never_fell_gets_no_slope() -> None:
    flat = 2 + np.maximum(0, EXPONENTS + 1)
    assert set(by_name(flat)) <= {"floor", "lowest / 10"}
    assert "learned most of what it can" in floor_of(RATES, flat).in_words()


def test_a_curve_that_never_rises_asks_for_a_longer_ramp() -> None:
    assert "let the ramp go higher" in floor_of(RATES, 3 - EXPONENTS).in_words()
    assert "let the ramp go higher" not in floor_of(RATES, 3 - EXPONENTS, exploded=True).in_words()
    assert "floor" not in by_name(3 - EXPONENTS)  # without an end it has no middle


def test_no_rate_is_suggested_that_was_not_tried() -> None:
    early = 2 * (1 + np.abs(EXPONENTS + 2.5))  # lowest at 10**-2.5, a tenth of which is below the ramp
    assert "lowest / 10" not in by_name(early)


def test_a_hundred_is_written_as_a_hundred() -> None:
    assert f"{two_digits(99.9):g}" == "100"
    assert f"{two_digits(0.01749):g}" == "0.017"


@given(st.lists(st.integers(-9, 9), min_size=1, max_size=40))
def test_no_descent_is_longer(values: list[int]) -> None:
    numbers = np.array(values, dtype=np.float64)
    found = longest_descent(numbers)
    assert found == sorted(set(found))
    assert (np.diff(numbers[found]) < 0).all()
    longest: list[int] = []  # that end at each place: the textbook's quadratic way
    for i, value in enumerate(values):
        longest.append(1 + max((longest[j] for j in range(i) if values[j] > value), default=0))
    assert len(found) == max(longest)
