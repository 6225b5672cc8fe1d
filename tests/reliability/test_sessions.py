"""Many tabs look at one run that trains: refreshes come soon, the training goes on, and who leaves leaves nothing."""

import asyncio
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from statistics import quantiles

import pytest

from benchmarks.dashboard import steps_per_second
from makemore_core.training.store import RunStore
from tests.browser.server import Server
from tests.conftest import wait_until
from tests.reliability.spending import faults, sessions, threads
from tests.reliability.visitor import Visitor

PAGES = ("/", "/inside", "/embeddings")
SLOWEST = 1.0  # seconds, for 95 refreshes of 100
KEPT = 0.7  # of the speed that the run has without tabs
DOZE = 20.0  # seconds in which a tab reads nothing

pytestmark = pytest.mark.long  # it is about speed and memory: nothing else may run beside it


@dataclass(frozen=True)
class Lesson:
    """What a class of tabs has seen, the run's steps per second before and meanwhile, and the threads before."""

    visitors: list[Visitor]
    alone: float
    watched: float
    threads: int


@pytest.fixture(scope="module")
def lesson(server: Server, run: str, amount: Callable[[int, int], int]) -> Lesson:
    """12 tabs for a minute; before a release 24 for ten."""
    tabs, seconds = amount(12, 24), float(amount(60, 600))
    wait_until(lambda: sessions(server) == 0)
    with closing(RunStore(server.store)) as store:
        alone, before = steps_per_second(store, run, amount(10, 20)), threads(server)
        visitors, watched = asyncio.run(class_visits(server, store, run, tabs, seconds))
    return Lesson(visitors, alone, watched, before)


async def class_visits(
    server: Server, store: RunStore, run: str, tabs: int, seconds: float
) -> tuple[list[Visitor], float]:
    """Tabs on the pages by turns, opened all at once, one more that reads nothing, and the run's speed meanwhile."""
    async with asyncio.TaskGroup() as group:
        watched = group.create_task(asyncio.to_thread(steps_per_second, store, run, seconds))
        visits = [group.create_task(visit(server, PAGES[i % len(PAGES)], seconds)) for i in range(tabs)]
        group.create_task(doze(server, DOZE))
    return [visited.result() for visited in visits], watched.result()


async def visit(server: Server, path: str, seconds: float) -> Visitor:
    async with Visitor(server.address, path) as visitor:
        await visitor.stay(seconds)
    return visitor


async def doze(server: Server, seconds: float) -> None:
    async with Visitor(server.address) as visitor:
        await visitor.doze(seconds)


def test_every_refresh_comes_soon_and_none_fails(server: Server, lesson: Lesson) -> None:
    refreshes = [seconds for visitor in lesson.visitors for seconds in visitor.refreshes]
    assert [error for visitor in lesson.visitors for error in visitor.errors] == []
    assert faults(server) == []
    assert min(len(visitor.refreshes) for visitor in lesson.visitors) > 10
    slowest = quantiles(refreshes, n=20)[-1]
    print(f"{len(refreshes):,} refreshes, 95 % of them within {slowest:.2f} s")
    assert slowest <= SLOWEST


def test_the_run_keeps_its_speed(lesson: Lesson) -> None:
    print(f"{lesson.watched:,.0f} of {lesson.alone:,.0f} steps/s")
    assert lesson.watched >= KEPT * lesson.alone


def test_who_closes_a_tab_or_reads_nothing_leaves_nothing_behind(server: Server, lesson: Lesson) -> None:
    wait_until(lambda: sessions(server) == 0)
    wait_until(lambda: threads(server) <= lesson.threads)
