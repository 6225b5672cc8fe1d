"""Workers that the tests of this folder share: two processes, and a cluster of two, each started when first used."""

from collections.abc import Callable, Iterator
from contextlib import closing

import numpy as np
import pytest
import torch

from makemore_core.training.manager import RunManager
from makemore_core.training.reader import AnyRun
from makemore_core.training.recorder import Progress
from makemore_core.training.store import RunStore
from makemore_core.workers.on_ray import AUTO, RayActors
from makemore_core.workers.processes import Processes
from tests.conftest import progress_of, wait_until

SLOTS = 2
PATIENCE = 120.0  # seconds: a new worker imports torch, and may be the first to compile the kernel


@pytest.fixture(scope="session")
def processes() -> Iterator[Processes]:
    with closing(Processes(SLOTS)) as processes:
        yield processes


@pytest.fixture(scope="session")
def cluster() -> Iterator[RayActors]:
    with closing(RayActors(AUTO, SLOTS)) as cluster:
        yield cluster


@pytest.fixture
def manager(store: RunStore, processes: Processes) -> Iterator[RunManager]:
    manager = RunManager(store, {"processes": processes})
    yield manager
    manager.close()


def reaches(run: AnyRun, step: int) -> Callable[[], bool]:
    return lambda: progress_of(run).step >= step


def ended(run: AnyRun) -> Progress:
    wait_until(lambda: not run.is_alive, PATIENCE)
    return progress_of(run)


def assert_same_bits(store: RunStore, run: AnyRun, other: AnyRun) -> None:
    """Losses, checkpoint, and the evaluations of steps at which both were evaluated: slow machines skip some."""
    assert np.array_equal(store.losses(run.id), store.losses(other.id))
    state, its_state = store.checkpoint(run.id), store.checkpoint(other.id)
    assert state is not None
    assert its_state is not None
    assert state.keys() == its_state.keys()
    assert all(torch.equal(tensor, its_state[name]) for name, tensor in state.items())
    losses, its_losses = ({e.step: (e.train, e.val) for e in store.evaluations(id)} for id in (run.id, other.id))
    common = losses.keys() & its_losses.keys()
    assert {0, max(losses)} <= common
    assert all(losses[step] == its_losses[step] for step in common)
