"""The finder's chart: the whole ramp from the start, a line through each suggestion, and names that do not meet."""

import math
from typing import Any

import numpy as np
import pytest

from makemore_core.charts.finder import CALM, finder_figure
from makemore_core.search.finder import FinderConfig, read

RAMP = FinderConfig(low=1e-3, high=1.0, steps=600, passes=2)
VALLEY = 2 * (1 + np.abs(np.log10(RAMP.rates) + 1))
LOSSES = np.stack([VALLEY - 0.1, VALLEY + 0.1])
FINDING = read(RAMP, LOSSES, exploded=False)


def drawn(*arguments: Any) -> Any:
    return finder_figure(*arguments)


def test_the_axis_spans_the_ramp_before_there_is_a_curve() -> None:
    chart = drawn(None, RAMP, "Loss")
    assert chart.layout.xaxis.range == pytest.approx((-3, 0), abs=1e-5)
    assert len(chart.data) == 0


def test_the_calm_line_is_the_mean_and_the_band_spans_the_passes() -> None:
    traces = {trace.name: trace for trace in drawn(FINDING, RAMP, "Loss").data}
    calm, middle = traces[CALM], 300
    assert calm.y[middle] == pytest.approx(VALLEY[middle], rel=0.01)
    highest, lowest = (trace.y[middle] for trace in drawn(FINDING, RAMP, "Loss").data if trace.name is None)
    assert highest - lowest == pytest.approx(0.2, rel=1e-6)
    assert lowest < calm.y[middle] < highest


def test_one_pass_has_no_band() -> None:
    alone = read(FinderConfig(steps=600, passes=1), LOSSES[:1], exploded=False)
    assert [trace.name for trace in drawn(alone, RAMP, "Loss").data] == ["each batch", CALM]


def test_a_dashed_line_with_its_name_stands_at_each_suggestion() -> None:
    chart = drawn(FINDING, RAMP, "Loss", 0.1)
    dashed = [shape for shape in chart.layout.shapes if shape.line.dash == "dash"]
    rates = sorted([suggestion.rate for suggestion in FINDING.suggestions] + [0.1])
    assert [line.x0 for line in dashed] == pytest.approx(rates)
    labels = chart.layout.annotations
    assert {label.text.rsplit(" ", 1)[0] for label in labels} == {
        "floor", "lowest / 10", "valley", "steepest", "the lecture",
    }  # fmt: skip
    assert len({label.y for label in labels}) == len(labels)  # a row each
    assert [label.x for label in labels] == pytest.approx([math.log10(line.x0) for line in dashed])


def test_a_curve_that_falls_from_far_above_gets_a_logarithmic_axis() -> None:
    tall = read(RAMP, LOSSES * np.geomspace(10, 1, 600), exploded=False)
    assert drawn(tall, RAMP, "Loss").layout.yaxis.type == "log"
    assert drawn(FINDING, RAMP, "Loss").layout.yaxis.type == "linear"


def test_an_unfinished_ramp_shows_its_curve_and_no_suggestion() -> None:
    chart = drawn(read(RAMP, LOSSES[:, :100], exploded=False), RAMP, "Loss")
    assert len(chart.data) == 4
    assert len(chart.layout.shapes) == len(chart.layout.annotations) == 0
