"""The charts of writings in lockstep: what lies on what, where equal bits stand, and which bar is how long."""

import math
from typing import Any

import numpy as np
import pytest

from makemore_core.charts.lockstep import losses_figure, parameters_figure, speeds_figure
from makemore_core.training.curve import bucketed
from makemore_core.training.walks import Together, Walk

EPSILON = 2.0**-23


def walk(name: str, apart: list[float], speed: float) -> Walk:
    losses, difference = bucketed(0, np.array([3.0, 2.5, 2.0])), bucketed(0, np.array(apart))
    parted = next((i for i, value in enumerate(apart) if value), None)
    curves = {"W1": tuple(apart), "b1": (0.0, 0.0, 0.0)}
    return Walk(
        name, "autograd", losses, difference, 0.0, curves, {}, parted, parted, 100, 100 / speed, (2.9, 2.1, 2.0)
    )


WALKS = (walk("torch", [], 50.0), walk("equal", [0.0, 0.0, 0.0], 40.0), walk("other", [0.0, 2.4e-7, 1e-6], 100.0))
TOGETHER = Together(3, 1000, EPSILON, (1, 2, 3), (1, 2, 3), WALKS, {})


def test_equal_bits_stand_below_all_differences() -> None:
    chart: Any = losses_figure(TOGETHER)
    equal, other = (trace for trace in chart.data if trace.yaxis == "y2")
    floor = equal.y[0]
    assert set(equal.y) == {floor}
    assert floor < EPSILON / 10
    assert other.y.tolist() == [floor, 2.4e-7, 1e-6]
    axis = chart.layout.yaxis2
    assert axis.ticktext[axis.tickvals.index(floor)] == "equal<br>to the bit"
    assert axis.range[0] < math.log10(floor) < math.log10(1e-6) < axis.range[1]


def test_the_first_is_broad_and_pale_under_the_others() -> None:
    chart: Any = losses_figure(TOGETHER)
    first, *others = [trace for trace in chart.data if trace.showlegend is None]
    assert first.name == "torch"
    assert all(first.line.width > other.line.width and first.opacity < 1 for other in others)
    assert all(other.y.tolist() == first.y.tolist() for other in others)


def test_the_yardstick_is_one_bit_of_the_loss() -> None:
    chart: Any = losses_figure(TOGETHER)
    (line,) = chart.layout.shapes
    assert line.y0 == pytest.approx(EPSILON * 2.0)


def test_each_parameter_has_its_curve() -> None:
    chart: Any = parameters_figure(TOGETHER, WALKS[2])
    assert [trace.name for trace in chart.data] == ["W1", "b1"]
    assert chart.data[0].y[-1] == 1e-6
    assert len(set(chart.data[1].y)) == 1
    assert "apart: other" in chart.layout.title.text


def test_bars_are_steps_a_second_with_their_ratio() -> None:
    chart: Any = speeds_figure(TOGETHER)
    (bars,) = chart.data
    assert bars.x == pytest.approx((50.0, 40.0, 100.0))
    assert bars.text == ("50 steps/s, 1.00×", "40 steps/s, 0.80×", "100 steps/s, 2.00×")


def test_before_the_first_step_there_are_axes_alone() -> None:
    empty: Any = (losses_figure(None), parameters_figure(None, None), speeds_figure(None))
    for chart in empty:
        assert not any(len(trace.y if trace.y is not None else ()) for trace in chart.data)
