"""A sweep's pictures say what its trials did: who leads, what was given up, which knob mattered."""

import json
import math
import time
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from makemore_core.charts.sweep import (
    MOST_POINTS,
    ceiling,
    curves_figure,
    history_figure,
    importances_figure,
)
from makemore_core.charts.sweep_board import board, finished, ranked, yardstick
from tests.charts.sweeps import NAMES, OWN, RATE, WIDTH, standing, trial


def test_finished_trials_lead_and_pruned_ones_follow_however_low_their_val():
    trials = [trial(0, 2.4), trial(1, 1.0, "pruned", step=100), trial(2, 2.1), trial(3, 2.4), trial(4, math.nan)]
    now = standing([*trials, trial(5, None, "running"), trial(6, None, "waiting")])
    assert [t.number for t in finished(now)] == [2, 0, 3]
    assert [t.number for t in ranked(now)] == [2, 0, 3, 4, 1]


def test_the_yardstick_is_the_trial_with_the_settings_that_the_sweep_began_from():
    assert yardstick(standing([trial(0, 2.2)])) is None
    own = yardstick(standing([trial(0, 2.2), trial(1, 2.3, values=dict(OWN))]))
    assert own is not None
    assert own.number == 1


def test_the_board_counts_from_the_yardstick():
    rows = board(
        standing([trial(0, 2.3, values=dict(OWN)), trial(1, 2.25), trial(2, 2.5), trial(3, 2.0, "pruned")]), NAMES
    )
    assert [row["place"] for row in rows["rows"]] == [1, 2, 3, None]
    assert [row["apart"] for row in rows["rows"]] == ["−0.050", "", "+0.200", ""]
    assert [row["own"] for row in rows["rows"]] == [False, True, False, False]


def test_a_long_board_is_cut_but_keeps_the_yardstick():
    many = [trial(i, 2 + 0.001 * i) for i in range(300)]
    listed = board(standing([*many, trial(300, 3.0, values=dict(OWN))]), NAMES)
    assert listed["rows"][-1]["own"]
    assert listed["last"] == f"and {301 - len(listed['rows']):,} more"


def test_the_line_of_the_best_falls_where_a_finished_trial_beats_all_before():
    vals = [2.5, 2.6, 2.3, 2.4, 2.2]
    trials = [trial(i, val) for i, val in enumerate(vals)]
    line = trace(history_figure(standing([*trials, trial(5, 1.0, "pruned")]), None), "lines")
    assert list(line.y) == [*np.minimum.accumulate(vals), min(vals)]
    assert list(line.x) == [0, 1, 2, 3, 4, 5]


def test_a_trial_that_went_badly_does_not_flatten_the_others():
    vals = [2.1, 2.2, 2.3, 2.2, 40.0]
    now = standing([trial(i, val) for i, val in enumerate(vals)])
    assert ceiling(now) == pytest.approx(2.3 + 1.5 * 0.1)  # the quartiles of these five are 2.2 and 2.3
    figure: Any = history_figure(now, None)
    low, high = figure.layout.yaxis.range
    assert low < 2.1
    assert high < 3
    dots = trace(figure, "markers")
    assert max(dots.y) == ceiling(now)
    assert "40.0000" in dots.text[4]


def test_every_curve_keeps_its_ends_and_a_thousand_are_quick():
    long = tuple((step, 3.3 - step / 2000) for step in range(1000))
    now = standing([trial(i, 2.3, "pruned" if i % 3 else "finished", curve=long) for i in range(1000)])
    begun = time.perf_counter()
    figure: Any = curves_figure(now, 7)
    size = len(json.dumps(json.loads(str(figure.to_json()))))
    seconds = time.perf_counter() - begun
    assert sum(len(t.x) for t in figure.data) <= 1.2 * MOST_POINTS
    assert size < 500_000
    assert seconds < 2
    points = next(t for t in figure.data if t.opacity and t.opacity < 0.4)
    of_one = [x for x, number in zip(points.x, points.customdata, strict=True) if number == 1]
    assert (of_one[0], of_one[-2]) == (1, 1000)  # step + 1; behind them the gap
    assert math.isnan(of_one[-1])


def test_the_chosen_trial_is_ringed_and_its_curve_drawn_over_all():
    now = standing([trial(0, 2.4), trial(1, 2.3), trial(2, 2.2, "pruned")])
    history: Any = history_figure(now, 2)
    curves: Any = curves_figure(now, 2)
    assert list(history.data[-1].x) == [2]
    assert "trial 2" in curves.layout.title.text
    assert set(curves.data[-1].customdata) == {2}


def test_importances_stand_from_the_most_to_the_least():
    now = standing([trial(0, 2.4)])
    unknown: Any = importances_figure(now, NAMES)
    assert len(unknown.data) == 0
    known: Any = importances_figure(replace(now, importances={RATE: 0.2, WIDTH: 0.8}), NAMES).data[0]
    assert list(zip(known.y, known.x, strict=True)) == [("Learning rate", 0.2), ("Hidden neurons", 0.8)]  # upwards


def test_before_the_first_trial_has_finished_pictures_say_so():
    for now in (standing([]), standing([trial(0, None, "running")])):
        figure: Any = history_figure(now, None)
        assert len(figure.data) == 0
        assert board(now, NAMES)["rows"] == []


def trace(figure: Any, mode: str) -> Any:
    return next(t for t in figure.data if t.mode == mode)
