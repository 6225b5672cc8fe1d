"""The tidy table: pandas reads every number back, each is what the run kept, and rates and times are right."""

import io
from typing import Any

import numpy as np
import pandas as pd
import pytest

from makemore_core.config import RunConfig
from makemore_core.exports.kept import Kept, gather
from makemore_core.exports.metrics import metrics_csv, points, split_table, wall_times
from makemore_core.training.manager import RunManager
from makemore_core.training.pace import Pace
from makemore_core.training.trainer import Trainer
from tests.conftest import wait_until


def table_of(kept: Kept) -> Any:
    return pd.read_csv(io.BytesIO(metrics_csv(kept)), keep_default_na=False)


def curve(table: Any, metric: str, part: str = "") -> Any:
    return table[(table.metric == metric) & (table.part == part)]


def test_pandas_reads_every_point_to_the_last_digit(otter: Kept):
    table = table_of(otter)
    assert [tuple(row) for row in table.itertuples(index=False)] == list(points(otter))
    assert set(table.dtypes.astype(str)[["step", "steps", "value"]]) == {"int64", "float64"}


def test_the_batch_losses_are_those_of_a_second_training(otter: Kept):
    losses = Trainer(otter.config, otter.dataset).advance(1100)
    table = table_of(otter)
    mean, last = curve(table, "batch_loss", "mean"), curve(table, "batch_loss", "last")
    assert mean.steps.sum() == 1100
    assert set(mean.steps[mean.step >= 1024]) == {2}  # 512 buckets in an octave
    for step, steps, value in zip(mean.step, mean.steps, mean.value, strict=True):
        assert value == pytest.approx(losses[step : step + steps].mean(), rel=1e-12)
    np.testing.assert_array_equal(last.value, losses[last.step + last.steps - 1])


def test_the_learning_rate_drops_where_the_schedule_does(otter: Kept):
    rate = curve(table_of(otter), "learning_rate").set_index("step").value
    assert (rate[999], rate[1000]) == (0.1, pytest.approx(0.01))


def test_a_rate_that_was_changed_on_the_way_is_the_one_that_counts(runs: RunManager, config: RunConfig):
    run = runs.start(config.with_values({"optimizer.learning_rate": 0.25}), pace=Pace(200))
    wait_until(lambda: run.trainer.number > 3)
    run.change({"optimizer.learning_rate": 0.125})
    wait_until(lambda: any(run.trainer.number > mark.step + 3 for mark in gather(runs, run.id).snapshot.marks))
    kept = gather(runs, run.id)
    rate = curve(table_of(kept), "learning_rate").set_index("step").value
    (mark,) = kept.snapshot.marks
    assert set(rate[: mark.step - 1]) == {0.25}
    assert set(rate[mark.step :]) == {0.125}
    runs.delete(run.id)


def test_split_losses_and_readings_are_the_stores(runs: RunManager, otter: Kept):
    table = table_of(otter)
    evaluations, observations = runs.store.evaluations("otter"), runs.store.observations("otter")
    val = curve(table, "loss", "val")
    assert list(zip(val.step, val.value, strict=True)) == [(e.step, e.val) for e in evaluations]
    ratio = curve(table, "update_ratio", "hidden.weight")
    kept: list[tuple[int, Any]] = [(o.step, o.readings["update_ratio"]) for o in observations]
    stored = [(step, found.values["hidden.weight"]) for step, found in kept]
    assert list(zip(ratio.step, ratio.value, strict=True)) == stored
    deviations = curve(table, "activations_deviation", "tanh").value
    assert ((deviations > 0) & (deviations < 1)).all()  # tanh lies between -1 and 1


def test_speed_times_seconds_gives_the_steps(otter: Kept):
    timed = {e.step: e.seconds or 0.0 for e in otter.snapshot.evaluations}
    speeds = curve(table_of(otter), "steps_per_second")
    for step, steps, value in zip(speeds.step, speeds.steps, speeds.value, strict=True):
        took = timed[step + steps] - timed[step]
        assert value * took == pytest.approx(steps)
    assert split_table(otter.snapshot, 3)[0]["step"] == 1100
    assert len(split_table(otter.snapshot, 3)) == 3


def test_wall_times_are_those_of_the_evaluations_and_between_them(otter: Kept):
    evaluations = otter.snapshot.evaluations
    times = wall_times(otter, np.array([e.step for e in evaluations]))
    assert list(times) == [e.time for e in evaluations]
    assert otter.row.created <= times[0] <= times[-1] <= otter.row.updated
    assert (np.diff(wall_times(otter, np.arange(1100))) >= 0).all()
