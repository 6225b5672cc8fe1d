"""One run that most tests look at, and one on words full of markup."""

from collections.abc import Callable, Iterator
from functools import cache

import pytest

from makemore_core.config import RunConfig
from makemore_core.datasets import DataConfig
from makemore_core.exports.kept import Kept
from makemore_core.models.mlp import MLPConfig
from makemore_core.schedules import DropConfig
from makemore_core.training.manager import RunManager
from makemore_core.training.store import RunStore
from tests.exports.runs import MARKUP, on, small, trained


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunManager]:
    store = RunStore(tmp_path_factory.mktemp("runs") / "runs.sqlite")
    manager = RunManager(store)
    yield manager
    manager.close()
    store.close()


@pytest.fixture(scope="session")
def otter(runs: RunManager, data: DataConfig) -> Kept:
    """1,100 steps: the last losses of its batches stand in buckets of two."""
    net = MLPConfig(n_hidden=8, n_embd=4, batch_norm=True)
    return trained(runs, RunConfig(data, net, schedule=DropConfig(drop_at=1000), max_steps=1100), name="otter")


@pytest.fixture(scope="session")
def of_family(runs: RunManager, data: DataConfig) -> Callable[[str], Kept]:
    """A tiny run of each family, trained once for all tests."""
    return cache(lambda family: trained(runs, small(family, data)))


@pytest.fixture(scope="session")
def hostile(runs: RunManager, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """The file's name is markup, too."""
    data = on(tmp_path_factory.mktemp("hostile") / '<i>"words" & more.txt', "\n".join(MARKUP))
    return trained(runs, RunConfig(data, MLPConfig(n_hidden=8, n_embd=4), max_steps=40), name="hostile")
