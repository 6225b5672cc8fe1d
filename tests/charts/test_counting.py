"""The counting charts hold the numbers of their tables: shares that add up to 1, marks where they belong."""

import math
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

from makemore_core.charts.counting import (
    NO_ALPHA,
    apart_figure,
    bigram_losses_figure,
    convergence_figure,
    decay_figure,
    grid_figure,
    ladder_figure,
    shares_figure,
    smoothing_figure,
    table_figure,
)
from makemore_core.charts.style import ACCENT
from makemore_core.contexts import CountGrid, count_grid
from makemore_core.count_losses import ADDED, SHORTER, ladder, smoothing
from makemore_core.datasets import DataConfig
from makemore_core.neural_counts import Distance, Match, decays, pair_counts
from makemore_core.vocabulary import vocabulary_of

ABC = vocabulary_of(("abc",))
V = len(ABC)


def drawn(figure: go.Figure) -> Any:
    """A figure whose parts the type checker does not know."""
    return figure


@pytest.fixture
def grid() -> CountGrid:
    return count_grid(ABC.encode_lines(("ab", "abc", "b")), (), V, is_text=False, most=V)


def test_zero_has_no_colour_and_each_cell_says_its_count(grid: CountGrid) -> None:
    (trace,) = drawn(grid_figure(grid, ABC.itos, None, (1, 2))).data
    assert np.isnan(trace.z[grid.counts == 0]).all()
    assert trace.z[grid.counts > 0] == pytest.approx(np.log10(1 + grid.counts[grid.counts > 0]))
    assert trace.text[1][2] == "ab<br>2"
    assert trace.customdata[1][2] == "“a”, then “b”: 2 times, 100.00%"


def test_the_chosen_cell_is_framed(grid: CountGrid) -> None:
    row, cell = drawn(grid_figure(grid, ABC.itos, 1.0, (1, 2))).layout.shapes
    assert (row.y0, row.y1, row.x0, row.x1) == (0.5, 1.5, -0.5, V - 0.5)
    assert (cell.x0, cell.x1, cell.y0, cell.y1, cell.line.color) == (1.5, 2.5, 0.5, 1.5, ACCENT)


def test_markup_in_an_alphabet_is_shown_literally() -> None:
    html = vocabulary_of(("<b&",))
    grid = count_grid(html.encode_lines(("<b", "b&")), (), len(html), is_text=False, most=9)
    figure = drawn(grid_figure(grid, html.itos, None, (0, 0)))
    assert figure.layout.xaxis.ticktext == (".", "&amp;", "&lt;", "b")
    assert figure.data[0].text[2][3] == "&lt;b<br>1"


@given(st.lists(st.integers(0, 50), min_size=V, max_size=V), st.floats(0.001, 1e5), st.integers(1, V))
def test_shares_always_add_up_to_one(counts: list[int], alpha: float, most: int) -> None:
    (bars,) = drawn(shares_figure("a", np.array(counts), alpha, ABC.itos, most)).data
    assert sum(bars.y) == pytest.approx(1)
    assert len(bars.y) == (V if most >= V else most + 1)


def test_an_infinite_loss_leaves_a_gap_that_is_named(data: DataConfig) -> None:
    known = smoothing(data.load(), 3)
    alphas = [0.0, 0.1, 1.0]
    figure = drawn(smoothing_figure(alphas, known.train.losses(alphas), known.val.losses(alphas), 0, known.best))
    train, val, train_dot, val_dot = figure.data
    assert train.x[0] == NO_ALPHA
    assert (math.isfinite(train.y[0]), val.y[0]) == (True, None)
    assert (len(train_dot.y), len(val_dot.y)) == (1, 0)
    assert [note.text for note in figure.layout.annotations][1:] == ["val ∞"]
    assert figure.layout.shapes[0].x0 == NO_ALPHA


def test_the_ladder_has_a_point_for_each_rung_and_a_diamond_for_each_look(data: DataConfig) -> None:
    rungs = ladder(data.load(), 3)
    *curves, test = drawn(ladder_figure(rungs, {"net": 2.0}, [(2, SHORTER, 1.5)])).data
    expected = [[rung.losses[form][split] for rung in rungs] for form in (ADDED, SHORTER) for split in ("val", "train")]
    assert [list(curve.y) for curve in curves] == expected
    assert (test.x, test.y) == ((2,), (1.5,))


def test_two_tables_share_a_scale_and_their_difference_has_zero_in_the_middle() -> None:
    p = np.eye(3)
    assert drawn(table_figure("p", p, "abc", 0.5)).data[0].zmax == 0.5
    (apart,) = drawn(apart_figure("apart", p - 1 / 3, "abc")).data
    assert (apart.zmin, apart.zmax) == pytest.approx((-2 / 3, 2 / 3))


def test_the_way_to_the_counts_is_drawn_step_by_step() -> None:
    moments = [(0, Distance(0.5, 0, 1, 0.1)), (9, Distance(0.05, 0, 1, 0.01))]
    largest, mean = drawn(convergence_figure(moments, 100, 9)).data
    assert (largest.x, largest.y, mean.y) == ((1, 10), (0.5, 0.05), (0.1, 0.01))
    figure = drawn(bigram_losses_figure([(0, 3.0, 3.1), (9, 2.5, 2.6)], (2.45, math.inf), 100, None))
    assert [curve.y for curve in figure.data] == [(3.0, 2.5), (3.1, 2.6)]
    assert [line.y0 for line in figure.layout.shapes] == [2.45]  # an infinite loss has no line


def test_the_runs_own_decay_stands_out(data: DataConfig) -> None:
    found = decays(pair_counts(data.load()), [0.01, 0.1])
    line, dot = drawn(decay_figure(found, (0.05, Match(3.0, 0.0)))).data
    assert line.x == (0.01, 0.1)
    assert list(line.y) == sorted(d.match.alpha for d in found)
    assert (dot.x, dot.y) == ((0.05,), (3.0,))
    assert drawn(decay_figure(found, (0.0, Match(3.0, 0.0)))).data[1].x == ()
