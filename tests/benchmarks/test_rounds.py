"""Contestants take turns; medians, spreads and ratios are those of the rounds."""

import time
from functools import partial

import pytest

from benchmarks.rounds import SHORTEST_CALL, Rounds, race


def test_the_median_of_an_even_number_of_rounds_lies_between_the_middle_two():
    assert Rounds((4.0, 1.0, 3.0, 2.0)).median == 2.5


def test_the_spread_is_the_interquartile_range_in_percent_of_the_median():
    assert Rounds((80.0, 90.0, 100.0, 110.0, 120.0)).spread == pytest.approx(20.0)


def test_one_round_has_no_spread():
    assert Rounds((7.0,)).spread == 0


def test_a_ratio_compares_each_round_with_its_own_neighbour():
    slow_then_fast, ours = Rounds((1.0, 10.0, 100.0)), Rounds((2.0, 20.0, 200.0))
    assert ours.times(slow_then_fast) == 2.0


def test_contestants_take_turns():
    turns: list[str] = []

    def advance(name: str, k: int) -> None:
        if turns[-1:] != [name]:
            turns.append(name)
        time.sleep(SHORTEST_CALL)  # so that one step is enough for a call

    rates = race({name: partial(advance, name) for name in "abc"}, rounds=3, seconds=SHORTEST_CALL)
    assert "".join(turns) == "abc" + 3 * "abc"  # the first time to find out how many steps fit into a call
    assert [len(rates[name].per_round) for name in "abc"] == [3, 3, 3]
