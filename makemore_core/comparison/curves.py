"""Loss curves on fair axes: over steps, seconds of training or examples seen, and the mean of several with its band."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from makemore_core.config import RunConfig
from makemore_core.training.curve import STEP, STEPS, TOTAL, regridded
from makemore_core.training.recorder import Snapshot
from makemore_core.training.trainer import Trainer

Numbers = NDArray[np.float64]
Smooth = Callable[[Numbers], Numbers]
BY_STEPS, BY_SECONDS, BY_EXAMPLES, BY_PARAMETERS = AXES = ("steps", "seconds", "examples", "parameters")
POINTS = 32  # of train in an octave: about 400 at 200,000 steps


@dataclass(frozen=True, eq=False)
class Curve:
    """Losses y (N) in nats at the places x (N), which rise."""

    x: Numbers
    y: Numbers


@dataclass(frozen=True, eq=False)
class Band:
    """The mean of n curves, between the lowest and the highest of them, each (N)."""

    x: Numbers
    mean: Numbers
    low: Numbers
    high: Numbers
    n: int


def val_curve(run: Snapshot, config: RunConfig, axis: str) -> Curve:
    """The losses of val, where they were measured."""
    steps = np.array([e.step for e in run.evaluations], dtype=np.float64)
    return _placed(run, config, axis, steps, np.array([e.val for e in run.evaluations], dtype=np.float64))


def train_curve(run: Snapshot, config: RunConfig, axis: str, smooth: Smooth) -> Curve:
    """The losses of the batches, in buckets of which each is one point, and smoothed."""
    rows = regridded(run.losses, POINTS)
    middle = rows[:, STEP] + rows[:, STEPS] / 2 - 0.5
    return _placed(run, config, axis, middle, smooth(rows[:, TOTAL] / rows[:, STEPS]))


def _placed(run: Snapshot, config: RunConfig, axis: str, steps: Numbers, y: Numbers) -> Curve:
    """Where there is a number and a place for it. `config` is what the run began with."""
    x = PLACES[axis](run, config, steps)
    sound = np.isfinite(x) & np.isfinite(y)
    x, first = np.unique(x[sound], return_index=True)
    return Curve(x, y[sound][first])


def _step_places(run: Snapshot, config: RunConfig, steps: Numbers) -> Numbers:
    """Step n stands at n + 1, as in the loss chart, so that step 0 has a place on a logarithmic axis."""
    return steps + 1


def seconds_at(run: Snapshot, config: RunConfig, steps: Numbers) -> Numbers:
    """Seconds of training until these steps (N), even between two evaluations; not a number where nobody noted them."""
    noted = {e.step: e.seconds for e in run.evaluations if e.seconds is not None}
    if not noted:
        return np.full(len(steps), np.nan)
    noted.setdefault(run.progress.step, run.progress.seconds)
    known = sorted(noted)
    return np.interp(steps, known, [noted[step] for step in known], left=np.nan, right=np.nan)


def examples_at(run: Snapshot, config: RunConfig, steps: Numbers) -> Numbers:
    """Examples that were in the batches of the first so many steps (N), whatever size these had on the way."""
    changes = [(0, config.batch_size)]
    changes += [(m.step, int(m.settings["batch_size"])) for m in run.marks if "batch_size" in m.settings]
    ends = [step for step, _ in changes[1:]] + [np.inf]
    seen = np.zeros(len(steps))
    for (start, size), end in zip(changes, ends, strict=True):
        seen += (size or all_examples(config)) * np.clip(steps - start, 0, end - start)
    return seen


def all_examples(config: RunConfig) -> int:
    """How many examples train has: a batch size of 0 takes them all."""
    return len(Trainer(config, config.data.load()).x)


PLACES: dict[str, Callable[[Snapshot, RunConfig, Numbers], Numbers]] = {
    BY_STEPS: _step_places,
    BY_SECONDS: seconds_at,
    BY_EXAMPLES: examples_at,
}


def band(curves: Sequence[Curve]) -> Band:
    """The mean of curves where all of them have something to say, at the places of the one with the most there.

    Curves on the same grid of steps are not interpolated; between the places of others a line is drawn.
    """
    curves = [curve for curve in curves if len(curve.x)]
    nothing = np.empty(0)
    if not curves:
        return Band(nothing, nothing, nothing, nothing, 0)
    first, last = max(curve.x[0] for curve in curves), min(curve.x[-1] for curve in curves)
    x = max((curve.x[(first <= curve.x) & (curve.x <= last)] for curve in curves), key=len)
    y = np.array([np.interp(x, curve.x, curve.y) for curve in curves])  # (n, N)
    return Band(x, y.mean(axis=0), y.min(axis=0), y.max(axis=0), len(curves))
