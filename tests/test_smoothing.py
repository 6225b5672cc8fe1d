"""A calm line: what it weighs how much, at its ends and in its middle."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from makemore_core.smoothing import smoothed, smoothed_both_ways

finite = st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=60)
weights = st.floats(0, 0.99)


@given(finite, weights)
def test_smoothing_is_the_mean_with_falling_weights(values: list[float], weight: float) -> None:
    line = smoothed(np.array(values), weight)
    last = len(values) - 1
    by_age = np.array([weight ** (last - i) for i in range(len(values))])
    assert line[-1] == pytest.approx((by_age * values).sum() / by_age.sum(), rel=1e-6, abs=1e-6)
    assert line[0] == pytest.approx(values[0], rel=1e-9, abs=1e-9)  # no lag at the beginning


@given(st.floats(-1e3, 1e3), weights)
def test_a_constant_stays_what_it_is(value: float, weight: float) -> None:
    np.testing.assert_allclose(smoothed(np.full(20, value), weight), value, rtol=1e-9, atol=1e-9)


def test_what_is_no_number_leaves_the_line_alone() -> None:
    line = smoothed(np.array([np.nan, 2.0, np.inf, 4.0]), 0.5)
    assert math.isnan(line[0])
    assert line[1:].tolist() == pytest.approx([2.0, 2.0, (0.5 * 2 + 4) / 1.5])


@given(finite, weights)
def test_both_ways_past_and_future_weigh_the_same(values: list[float], weight: float) -> None:
    numbers = np.arange(len(values))
    by_distance = weight ** np.abs(numbers[:, None] - numbers)  # (N, N)
    expected = by_distance @ values / by_distance.sum(axis=1)
    np.testing.assert_allclose(smoothed_both_ways(np.array(values), weight), expected, rtol=1e-6, atol=1e-6)


def test_both_ways_a_valley_stays_where_it_is() -> None:
    valley = np.abs(np.arange(201) - 100.0)
    assert smoothed_both_ways(valley, 0.9).argmin() == 100
    assert smoothed(valley, 0.9).argmin() > 105  # the past alone comes late
