"""The same on a real Ray cluster, started by the test: two workers, one of which is lost on the way.

It is one test, because a cluster takes some seconds to start, and each of the processes that share the tests would
start its own.
"""

import time
from dataclasses import replace

import pytest

from makemore_core.config import RunConfig
from makemore_core.models.mlp import MLPConfig
from makemore_core.optimizers import SGDConfig
from makemore_core.training.manager import RunManager
from makemore_core.training.pace import Pace
from makemore_core.training.recorder import RunState
from makemore_core.training.run import Command
from makemore_core.workers.on_ray import RayActors, RayWorker
from tests.conftest import wait_until
from tests.workers.conftest import PATIENCE, SLOTS, assert_same_bits, ended, progress_of, reaches

ray = pytest.importorskip("ray")
RATES = (0.3, 0.1, 0.03, 0.01, 0.003, 0.001)


@pytest.mark.long
def test_a_batch_of_runs_survives_a_lost_worker_with_the_bits_of_processes(
    manager: RunManager, cluster: RayActors, config: RunConfig
) -> None:
    manager.workers["ray"] = cluster
    net = MLPConfig(n_hidden=8, n_embd=4, batch_norm=True)
    configs = [replace(config, model=net, optimizer=SGDConfig(rate), max_steps=1_000) for rate in RATES]
    paces = [Pace(400.0), *(Pace() for _ in configs[1:])]
    slow, *others = [manager.start(each, where="ray", pace=pace) for each, pace in zip(configs, paces, strict=True)]
    wait_until(lambda: manager.store.run(slow.id).progress.step > 0, PATIENCE)  # a checkpoint was kept
    (ticket,) = [ticket for ticket in cluster._running if ticket.job.run == slow.id]
    assert isinstance(ticket._worker, RayWorker)
    ray.kill(ticket._worker.actor)
    there = [slow, *others]
    here = [manager.start(each, where="processes") for each in configs]
    for one, other in zip(there, here, strict=True):
        assert (ended(one).state, ended(other).state) == (RunState.FINISHED, RunState.FINISHED)
        assert_same_bits(manager.store, one, other)
    assert [mark.text for mark in manager.store.marks(slow.id)] == ["gone on with another worker: its own was lost"]
    assert not any(manager.store.marks(run.id) for run in others)
    assert manager.places()[-1].slots == SLOTS

    endless = manager.start(config, where="ray")
    wait_until(reaches(endless, 100), PATIENCE)
    asked = time.monotonic()
    manager.command(endless.id, Command.STOP)
    endless.join()
    assert time.monotonic() - asked < 1
    assert progress_of(endless).state == RunState.STOPPED
    again = manager.start(configs[-1], where="ray")  # the worker that was cancelled is free
    assert ended(again).state == RunState.FINISHED
