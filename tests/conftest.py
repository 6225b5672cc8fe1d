"""What all tests share: one torch thread, a small data set, a store and a manager in a folder of their own.

`pytest` leaves out the full published runs, minutes each, which `pytest -m slow` runs, and further walks through the
pages, which `pytest -m long` runs.
"""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch
from hypothesis import settings

from makemore_core.catalogue import CATALOGUE, is_here
from makemore_core.config import RunConfig
from makemore_core.datasets import DataConfig, Dataset, load_dataset
from makemore_core.models.mlp import MLPConfig
from makemore_core.training.manager import RunManager
from makemore_core.training.reader import AnyRun
from makemore_core.training.recorder import Progress, Recorder, Snapshot
from makemore_core.training.store import RunStore

settings.register_profile("makemore", deadline=None, max_examples=50)
settings.load_profile("makemore")

SYLLABLES = [consonant + vowel for consonant in "bdklmn" for vowel in "aeio"]
WORDS = tuple(first + last for first in SYLLABLES for last in ("", "n", "ra", "s"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--release", action="store_true", help="Make the reliability suites as long as before a release.")


def pytest_configure(config: pytest.Config) -> None:
    config.option.markexpr = config.option.markexpr or "not slow and not long"


def wait_until(condition: Callable[[], bool], timeout: float = 20.0) -> None:
    """Poll until a condition holds; an AssertionError if it does not within `timeout` seconds."""
    end = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < end, f"The condition did not come true within {timeout} s."
        time.sleep(0.001)


def holds_for(seconds: float, condition: Callable[[], bool]) -> bool:
    """Whether a condition stays true for a while."""
    end = time.monotonic() + seconds
    while condition() and time.monotonic() < end:
        time.sleep(0.001)
    return condition()


def shown(run: AnyRun | Recorder) -> Snapshot:
    """What a run shows that has begun."""
    snapshot = run.snapshot()
    assert snapshot is not None
    return snapshot


def progress_of(run: AnyRun) -> Progress:
    return shown(run).progress


@pytest.fixture(autouse=True, scope="session")
def one_torch_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> DataConfig:
    """96 short words of 12 letters."""
    path = tmp_path_factory.mktemp("data") / "words.txt"
    path.write_text("\n".join(WORDS))
    return DataConfig(str(path))


@pytest.fixture
def config(data: DataConfig) -> RunConfig:
    """A run of a small net that does not end by itself."""
    return RunConfig(data, MLPConfig(n_hidden=8, n_embd=4), max_steps=10_000_000)


@pytest.fixture(scope="session")
def names() -> Dataset:
    """makemore's names.txt, on which the lectures' numbers were published."""
    if not is_here(CATALOGUE["names"]):
        pytest.skip("makemore's names.txt is not on this machine; set MAKEMORE_DATA to its folder.")
    return load_dataset("names")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RunStore]:
    store = RunStore(tmp_path / "runs.sqlite")
    yield store
    store.close()


@pytest.fixture
def manager(store: RunStore) -> Iterator[RunManager]:
    """With room for some runs at a time, also on a machine with two processors."""
    manager = RunManager(store, slots=8)
    yield manager
    manager.close()
