"""The same sweep on a Ray cluster of two workers, of which one is killed, and on this machine: nothing is lost."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from makemore_core.config import RunConfig
from makemore_core.models.mlp import MLPConfig
from makemore_core.search.standing import SweepState
from makemore_core.search.sweeps import Sweeps
from makemore_core.training.manager import RunManager
from makemore_core.training.store import RunStore
from makemore_core.workers.on_ray import AUTO, RayActors, RayWorker
from makemore_core.workers.processes import Processes
from tests.conftest import wait_until
from tests.search.plans import RATE, WIDTH, plan_of

ray = pytest.importorskip("ray")
SLOTS = 2
PATIENCE = 180.0  # seconds


@pytest.fixture
def cluster() -> Iterator[RayActors]:
    with closing(RayActors(AUTO, SLOTS)) as cluster:
        yield cluster


@pytest.fixture
def processes() -> Iterator[Processes]:
    with closing(Processes(SLOTS)) as processes:
        yield processes


@pytest.mark.parametrize("other", ["", pytest.param("processes", marks=pytest.mark.long)])
def test_a_lost_worker_loses_no_trial(
    store: RunStore, config: RunConfig, cluster: RayActors, processes: Processes, other: str
) -> None:
    manager = RunManager(store, {"ray": cluster, "processes": processes})
    sweeps = Sweeps(manager)
    config = config.with_values({"max_steps": 5_000})
    net = MLPConfig(n_hidden=8, n_embd=4, batch_norm=True).to_dict()
    config = config.with_values({f"model.{name}": value for name, value in net.items()})
    about = {"sampler": "random", "pruner": "none", "trials": 6, "at_once": SLOTS}
    there = sweeps.begin(plan_of(config, RATE, WIDTH, **about, where="ray"))
    wait_until(lambda: any(trial.step for trial in sweeps.standing(there).trials), PATIENCE)
    wait_until(lambda: bool(cluster._running), PATIENCE)  # pyright: ignore[reportPrivateUsage]
    worker = cluster._running[0]._worker  # pyright: ignore[reportPrivateUsage]
    assert isinstance(worker, RayWorker)
    ray.kill(worker.actor)
    on_ray = sweeps.wait(there, PATIENCE)
    here = sweeps.wait(sweeps.begin(plan_of(config, RATE, WIDTH, **about, where=other)), PATIENCE)
    assert (on_ray.state, here.state) == (SweepState.FINISHED, SweepState.FINISHED)
    assert [(t.values, t.state, t.val) for t in on_ray.trials] == [(t.values, t.state, t.val) for t in here.trials]
    assert len(manager.runs()) == 12
    sweeps.close()
    manager.close()
