"""What the pictures of novelty must show: every bar sums to 1, at each step too."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makemore_core.charts.novelty import LONGEST, lengths_figure, shares_figure, shares_over_steps_figure
from makemore_core.datasets import Dataset
from makemore_core.novelty import KINDS, NEW, novelty_of
from makemore_core.vocabulary import vocabulary_of

DATASET = Dataset("few", ("a", "b"), vocabulary_of(("a", "b")), "", {"train": ("a",), "val": ("b",), "test": ("b",)})
NAMES = st.lists(st.sampled_from(["a", "b", "c", "d"]), min_size=1, max_size=30)


@given(st.lists(NAMES, min_size=1, max_size=3))
def test_each_bar_is_cut_into_kinds_that_sum_to_1(samples: list[list[str]]) -> None:
    rows = {str(i): novelty_of(names, DATASET).shares for i, names in enumerate(samples)}
    figure: Any = shares_figure("shares", rows)
    assert [trace.name for trace in figure.data] == list(KINDS)
    assert [sum(x) for x in zip(*(trace.x for trace in figure.data), strict=True)] == pytest.approx([1] * len(rows))


def test_the_kinds_sum_to_1_at_each_step_and_the_table_has_its_line() -> None:
    shares = [novelty_of(names, DATASET).shares for names in (["c", "c"], ["a", "c"], ["a", "b", "c", "d"])]
    copied = novelty_of(["a", "a", "c", "c", "c"], DATASET).shares
    figure: Any = shares_over_steps_figure("shares", [0, 10, 100], shares, copied, 1000, at=10)
    assert [list(trace.x) for trace in figure.data] == [[1, 11, 101]] * 3  # step n is drawn at n + 1
    assert [sum(y) for y in zip(*(trace.y for trace in figure.data), strict=True)] == pytest.approx([1, 1, 1])
    line, cursor = figure.layout.shapes
    assert line.y0 == pytest.approx(1 - copied[NEW]) == pytest.approx(0.4)
    assert cursor.x0 == 11


def test_lengths_sum_to_1_and_what_is_longer_counts_at_the_end() -> None:
    figure: Any = lengths_figure("lengths", [1, 2, 200], [3, 3, LONGEST, 900])
    assert [sum(trace.y) for trace in figure.data] == pytest.approx([1, 1])
    assert figure.data[0].y[LONGEST] == pytest.approx(1 / 3)
    assert figure.data[1].y[LONGEST] == pytest.approx(1 / 2)
    assert figure.layout.xaxis.ticktext[-1] == f"{LONGEST}+"
