"""Pictures of the autograd at work draw the numbers that they are given."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from makemore_core.charts.tape import (
    curve_figure,
    example_figure,
    held_figure,
    nudges_figure,
    slope_figure,
    values_figure,
)
from makemore_core.inspection.network_tape import OnTape
from makemore_core.minitorch.demos import DEMOS, curve, example


def drawn(figure: go.Figure) -> Any:
    """A figure whose parts the type checker does not know."""
    return figure


@pytest.mark.parametrize("name", DEMOS)
def test_each_operation_has_its_picture(name: str) -> None:
    demo = DEMOS[name]
    if demo.reach:
        out, slope = drawn(curve_figure(name, curve(demo))).data
        np.testing.assert_array_equal(out.y, curve(demo).y)
        np.testing.assert_array_equal(slope.y, curve(demo).slope)
    else:
        shown, tables = example(demo), drawn(example_figure(name, example(demo))).data
        arrays = [*shown.inputs.values(), shown.out, *shown.gradients.values(), shown.g]
        assert len(tables) == len(arrays)
        for table, array in zip(tables, arrays, strict=True):
            np.testing.assert_array_equal(table.z, np.atleast_2d(array))


def test_the_line_that_touches_the_curve_has_the_gradient_as_its_slope() -> None:
    x = np.linspace(0, 4, 9)
    curved, touching, point = drawn(slope_figure("", "x", x, x**2, (2.0, 4.0, 4.0))).data
    np.testing.assert_array_equal(curved.y, x**2)
    assert (touching.y[1] - touching.y[0]) / (touching.x[1] - touching.x[0]) == pytest.approx(4)
    assert (point.x[0], point.y[0]) == (2, 4)


def test_a_curve_with_gaps_has_a_range() -> None:
    outputs = np.array([np.nan, 1.0, 3.0])
    low, high = drawn(slope_figure("", "x", np.arange(3.0), outputs, (1.0, 1.0, 2.0))).layout.yaxis.range
    assert low < 1 < 3 < high


def test_nothing_to_show_is_a_normal_case() -> None:
    assert len(drawn(nudges_figure("", [])).data[0].y) == 0
    assert drawn(nudges_figure("", [2.0, 1.0])).data[0].y == (2.0, 1.0)


def test_a_value_without_gradient_stands_alone() -> None:
    assert len(drawn(values_figure("", np.ones((2, 2)), None)).data) == 1
    assert len(drawn(values_figure("", np.ones((2, 2)), np.zeros((2, 2)))).data) == 2


def test_a_flat_table_stands_over_its_gradient_and_a_tall_one_beside_it() -> None:
    over = drawn(values_figure("", np.ones((2, 8)), np.zeros((2, 8)))).layout
    assert over.xaxis.domain == over.xaxis2.domain == (0, 1)
    assert over.yaxis.domain[0] > over.yaxis2.domain[1]
    beside = drawn(values_figure("", np.ones((9, 2)), np.zeros((9, 2)))).layout
    assert beside.xaxis.domain[1] < beside.xaxis2.domain[0]
    assert beside.yaxis.domain == beside.yaxis2.domain == (0, 1)


def test_bars_are_in_kibibytes() -> None:
    layer = OnTape("hidden", "Linear", (("linear", 1),), (8, 200), 1, 6400)
    assert drawn(held_figure("", [layer])).data[0].y == (6.25,)
