"""A class opens its links in the same moment, on a server that nobody has seen yet: each gets the page of the link."""

import asyncio
from pathlib import Path

from tests.browser.conftest import running
from tests.reliability.visitor import Visitor

LINKS = ("/inside", "/inside", "/embeddings", "/")


def test_all_who_come_first_find_the_whole_lab(tmp_path: Path) -> None:
    for server in running(tmp_path):
        for visitor in asyncio.run(all_at_once(server.address)):
            assert visitor.errors == []
            assert visitor.groups == ["", "What it learned", "How it learns", "Many runs", "This lab"]


async def all_at_once(address: str) -> list[Visitor]:
    return await asyncio.gather(*(visited(address, link) for link in LINKS))


async def visited(address: str, link: str) -> Visitor:
    async with Visitor(address, link) as visitor:
        return visitor
