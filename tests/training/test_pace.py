"""How fast a run trains at most: the walk of a gentle start, and that no number depends on it."""

import math
import time

import pytest

from makemore_core.config import RunConfig
from makemore_core.training.manager import RunManager
from makemore_core.training.pace import GENTLE_START, TURBO, Pace
from makemore_core.training.recorder import RunState
from tests.conftest import wait_until


def test_turbo_knows_no_end_and_a_fixed_pace_no_growth() -> None:
    assert TURBO.at(0) == TURBO.at(10**6) == math.inf
    assert Pace(20.0).at(0) == Pace(20.0).at(10**6) == 20.0


def test_a_gentle_start_takes_six_seconds_to_what_counting_pairs_achieves() -> None:
    seconds = sum(1 / GENTLE_START.at(step) for step in range(900))
    assert seconds == pytest.approx(6, abs=0.3)
    assert 1 / GENTLE_START.at(0) <= 0.05  # the first names change with the first picture


def test_the_pace_changes_no_number(manager: RunManager, config: RunConfig) -> None:
    losses = []
    for pace in (TURBO, GENTLE_START, Pace(2_000.0, 0.01)):
        run = manager.start(config.with_values({"max_steps": 60}), pace=pace)
        wait_until(lambda run=run: manager.row(run.id).progress.state == RunState.FINISHED)
        losses.append(manager.shown(run.id).losses[:, -1].tolist())
    assert losses[0] == losses[1] == losses[2]


def test_a_gentle_run_is_slower_at_first(manager: RunManager, config: RunConfig) -> None:
    started = time.monotonic()
    run = manager.start(config.with_values({"max_steps": 9}), pace=GENTLE_START)
    wait_until(lambda: manager.row(run.id).progress.state == RunState.FINISHED)
    assert time.monotonic() - started > sum(1 / GENTLE_START.at(step) for step in range(8))
