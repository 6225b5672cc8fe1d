"""What the pictures of surprise must show: bars that sum to 1, and left of my name exactly those that cost less."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from makemore_core.charts.surprise import (
    BELOW,
    Marked,
    among_words_figure,
    beside_counting_figure,
    loudness,
    splits_figure,
    surprise_figure,
)

BITS = st.lists(st.floats(0.5, 80), min_size=1, max_size=60)


@given(BITS, st.floats(0.5, 80))
def test_the_strong_bars_sum_to_the_percentile_and_all_to_1(bits: list[float], mine: float) -> None:
    figure: Any = among_words_figure("bits", np.array(bits), [Marked("emma", mine)], "name")
    (bars,) = figure.data
    assert sum(bars.y) == pytest.approx(1)
    less = sum(y for y, color in zip(bars.y, bars.marker.color, strict=True) if color == BELOW)
    # a number that stands within rounding of my name's may fall to either side of it
    sure = [b for b in bits if abs(b - mine) > 1e-9]
    assert less == pytest.approx(sum(b < mine for b in sure) / len(bits), abs=1.01 * (1 - len(sure) / len(bits)) + 1e-9)


def test_infinite_bits_count_in_the_last_bar() -> None:
    figure: Any = among_words_figure("bits", np.array([3.0, 4.0, math.inf]), [Marked("emma", math.inf)], "name")
    assert sum(figure.data[0].y) == pytest.approx(1)
    assert figure.layout.shapes == ()
    nothing: Any = among_words_figure("bits", np.array([math.inf]), [], "name")
    assert not nothing.data


@given(st.dictionaries(st.sampled_from(["train", "val", "test"]), BITS, min_size=1))
def test_the_shares_of_each_split_sum_to_1(bits: dict[str, list[float]]) -> None:
    values = {split: np.array(numbers) for split, numbers in bits.items()}
    figure: Any = splits_figure("bits", values, {split: float(v.mean()) for split, v in values.items()})
    assert [sum(trace.y) for trace in figure.data] == pytest.approx([1] * len(bits))


def test_each_character_has_its_bar_and_the_end_as_well() -> None:
    figure: Any = surprise_figure("a<b>", 7, ["a", "<", "b", ">", "."], [1.0, 2.5, 0.0, math.inf, 4.0], 3.0)
    (bars,) = figure.data
    assert list(bars.y[:3]) == [1.0, 2.5, 0.0]
    assert bars.text[3] == "∞"
    assert math.isfinite(bars.y[3])
    assert list(figure.layout.xaxis.ticktext) == ["a", "&lt;", "b", "&gt;", "."]
    assert "a&lt;b&gt;" in figure.layout.title.text
    assert "step 7" in figure.layout.title.text


def test_a_letter_is_as_loud_as_it_is_surprising() -> None:
    assert [loudness(bits, 4.0) for bits in (0.0, 1.0, 4.0, 9.0, math.inf)] == [0, 0.25, 1, 1, 1]


def test_what_is_impossible_is_said() -> None:
    figure: Any = beside_counting_figure({"bigram": math.inf, "this net": 12.0})
    (bars,) = figure.data
    assert list(bars.text) == ["impossible", "12.0"]
    assert all(math.isfinite(x) for x in bars.x)
