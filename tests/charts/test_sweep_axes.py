"""Parallel coordinates: a log axis has its geometric mean in the middle, and only what finished reaches val."""

import math
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makemore_core.charts.sweep_axes import MOST_TICKS, axis_ticks, parallel, place
from makemore_core.charts.sweep_plan import plan_figure, preview
from makemore_core.search.axes import Axis
from makemore_core.search.plan import SweepPlan
from tests.charts.sweeps import NAMES, PLAN, RATE, WIDTH, standing, trial

LOG = Axis(RATE, 0.001, 10.0, log=True)


def test_a_log_axis_has_its_geometric_mean_in_the_middle():
    assert place(LOG, math.sqrt(0.001 * 10)) == pytest.approx(0.5)
    assert place(LOG, 0.01) == pytest.approx(0.25)


def test_a_linear_axis_has_its_mean_in_the_middle():
    assert place(Axis(WIDTH, 20.0, 420.0, whole=True), 220) == pytest.approx(0.5)


def test_options_stand_at_equal_distances():
    axis = Axis("model.activation", options=("tanh", "relu", "gelu"))
    assert [place(axis, option) for option in axis.options] == pytest.approx([1 / 6, 1 / 2, 5 / 6])


@given(st.floats(1e-6, 100), st.floats(1.5, 1e6), st.booleans(), st.booleans())
def test_ticks_are_the_ends_and_a_few_between_that_rise(low: float, times: float, log: bool, whole: bool):
    low = max(1.0, round(low)) if whole else low
    high = low + max(1.0, round(low * times)) if whole else low * times
    ticks = axis_ticks(Axis("batch_size", low, high, log, whole=whole))
    assert len(ticks) <= MOST_TICKS + 2
    assert all(float(a) < float(b) for a, b in pairwise(ticks))
    assert (float(ticks[0]), float(ticks[-1])) == pytest.approx((low, high), rel=1e-2)


def test_only_what_finished_reaches_the_axis_of_val():
    now = standing([trial(0, 2.4), trial(1, 2.2), trial(2, 2.0, "pruned"), trial(3, None, "running")])
    lines = {line["number"]: line for line in parallel(now, NAMES)["lines"]}
    assert [lines[i]["val"] for i in range(4)] == [0, 1, None, None]  # the best on top
    assert lines[0]["places"] == pytest.approx([0, 0])


def test_an_axis_of_val_has_its_best_on_top():
    *_, val = parallel(standing([trial(0, 2.4), trial(1, 2.2)]), NAMES)["axes"]
    assert [tick["text"] for tick in val["ticks"] if tick["at"] in (0, 1)] == ["2.200", "2.400"]


def test_random_tries_as_many_values_of_each_knob_as_there_are_trials_and_a_grid_few():
    """Bergstra & Bengio 2012, figure 1: of 36 trials on two knobs a grid has 6 values of each."""
    axes = (LOG, Axis(WIDTH, 20.0, 820.0, whole=True))
    for sampler, different in (("random", 36), ("tpe", 36), ("grid", 6)):
        plan = SweepPlan(PLAN.config, axes=axes, trials=36, sampler=sampler)
        waiting = preview(plan).trials
        assert len(waiting) == 36
        assert len({t.values[RATE] for t in waiting}) == different
        figure: Any = plan_figure(plan, NAMES)
        assert f"36 settings, {different} different" in figure.layout.title.text
