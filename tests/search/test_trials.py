"""A trial says the same of its runs while they live and after the store was opened again."""

import math
from dataclasses import replace

import numpy as np
import pytest

from makemore_core.config import RunConfig
from makemore_core.search.trials import trial_of
from makemore_core.training.recorder import Changes, Evaluation, Progress, RunState
from makemore_core.training.rows import RunRow
from makemore_core.training.store import RunStore
from tests.search.plans import RATE, plan_of

CURVES = {"one": (), "two": ()}
NO_LOSSES = np.empty((0, 6))


def run(id: str, state: RunState) -> RunRow:
    config = RunConfig().to_dict()
    return RunRow(id, "", config, {}, 1, Progress(state), 0.0, 0.0, sweep="sweep", trial=0)


@pytest.mark.parametrize("val", [2.5, math.nan, math.inf])
@pytest.mark.parametrize("state", [RunState.FINISHED, RunState.DIVERGED])
def test_a_seed_that_ran_off_counts_the_same_after_a_restart(store: RunStore, val: float, state: RunState) -> None:
    rows = [run("one", RunState.FINISHED), run("two", state)]
    evaluations = [[Evaluation(9, 2.0, loss, 1.0, 0.0)] for loss in (2.0, val)]
    living = [row.now(row.progress, told) for row, told in zip(rows, evaluations, strict=True)]
    for row, told in zip(rows, evaluations, strict=True):
        store.add(row)
        store.save(row.id, row.progress, Changes(NO_LOSSES, told), {})
    again = [replace(store.run(row.id), updated=row.updated) for row in rows]
    plan = plan_of(RunConfig(), RATE, seeds=2)
    assert trial_of(plan, 0, living, CURVES).val == trial_of(plan, 0, again, CURVES).val
    assert (trial_of(plan, 0, again, CURVES).val is None) == (not math.isfinite(val))
