"""A server that is told to end does so at once and without a word, in the middle of an import of torch too."""

import asyncio
import time
from contextlib import suppress
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed

from tests.browser.server import Server
from tests.reliability.visitor import Visitor

ENDS_WITHIN = 5.0  # seconds
MOMENTS = (0.3, 1.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0)  # seconds after the first visitor came


@pytest.mark.parametrize("after", [2.0, *(pytest.param(moment, marks=pytest.mark.long) for moment in MOMENTS)])
def test_a_server_ends_soon_after_its_first_visitor_came(tmp_path: Path, after: float) -> None:
    server = Server(tmp_path)
    server.start()
    code, seconds = asyncio.run(told_to_end(server, after))
    assert code == 0, server.log
    assert seconds < ENDS_WITHIN
    assert "Traceback" not in server.log


async def told_to_end(server: Server, after: float) -> tuple[int, float]:
    """Its exit code, and how long it took, while somebody looks at its first page."""
    visit = asyncio.create_task(look(server))
    await asyncio.sleep(after)
    began = time.monotonic()
    code = await asyncio.to_thread(server.terminate)
    took = time.monotonic() - began
    visit.cancel()
    return code, took


async def look(server: Server) -> None:
    with suppress(ConnectionClosed, OSError):
        async with Visitor(server.address) as visitor:
            await visitor.stay(60.0)
