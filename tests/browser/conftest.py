"""What the browser tests share: Chromium, servers, and a watched tab in which nothing may go wrong unnoticed."""

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.find_chromium import find_chromium
from tests.browser.lab import Lab
from tests.browser.server import AS_MAKE_RUN, Server
from tests.browser.watch import Watch

FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
PATIENCE = 60_000  # milliseconds; a page waits for torch at a server's start, and for others on a busy machine

expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    chromium = find_chromium()
    if chromium is None:
        pytest.fail("The browser tests need Chromium or Chrome; `make chromium` installs one.", pytrace=False)
    return browser_type_launch_args | {"executable_path": str(chromium), "args": FLAGS.split()}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return browser_context_args | {"viewport": {"width": 1280, "height": 900}}


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server for all files: each finds the runs of those before it, and none alive."""
    yield from running(tmp_path_factory.mktemp("server"))


@pytest.fixture(scope="module")
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server for the tests of one file, which counts its runs or gives them names: let its `server` be this one."""
    yield from running(tmp_path_factory.mktemp("server"))


@pytest.fixture
def fresh_server(tmp_path: Path) -> Iterator[Server]:
    """A server that no browser has seen yet."""
    yield from running(tmp_path)


def running(folder: Path, command: str = AS_MAKE_RUN) -> Iterator[Server]:
    server = Server(folder, command)
    server.start()
    try:
        yield server
    finally:
        server.kill()


@pytest.fixture
def watch(context: BrowserContext) -> Iterator[Watch]:
    context.set_default_timeout(PATIENCE)
    watch = Watch(context)
    yield watch
    assert watch.faults == []


@pytest.fixture
def tab(watch: Watch, page: Page) -> Page:
    """An empty tab that is being watched."""
    return page


@pytest.fixture
def lab(tab: Page, server: Server) -> Iterator[Lab]:
    """The dashboard in a watched tab. The run that it shows in the end is stopped: the next test finds none alive."""
    lab = Lab(tab, server.address)
    yield lab
    lab.leave_nothing_running()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failing test shows what its server logged."""
    report = yield
    funcargs: dict[str, object] = getattr(item, "funcargs", {})
    for server in (funcargs.get("server"), funcargs.get("fresh_server")):
        if report.failed and isinstance(server, Server):
            report.sections.append(("server log", server.log))
    return report
