"""The loss chart: a line without lag, all that it is measured by, and flags where something happened."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from makemore_core.charts.loss import LossView, crossing, loss_figure
from makemore_core.training.curve import bucketed
from makemore_core.training.marks import Mark
from makemore_core.training.recorder import Evaluation, Progress, Snapshot

YARDSTICKS = {"uniform": math.log(27), "bigram": 2.453}
LOSSES = np.linspace(3.3, 2.1, 5_000) + 0.1 * np.sin(np.arange(5_000))


def snapshot(losses: np.ndarray = LOSSES, marks: tuple[Mark, ...] = ()) -> Snapshot:
    evaluations = (Evaluation(0, 3.3, 3.3), Evaluation(4_096, 2.2, 2.3))
    return Snapshot("otter", 0, Progress(max_steps=5_000), bucketed(0, losses), evaluations, marks=marks)


def trace(figure: go.Figure, i: int) -> Any:
    return tuple(figure.data)[i]


def test_a_mark_stands_where_val_first_beats_the_bigram() -> None:
    vals = (3.3, 2.6, 2.4, 2.5, 2.2)
    evaluations = tuple(Evaluation(10**i, 3.0, val) for i, val in enumerate(vals))
    assert crossing(evaluations, 2.45) == evaluations[2]
    assert crossing(evaluations, 2.0) is None
    drawn = loss_figure(replace(snapshot(), evaluations=evaluations), {"uniform": 3.3, "bigram": 2.45})
    traces: tuple[Any, ...] = tuple(drawn.data)
    (mark,) = [trace for trace in traces if trace.mode == "markers+text"]
    assert (list(mark.x), list(mark.y)) == ([101], [2.4])


def test_without_smoothing_the_line_is_the_mean_of_each_bucket() -> None:
    figure = loss_figure(snapshot(LOSSES[:100]), YARDSTICKS, view=LossView(smoothing=0.0))
    assert trace(figure, 2).y.tolist() == pytest.approx(LOSSES[:100].tolist())  # one step a bucket up to 128


def test_the_band_spans_all_losses() -> None:
    figure = loss_figure(snapshot(), YARDSTICKS)
    assert max(trace(figure, 0).y) == LOSSES.max()
    assert min(trace(figure, 1).y) == LOSSES.min()


def test_the_best_run_stands_among_the_yardsticks() -> None:
    figure = loss_figure(snapshot(), YARDSTICKS, best=("quiet-otter", 2.107))
    assert [label.text for label in figure.layout.annotations] == [
        "uniform 3.296",
        "bigram 2.453",
        "best run so far 2.107, quiet-otter",
    ]
    assert figure.layout.yaxis.range[0] < 2.107


@pytest.mark.parametrize(("axis", "place"), [("log", math.log10(101)), ("linear", 101)])
def test_a_flag_stands_where_something_happened(axis: str, place: float) -> None:
    mark = Mark(100, "learning rate 0.1 → 0.01")
    figure = loss_figure(snapshot(marks=(mark,)), YARDSTICKS, view=LossView(steps_axis=axis))
    (line,) = [shape for shape in figure.layout.shapes if shape.line.dash == "dot"]
    assert (line.x0, line.x1) == (101, 101)  # shapes are placed by value, annotations by exponent
    label = figure.layout.annotations[-1]
    assert label.x == pytest.approx(place)
    assert label.text.startswith(mark.text)


def test_of_many_flags_the_last_three_have_words() -> None:
    marks = tuple(Mark(step, f"mark {step}") for step in range(10, 60, 10))
    labels = loss_figure(snapshot(marks=marks), {}).layout.annotations
    assert [len(label.text) > 1 for label in labels] == [False, False, True, True, True]
    assert all("mark" in label.hovertext for label in labels)


@pytest.mark.parametrize(
    ("view", "highest", "kind"),
    [("auto", 3.3, "linear"), ("auto", 27.9, "log"), ("log", 3.3, "log"), ("linear", 27.9, "linear")],
)
def test_the_loss_axis_is_what_the_reader_wants(view: str, highest: float, kind: str) -> None:
    losses = np.concatenate([np.full(50, highest), LOSSES])
    assert loss_figure(snapshot(losses), YARDSTICKS, view=LossView(loss_axis=view)).layout.yaxis.type == kind


@pytest.mark.parametrize("worst", [1e6, 1e20, 1e38, math.inf, math.nan])
def test_a_loss_that_ran_off_can_still_be_drawn(worst: float) -> None:
    figure = loss_figure(snapshot(np.array([3.3, 50.0, 1e4, worst])), YARDSTICKS)
    assert "null" not in str(figure.layout.yaxis.range)
    assert all(math.isfinite(end) for end in figure.layout.yaxis.range)
    assert figure.to_json()
