"""Runs over each other: each in its own look, groups with their band, and names that are never markup."""

import math
from typing import Any

import numpy as np
import plotly.graph_objects as go

from makemore_core.charts.comparison import Dot, Line, comparison_figure, size_figure
from makemore_core.charts.loss import LossView
from makemore_core.comparison.curves import BY_EXAMPLES, BY_SECONDS, BY_STEPS, Curve, band
from makemore_core.comparison.looks import COLORS, Look

VIEW = LossView()
X = np.array([1.0, 10.0, 100.0, 1000.0])
YARDSTICKS = {"uniform": math.log(27)}


def line(title: str, *losses: list[float], color: str = COLORS[0], dash: str = "solid") -> Line:
    return Line(title, Look(color, dash), band([Curve(X, np.array(y)) for y in losses]))


def traces(figure: go.Figure) -> list[Any]:
    return list(figure.data)  # type: ignore[arg-type]


def test_each_run_is_a_line_in_its_own_look() -> None:
    lines = [line("otter", [3.3, 3, 2.5, 2.1]), line("lynx", [3.3, 3, 2.6, 2.2], color=COLORS[1], dash="dash")]
    figure = comparison_figure(lines, "val", BY_STEPS, {}, VIEW)
    assert [t.name for t in traces(figure)] == ["otter", "lynx"]
    assert [(t.line.color, t.line.dash) for t in traces(figure)] == [(COLORS[0], "solid"), (COLORS[1], "dash")]
    assert list(traces(figure)[1].y) == [3.3, 3, 2.6, 2.2]


def test_a_group_is_its_mean_in_a_band() -> None:
    figure = comparison_figure([line("seeds", [3, 2, 2, 1], [5, 4, 4, 3])], "val", BY_STEPS, {}, VIEW)
    high, low, mean = traces(figure)
    assert list(high.y) == [5, 4, 4, 3]
    assert list(low.y) == [3, 2, 2, 1]
    assert list(mean.y) == [4, 3, 3, 2]
    assert mean.name == "seeds, mean of 2"


def test_all_that_is_drawn_lies_within_the_axes() -> None:
    for axis in (BY_STEPS, BY_SECONDS, BY_EXAMPLES):
        for view in (VIEW, LossView(loss_axis="log", steps_axis="linear")):
            figure = comparison_figure([line("otter", [3.3, 3, 2.5, 2.1])], "val", axis, YARDSTICKS, view)
            layout: Any = figure.layout
            low, high = layout.yaxis.range
            heights = [math.log10(y) if layout.yaxis.type == "log" else y for y in (2.1, 3.3, math.log(27))]
            assert low < min(heights) and max(heights) < high  # noqa: PT018
            left, right = layout.xaxis.range
            places = [math.log10(x) if layout.xaxis.type == "log" else x for x in (1.0, 1000.0)]
            assert left <= places[0]
            assert places[1] <= right + 1e-9


def test_a_curve_that_ran_off_takes_a_logarithmic_axis() -> None:
    figure = comparison_figure([line("otter", [3, 30, 3e5, 3e8])], "val", BY_STEPS, YARDSTICKS, VIEW)
    layout: Any = figure.layout
    assert layout.yaxis.type == "log"
    assert layout.annotations[0].y == math.log10(math.log(27))


def test_without_a_loss_a_sentence_stands_there() -> None:
    nothing = Line("otter", Look(COLORS[0]), band([]))
    for figure in (comparison_figure([nothing], "val", BY_STEPS, {}, VIEW), size_figure([], {})):
        layout: Any = figure.layout
        assert layout.annotations[0].text == "No loss was measured yet."


def test_who_has_no_place_on_the_axis_is_named() -> None:
    nothing = Line("toad", Look(COLORS[0]), band([]))
    figure = comparison_figure([line("otter", [3, 3, 2, 2]), nothing], "val", BY_SECONDS, {}, VIEW)
    table = Dot("counts", Look(COLORS[1]), 0, 2.45)  # on a logarithmic axis there is no 0
    net, lost = Dot("net", Look(COLORS[0]), 100, 2.1), Dot("lost", Look(COLORS[2]), 100, math.inf)
    for drawn, name in (
        (figure, "toad"),
        (size_figure([net, table], {}), "counts"),
        (size_figure([net, lost], {}), "lost"),
    ):
        layout: Any = drawn.layout
        assert [a.text for a in layout.annotations] == [f"no place on this axis: {name}"]
        assert name not in [t.name for t in traces(drawn)]


def test_titles_are_shown_literally() -> None:
    title = "dataset <b>x</b>"
    for figure in (
        comparison_figure([line(title, [3, 3, 2, 2])], "val", BY_STEPS, {}, VIEW),
        size_figure([Dot(title, Look(COLORS[0]), 100, 2.1)], {}),
    ):
        assert "<b>" not in traces(figure)[-1].name + traces(figure)[-1].hovertemplate


def test_a_dot_stands_at_its_size_and_its_best_loss() -> None:
    dots = [Dot("small", Look(COLORS[0]), 3_481, 2.3), Dot("large", Look(COLORS[1], symbol="diamond"), 47_024, 2.1)]
    figure = size_figure(dots, YARDSTICKS)
    assert [(t.x[0], t.y[0], t.marker.symbol) for t in traces(figure)] == [
        (3_481, 2.3, "circle"),
        (47_024, 2.1, "diamond"),
    ]
