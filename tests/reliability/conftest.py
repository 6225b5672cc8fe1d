"""What the reliability suites share: how much of a claim is tried, and a server whose run trains for a whole file."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from benchmarks.rounds import ENDLESS
from makemore_core.training.store import RunStore
from tests.browser.conftest import running
from tests.browser.server import Server
from tests.reliability.visitor import Visitor

FULL_SPEED = 50_000  # the step from which on the pace of a run's beginning holds no machine back
TRAINS = f"/?preset=lecture3-kaiming&max_steps={ENDLESS}"


@pytest.fixture(scope="session")
def amount(request: pytest.FixtureRequest) -> Callable[[int, int], int]:
    """`amount(100, 1_000)` is 100, and 1,000 with `--release`."""

    def choose(ci: int, release: int) -> int:
        return release if request.config.getoption("--release") else ci

    return choose


@pytest.fixture
def quick_disk(tmp_path: Path) -> Iterator[Path]:
    """In memory where the system has such a place: no other process's writes are waited for there."""
    with TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else tmp_path) as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The dashboard, without a browser."""
    yield from running(tmp_path_factory.mktemp("server"))


@pytest.fixture(scope="module")
def run(server: Server) -> str:
    """A run that was started on the page, and trains as long as the server lives."""
    return asyncio.run(press_play(server))


async def press_play(server: Server) -> str:
    async with Visitor(server.address, TRAINS) as visitor:
        await visitor.press("Play")
        with closing(RunStore(server.store)) as store:
            while not (rows := store.runs()) or rows[0].progress.step < FULL_SPEED:
                await visitor.stay(0.1)
        return rows[0].id
