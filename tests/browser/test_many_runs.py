"""A store as a school leaves it, ten thousand runs with ten million rows of metrics: the Runs page opens at once."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import running
from tests.browser.server import Server
from tests.many_runs import fill

RUNS, ROWS = 10_000, 10_000_000
OPENS_WITHIN = 2.0  # seconds, from the request to the table


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder: Path = tmp_path_factory.mktemp("crowded")
    fill(folder / "runs.sqlite", RUNS, ROWS)
    yield from running(folder)


@pytest.mark.long
def test_ten_thousand_runs_are_listed_within_two_seconds(crowded: Server, tab: Page) -> None:
    times = [seconds_to_open(crowded, tab) for _ in range(4)]
    expect(tab.get_by_text(f"1 to 100 of {RUNS:,} runs")).to_be_visible()
    assert min(times) < OPENS_WITHIN, times  # the best: the first one starts the server's imports too


def seconds_to_open(server: Server, tab: Page) -> float:
    """Until the last row of the table's first page stands there."""
    began = time.perf_counter()
    tab.goto(f"{server.address}/runs")
    tab.locator(".runs-table tbody tr").nth(99).wait_for()
    return time.perf_counter() - began
