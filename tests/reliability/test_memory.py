"""What comes and goes leaves no memory behind: tabs that open and close, and tabs that stay before a run for long."""

import asyncio
from collections.abc import Callable

import pytest

from tests.browser.server import Server
from tests.conftest import wait_until
from tests.reliability.spending import megabytes, sessions
from tests.reliability.test_sessions import PAGES, visit

VISITS, WARM_UP = 200, 60
AT_ONCE = 4
GROWTH, GROWTH_IN_A_SOAK = 20.0, 30.0  # megabytes
SETTLING = 60  # seconds until a page's caches and the run's curve have their size

pytestmark = pytest.mark.long  # it is about speed and memory: nothing else may run beside it


async def come_and_go(server: Server, visits: int) -> None:
    """Tabs that are opened, drawn and closed, a few at a time."""
    for first in range(0, visits, AT_ONCE):
        pages = (PAGES[i % len(PAGES)] for i in range(first, first + AT_ONCE))
        await asyncio.gather(*(visit(server, page, 0.0) for page in pages))


async def soak(server: Server, seconds: float) -> None:
    await asyncio.gather(*(visit(server, PAGES[i % len(PAGES)], seconds) for i in range(AT_ONCE)))


def grown(server: Server, before: float) -> float:
    """Megabytes since then."""
    after = megabytes(server)
    print(f"{after - before:+.1f} MB, from {before:.0f}")
    return after - before


def test_200_tabs_that_were_closed_have_left_nothing(server: Server, run: str) -> None:
    asyncio.run(come_and_go(server, WARM_UP))
    before = megabytes(server)
    asyncio.run(come_and_go(server, VISITS))
    wait_until(lambda: sessions(server) == 0)
    assert grown(server, before) < GROWTH


def test_a_run_that_is_looked_at_for_long_takes_no_more(
    server: Server, run: str, amount: Callable[[int, int], int]
) -> None:
    asyncio.run(soak(server, SETTLING))
    before = megabytes(server)
    asyncio.run(soak(server, amount(120, 1800)))
    assert grown(server, before) < GROWTH_IN_A_SOAK
