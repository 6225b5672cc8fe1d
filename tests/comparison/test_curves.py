"""Fair axes: every place on them worked out by hand, and means and bands that a plain loop gives too."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from makemore_core.comparison.curves import (
    BY_EXAMPLES,
    BY_SECONDS,
    BY_STEPS,
    Curve,
    all_examples,
    band,
    examples_at,
    seconds_at,
    train_curve,
    val_curve,
)
from makemore_core.config import RunConfig
from makemore_core.datasets import DataConfig
from makemore_core.models.mlp import MLPConfig
from makemore_core.training.curve import bucketed
from makemore_core.training.marks import Mark
from makemore_core.training.recorder import Evaluation, Progress, Snapshot
from tests.conftest import WORDS

LOSSES = np.array([3.0, 2.0, 4.0, 1.0])
EVALUATIONS = (Evaluation(0, 3.3, 3.4, 0.0), Evaluation(2, 2.6, 2.7, 1.0), Evaluation(4, 2.2, 2.3, 5.0))
RUN = Snapshot("otter", 0, Progress(step=4, seconds=6.0), bucketed(0, LOSSES), EVALUATIONS)
CONFIG = RunConfig(batch_size=32)
values = st.floats(-10, 10)


def as_it_is(losses: np.ndarray) -> np.ndarray:
    return losses


def test_val_stands_after_so_many_steps_seconds_and_examples() -> None:
    assert val_curve(RUN, CONFIG, BY_STEPS).x.tolist() == [1, 3, 5]  # step n at n + 1, as in the loss chart
    assert val_curve(RUN, CONFIG, BY_SECONDS).x.tolist() == [0, 1, 5]
    assert val_curve(RUN, CONFIG, BY_EXAMPLES).x.tolist() == [0, 64, 128]
    for axis in (BY_STEPS, BY_SECONDS, BY_EXAMPLES):
        assert val_curve(RUN, CONFIG, axis).y.tolist() == [3.4, 2.7, 2.3]


def test_train_stands_between_the_evaluations() -> None:
    by_step = train_curve(RUN, CONFIG, BY_STEPS, as_it_is)
    assert (by_step.x.tolist(), by_step.y.tolist()) == ([1, 2, 3, 4], LOSSES.tolist())
    assert train_curve(RUN, CONFIG, BY_SECONDS, as_it_is).x.tolist() == [0, 0.5, 1, 3]
    assert train_curve(RUN, CONFIG, BY_EXAMPLES, as_it_is).x.tolist() == [0, 32, 64, 96]


def test_train_after_the_last_evaluation_reaches_to_where_the_run_stands() -> None:
    later = replace(RUN, evaluations=EVALUATIONS[:2])  # 2 steps in 1 s, then 4 steps in 6 s
    assert seconds_at(later, CONFIG, np.array([3.0, 4.0, 5.0])) == pytest.approx([3.5, 6.0, math.nan], nan_ok=True)


def test_a_run_whose_seconds_nobody_noted_has_no_place_among_seconds() -> None:
    old = replace(RUN, evaluations=tuple(replace(e, seconds=None) for e in EVALUATIONS))
    assert len(val_curve(old, CONFIG, BY_SECONDS).x) == 0
    assert len(val_curve(old, CONFIG, BY_STEPS).x) == 3


def test_a_loss_that_is_no_number_is_left_out() -> None:
    broken = replace(RUN, evaluations=(*EVALUATIONS, Evaluation(9, math.nan, math.inf, 9.0)))
    assert val_curve(broken, CONFIG, BY_STEPS).x.tolist() == [1, 3, 5]


def test_examples_follow_the_batch_size_on_its_way() -> None:
    marks = (Mark(10, "", {"batch_size": 64}), Mark(15, "resumed"), Mark(20, "", {"batch_size": 8}))
    steps = np.array([0.0, 10.0, 15.0, 20.0, 30.0])
    seen = examples_at(replace(RUN, marks=marks), CONFIG, steps)
    assert seen.tolist() == [0, 320, 320 + 5 * 64, 320 + 640, 320 + 640 + 80]


@given(st.lists(st.tuples(st.integers(1, 50), st.integers(1, 99)), max_size=5), st.integers(1, 60))
def test_examples_are_the_sum_of_the_batches(changes: list[tuple[int, int]], steps: int) -> None:
    changes = sorted(dict(changes).items())
    marks = tuple(Mark(step, "", {"batch_size": size}) for step, size in changes)
    sizes = [next((size for start, size in reversed(changes) if start <= step), 32) for step in range(steps)]
    assert examples_at(replace(RUN, marks=marks), CONFIG, np.array([float(steps)])) == [sum(sizes)]


def test_a_batch_of_all_counts_all_examples(data: DataConfig) -> None:
    config = RunConfig(data, MLPConfig(), batch_size=0)
    train = data.load().parts["train"]
    assert set(train) <= set(WORDS)
    every = sum(len(word) + 1 for word in train)  # each character and each end is predicted once
    assert all_examples(config) == every
    assert examples_at(RUN, config, np.array([2.0])) == [2 * every]


def test_the_band_is_the_mean_between_lowest_and_highest() -> None:
    x = np.array([1.0, 2.0, 4.0])
    of_three = band([Curve(x, np.array(y)) for y in ([3.0, 2.0, 1.0], [5.0, 2.0, 4.0], [4.0, 2.0, 1.0])])
    assert of_three.mean.tolist() == [4, 2, 2]
    assert of_three.low.tolist() == [3, 2, 1]
    assert of_three.high.tolist() == [5, 2, 4]
    assert of_three.n == 3


def test_a_mean_is_taken_only_where_all_have_a_value() -> None:
    long = Curve(np.array([0.0, 1.0, 2.0, 3.0, 9.0]), np.array([9.0, 4.0, 2.0, 0.0, 7.0]))
    short = Curve(np.array([1.0, 3.0]), np.array([2.0, 6.0]))
    both = band([long, short])
    assert both.x.tolist() == [1, 2, 3]
    assert both.mean.tolist() == [3, 3, 3]  # at 2 the short one is half way from 2 to 6


def test_curves_that_never_meet_have_no_mean_and_one_without_points_takes_no_part() -> None:
    early, late = Curve(np.array([1.0, 2.0]), np.ones(2)), Curve(np.array([5.0, 6.0]), np.ones(2))
    empty = Curve(np.empty(0), np.empty(0))
    assert len(band([early, late]).x) == 0
    assert band([early, empty]).n == 1
    assert band([empty]).n == 0


@given(st.integers(1, 6), st.data())
def test_the_band_of_a_common_grid_is_what_a_loop_gives(n: int, data: st.DataObject) -> None:
    x = sorted(data.draw(st.sets(st.integers(0, 1000), min_size=1, max_size=20)))
    columns = [data.draw(st.lists(values, min_size=len(x), max_size=len(x))) for _ in range(n)]
    found = band([Curve(np.array(x, dtype=np.float64), np.array(y)) for y in columns])
    for i in range(len(x)):
        here = [y[i] for y in columns]
        assert found.mean[i] == pytest.approx(sum(here) / n)
        assert (found.low[i], found.high[i]) == pytest.approx((min(here), max(here)))
