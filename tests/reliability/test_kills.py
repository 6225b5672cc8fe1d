"""kill -9 at any moment: the store stays sound, and the run goes on to the bits of one that was never killed."""

import random
import time
from collections.abc import Callable
from contextlib import closing, suppress
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import pytest
import torch

from makemore_core.config import RunConfig
from makemore_core.datasets import DataConfig
from makemore_core.training.checking import check
from makemore_core.training.recorder import RunState
from makemore_core.training.rows import RunRow
from makemore_core.training.store import RunStore
from tests.reliability.trainee import FAMILIES, begin, train

IN_CI = ("mlp", "deep-mlp", "bigram")
STEPS = 2_000
SLOWLY = 200.0  # steps a second: no run comes to its end before it was killed often enough
PATIENCE = 60.0  # seconds
LOST = 1.0  # seconds of metrics that a kill may cost


def config_of(family: str, data: DataConfig, steps: int = STEPS) -> RunConfig:
    return RunConfig(data, **FAMILIES[family], max_steps=steps)


def whole(store: Path, config: RunConfig, id: str) -> None:
    """Train a run to its end, without a kill or after the last."""
    process, told = begin(train, store, id, config)
    process.join(PATIENCE)
    told.close()
    assert process.exitcode == 0


def killed(store: Path, config: RunConfig, dice: random.Random, fatal: int) -> None:
    """Train for a moment, and be killed: before a certain statement, or at any time."""
    process, told = begin(train, store, "otter", config, SLOWLY, True, fatal)
    if not fatal and told.poll(PATIENCE):
        time.sleep(0.3 * dice.random())
        process.kill()
    process.join(PATIENCE)
    assert process.exitcode == -9


def row_in(store: Path) -> RunRow | None:
    with closing(RunStore(store)) as opened:
        return opened.run("otter") if "otter" in opened.taken() else None


def assert_same_bits(one: Path, other: Path) -> None:
    with closing(RunStore(one)) as first, closing(RunStore(other)) as second:
        mine, its = first.checkpoint("otter"), second.checkpoint("otter")
        assert mine is not None
        assert its is not None
        assert mine.keys() == its.keys()
        assert all(torch.equal(mine[name], its[name]) for name in mine if not name.startswith("best"))
        assert np.array_equal(first.losses("otter"), second.losses("otter"))
        assert second.run("otter").progress.state == RunState.FINISHED


@pytest.mark.parametrize("family", FAMILIES)
def test_no_kill_costs_a_bit_or_doubles_a_step(
    family: str, data: DataConfig, tmp_path: Path, amount: Callable[[int, int], int]
) -> None:
    kills = amount(34 if family in IN_CI else 0, 167)
    if not kills:
        pytest.skip("before a release")
    config, store = config_of(family, data, STEPS * amount(1, 6)), tmp_path / "killed.sqlite"
    dice, step = random.Random(family), 0
    for kill in range(kills):
        killed(store, config, dice, fatal=0 if kill % 2 else 1 + dice.randrange(250))
        assert check(store) == []
        row = row_in(store)
        if row:
            assert row.progress.step >= step
            assert row.progress.state == RunState.INTERRUPTED  # at once: its process is gone
            step = row.progress.step
    assert 0 < step < config.max_steps
    whole(store, config, "otter")
    whole(tmp_path / "whole.sqlite", config, "otter")
    assert check(store) == []
    assert_same_bits(tmp_path / "whole.sqlite", store)


@pytest.mark.long  # it is about time: on a machine that is not overloaded
def test_a_kill_costs_a_second_of_metrics_at_most(
    data: DataConfig, quick_disk: Path, amount: Callable[[int, int], int]
) -> None:
    dice, store, config = random.Random(1), quick_disk / "killed.sqlite", config_of("mlp", data, 100_000_000)
    lost: list[float] = []
    for _ in range(amount(4, 40)):
        process, told = begin(train, store, "otter", config)
        assert told.recv() == "otter"
        time.sleep(1.5 + 1.5 * dice.random())
        process.kill()
        process.join()
        row = row_in(store)
        assert row
        lost.append(last_told(told) - row.progress.seconds)
    assert max(lost) <= LOST, lost


def last_told(told: Connection) -> float:
    """The seconds of training that a page would have shown last."""
    seconds = 0.0
    with suppress(EOFError):
        while told.poll(1.0):
            seconds = told.recv()
    return seconds
