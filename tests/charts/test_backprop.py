"""The pictures of values and gradients: which number stands where, what is cut, and that nothing is read as markup."""

import math
from typing import Any

import numpy as np
import pytest

from makemore_core.charts.backprop import (
    MOST_COLUMNS,
    MOST_ROWS,
    Numbers,
    as_table,
    numbers_figure,
    pull_figure,
    pulls_figure,
)

ITOS = (".", "a", "<", "ж")
CONTEXTS = ["..a", "<b>"]


def gradient() -> Numbers:
    """Of two examples that came out as `a` and `<`: p less 1 at the right ones, over 2."""
    p = np.array([[0.1, 0.2, 0.3, 0.4], [0.25, 0.25, 0.25, 0.25]], dtype=np.float32)
    p[0, 1] -= 1
    p[1, 2] -= 1
    return p / np.float32(2)


def first(figure: Any) -> Any:
    """The first trace."""
    return figure.data[0]


def title(figure: Any) -> str:
    return figure.layout.title.text


@pytest.mark.parametrize(("shape", "table"), [((), (1, 1)), ((5,), (1, 5)), ((3, 4), (3, 4)), ((3, 2, 4), (3, 8))])
def test_any_shape_is_a_table(shape: tuple[int, ...], table: tuple[int, int]) -> None:
    values = np.arange(math.prod(shape), dtype=np.float32).reshape(shape)
    assert as_table(values).shape == table
    assert as_table(values).ravel().tolist() == values.ravel().tolist()


def test_zero_is_in_the_middle_of_the_scale() -> None:
    trace = first(numbers_figure("x", np.array([[-1.0, 3.0]], dtype=np.float32), [], []))
    assert (trace.zmin, trace.zmax) == (-3, 3)


def test_what_is_cut_is_said() -> None:
    large = np.zeros((MOST_ROWS + 5, MOST_COLUMNS + 1), dtype=np.float32)
    figure: Any = numbers_figure("h", large, [], [])
    assert title(figure) == f"h, the first {MOST_ROWS} of {MOST_ROWS + 5} rows, the first 320 of 321 columns"
    assert np.asarray(first(figure).z).shape == (MOST_ROWS, MOST_COLUMNS)
    assert title(numbers_figure("h", large[:2, :3], [], [])) == "h"


def test_rows_and_columns_go_by_their_names() -> None:
    figure: Any = numbers_figure("probs", np.zeros((2, 4), dtype=np.float32), CONTEXTS, ITOS)
    assert list(figure.layout.yaxis.ticktext) == ["..a", "&lt;b&gt;"]
    assert list(figure.layout.xaxis.ticktext) == [".", "a", "&lt;", "ж"]
    assert first(figure).hovertemplate == "%{y}, %{x}: %{z:.3g}<extra></extra>"


def test_what_is_no_number_can_be_shown() -> None:
    trace = first(numbers_figure("h", np.array([[np.nan, np.inf, 2.0]], dtype=np.float32), [], []))
    assert (trace.zmin, trace.zmax) == (-2, 2)
    assert numbers_figure("h", np.full((2, 2), np.nan, dtype=np.float32), [], []).to_json()


def test_dlogits_show_one_pull_in_each_row_and_a_sum_of_0() -> None:
    figure: Any = pulls_figure("dlogits", gradient(), CONTEXTS, [1, 2], ITOS, chosen=1)
    z = np.asarray(first(figure).z, dtype=float)
    assert z[:, :4] == pytest.approx(gradient())
    assert z[:, -1] == pytest.approx([0, 0], abs=1e-7)
    assert (z[:, :4] < 0).sum(1).tolist() == [1, 1]
    assert list(figure.layout.xaxis.ticktext) == [".", "a", "&lt;", "ж", "", "Σ"]
    assert list(figure.layout.yaxis.ticktext) == ["..a → a", "&lt;b&gt; → &lt;"]
    said = first(figure).customdata
    assert said[0][1] == "after “..a”, “a” is pulled up"
    assert said[0][2] == "after “..a”, “&lt;” is pushed down"
    assert said[1][-1] == "after “&lt;b&gt;”: sum of the row"
    assert (figure.layout.shapes[0].y0, figure.layout.shapes[0].y1) == (0.5, 1.5)


def test_of_many_examples_some_are_named() -> None:
    figure: Any = pulls_figure("dlogits", np.tile(gradient(), (32, 1)), CONTEXTS * 32, [1, 2] * 32, ITOS, chosen=1)
    assert np.asarray(first(figure).z).shape[0] == 64
    assert list(figure.layout.yaxis.tickvals) == list(range(0, 64, 2))  # 620 pixels hold no more
    assert set(figure.layout.yaxis.ticktext) == {"..a → a"}


def test_of_a_large_alphabet_those_are_shown_that_move() -> None:
    itos = [chr(0x4E00 + i) for i in range(100)]
    moved = np.zeros((1, 100), dtype=np.float32)
    moved[0, 70], moved[0, 99] = -1, 1
    figure: Any = pulls_figure("dlogits", moved, ["一"], [70], itos, chosen=0)
    assert len(figure.layout.xaxis.ticktext) == 60 + 2
    assert {itos[70], itos[99]} <= set(figure.layout.xaxis.ticktext)
    assert np.asarray(first(figure).z)[0, -1] == 0


def test_one_row_as_forces() -> None:
    figure: Any = pull_figure("<b>", 2 * gradient()[0], ITOS, target=1)
    assert title(figure) == "n · dlogits after “&lt;b&gt;”"
    bars = first(figure)
    assert list(bars.y) == pytest.approx([0.1, -0.8, 0.3, 0.4])
    assert len({bars.marker.color[i] for i in (0, 2, 3)}) == 1
    assert bars.marker.color[1] != bars.marker.color[0]


def test_a_long_context_keeps_its_end() -> None:
    figure: Any = numbers_figure("emb", np.zeros((2, 2), dtype=np.float32), ["." * 14 + "an", "a"], [])
    assert list(figure.layout.yaxis.ticktext) == ["…......an", "a"]


def test_a_picture_keeps_its_frame_where_nothing_is_a_number() -> None:
    lost = np.full((2, 4), np.nan, dtype=np.float32)
    plain: Any = numbers_figure("h", lost, [], [])
    pulled: Any = pulls_figure("dlogits", lost, CONTEXTS, [1, 2], ITOS, chosen=0)
    assert (*plain.layout.xaxis.range, *plain.layout.yaxis.range) == (-0.5, 3.5, 1.5, -0.5)
    assert (*pulled.layout.xaxis.range, *pulled.layout.yaxis.range) == (-0.5, 5.5, 1.5, -0.5)
