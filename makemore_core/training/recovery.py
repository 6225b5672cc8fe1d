"""A run that ran off: where it was well last, and how to go on from there."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from makemore_core.diagnostics.loss import CONFIDENTLY_WRONG
from makemore_core.training.recorder import Evaluation, RunState, Snapshot

RAN_OFF = 1.5  # times the lowest loss of train, and worse than a blind guess
NEAR = 0.1  # nats above the lowest loss of train
SLOWER = 10.0


@dataclass(frozen=True)
class WayBack:
    """A step whose snapshot was kept (None is before the first), and the learning rate to go on with."""

    step: int | None
    learning_rate: float


def has_run_off(snapshot: Snapshot, uniform: float) -> bool:
    """Whether the loss is no number any more, or climbed far above a blind guess of `uniform` nats.

    Judged on train, because where val alone climbs, the net overfits, and a lower rate is no cure.
    """
    if snapshot.progress.state == RunState.DIVERGED:
        return True
    losses = [evaluation.train for evaluation in snapshot.evaluations]
    return len(losses) > 1 and not losses[-1] <= max(RAN_OFF * min(losses), CONFIDENTLY_WRONG * uniform)


def last_healthy(steps: Iterable[int], evaluations: Sequence[Evaluation]) -> int | None:
    """The last of the steps after which the loss of train was still near its lowest; None if it never was."""
    lowest = min((e.train for e in evaluations if math.isfinite(e.train)), default=math.nan)
    for step in sorted(steps, reverse=True):
        after = next((e for e in evaluations if e.step > step), None)
        if after and after.train <= lowest + NEAR:
            return step
    return None
