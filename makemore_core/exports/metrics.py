"""Every number that a run keeps over its steps, as tidy points: one row a number. As a CSV file pandas reads it back.

Losses of long runs are kept in buckets: a row says how many steps it stands for.
"""

import csv
import io
import math
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple, cast

import numpy as np

from makemore_core.diagnostics.reading import Heatmap, Histograms, Reading, Scalars
from makemore_core.exports.kept import Kept
from makemore_core.training.curve import HIGH, LAST, LOW, STEP, STEPS, TOTAL
from makemore_core.training.marks import config_after
from makemore_core.training.recorder import Evaluation, Snapshot


class Point(NamedTuple):
    """A number at a step, which stands for so many steps from there; `part` is a split, a layer, a weight matrix."""

    step: int
    steps: int
    metric: str
    part: str
    value: float

    @property
    def name(self) -> str:
        """`update_ratio/hidden.weight`."""
        return f"{self.metric}/{self.part}" if self.part else self.metric


def metrics_csv(kept: Kept) -> bytes:
    """All points, each number with all the digits that it takes to be the same when it is read."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(Point._fields)
    writer.writerows((*point[:-1], repr(point.value)) for point in points(kept))
    return file.getvalue().encode()


def points(kept: Kept) -> Iterator[Point]:
    """Batch losses and rates, losses of the splits, the speed between them, and what the diagnostics measured."""
    yield from _batches(kept)
    for evaluation in kept.snapshot.evaluations:
        yield Point(evaluation.step, 1, "loss", "train", evaluation.train)
        yield Point(evaluation.step, 1, "loss", "val", evaluation.val)
    yield from _speeds(kept.snapshot.evaluations)
    for observation in kept.snapshot.observations:
        for diagnostic, reading in observation.readings.items():
            for metric, part, value in _numbers(diagnostic, reading):
                yield Point(observation.step, 1, metric, part, value)


def _batches(kept: Kept) -> Iterator[Point]:
    """The losses of the batches, bucket by bucket, and the learning rate of each bucket's first step."""
    marks = kept.snapshot.marks
    configs = [config_after(kept.config, marks[:i]) for i in range(len(marks) + 1)]
    for row in kept.snapshot.losses:
        step, steps = int(row[STEP]), int(row[STEPS])
        config = configs[sum(mark.step <= step for mark in marks)]
        loss = {"mean": row[TOTAL] / row[STEPS], "lowest": row[LOW], "highest": row[HIGH], "last": row[LAST]}
        for part, value in loss.items():
            yield Point(step, steps, "batch_loss", part, float(value))
        rate = config.optimizer.learning_rate * config.schedule.factor(step)
        yield Point(step, steps, "learning_rate", "", rate)


def _speeds(evaluations: tuple[Evaluation, ...]) -> Iterator[Point]:
    """Steps per second of training, from one evaluation to the next; older runs did not keep the time."""
    timed = [(e.step, e.seconds) for e in evaluations if e.seconds is not None]
    for (step, begun), (next_step, ended) in pairwise(timed):
        if ended > begun and next_step > step:
            yield Point(step, next_step - step, "steps_per_second", "", (next_step - step) / (ended - begun))


def _numbers(diagnostic: str, reading: Reading) -> Iterator[tuple[str, str, float]]:
    """The numbers of a reading: the metric's name, the part's, and the value. A picture has a mean."""
    if reading.kind == Scalars.kind:
        for part, value in cast("Scalars", reading).values.items():
            yield ("observed_loss" if diagnostic == "loss" else diagnostic), part, value
    if reading.kind == Histograms.kind:
        for layer in cast("Histograms", reading).layers:
            yield f"{diagnostic}_mean", layer.name, layer.mean
            yield f"{diagnostic}_deviation", layer.name, layer.deviation
    if reading.kind == Heatmap.kind:
        for layer in cast("Heatmap", reading).layers:
            yield diagnostic, layer.name, float(layer.cells.mean()) if layer.cells.size else math.nan


def split_table(snapshot: Snapshot, last: int) -> list[dict[str, float | None]]:
    """The last few losses of the splits and the speed between them: a glance at the file, the newest first."""
    speeds = {point.step + point.steps: round(point.value) for point in _speeds(snapshot.evaluations)}
    newest = reversed(snapshot.evaluations[-last:])
    return [{"step": e.step, "train": e.train, "val": e.val, "steps/s": speeds.get(e.step)} for e in newest]


def wall_times(kept: Kept, steps: np.ndarray) -> np.ndarray:
    """When steps (N) were taken, in seconds since 1970: kept with each evaluation, and in proportion between them.

    Of a run that did not keep it the beginning is known, and how long it trained.
    """
    timed = [(e.step, e.time) for e in kept.snapshot.evaluations if e.time is not None]
    begun, progress = kept.row.created, kept.snapshot.progress
    known = timed or [(0, begun), (max(1, progress.step), begun + progress.seconds)]
    return np.interp(steps, [step for step, _ in known], [time for _, time in known])
