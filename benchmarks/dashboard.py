"""A dashboard to be timed: a server with a store of its own, Chromium before it, and runs that are far already."""

import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import BrowserContext, Page, sync_playwright
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.rounds import ENDLESS
from makemore_core.errors import InputError
from makemore_core.presets import preset_named
from makemore_core.training.manager import RunManager
from makemore_core.training.run import Command
from makemore_core.training.store import RunStore
from tests.browser.conftest import FLAGS, PATIENCE
from tests.browser.find_chromium import find_chromium
from tests.browser.lab import Lab
from tests.browser.server import Server

GLANCE = 0.01  # seconds between two looks at a run
LONGEST_WAIT = 30.0  # seconds


class Dashboard:
    """The server, and tabs that look at it."""

    def __init__(self, server: Server, context: BrowserContext) -> None:
        self.server, self._context = server, context

    def tab(self) -> Lab:
        """An empty tab."""
        return Lab(self._context.new_page(), self.server.address)

    def open(self, path: str) -> Lab:
        """A tab that shows a page with all its charts."""
        tab = self.tab()
        tab.open(path)
        return tab


class Refreshes:
    """How long each refresh of a page took: from the first message of a fragment's run to its last, in milliseconds."""

    def __init__(self, page: Page) -> None:
        self.milliseconds: list[float] = []
        self._page, self._began = page, 0.0
        page.on("websocket", lambda socket: socket.on("framereceived", self._note))

    def wait_for(self, n: int) -> list[float]:
        """The next n of them."""
        self.milliseconds.clear()
        end = time.perf_counter() + LONGEST_WAIT
        while len(self.milliseconds) < n:
            if time.perf_counter() > end:
                raise InputError(f"The page refreshed itself less than {n} times in {LONGEST_WAIT:.0f} s.")
            self._page.wait_for_timeout(1000 * GLANCE)
        return self.milliseconds[:n]

    def _note(self, payload: bytes | str) -> None:
        now = time.perf_counter()
        message = ForwardMsg.FromString(payload if isinstance(payload, bytes) else payload.encode())
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self._began = now
        if kind == "script_finished" and message.script_finished == ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY:
            self.milliseconds.append(1000 * (now - self._began))


@contextmanager
def dashboard(server: Server) -> Generator[Dashboard]:
    """A started server and a browser; both end with the block."""
    browser_path = find_chromium()
    if browser_path is None:
        raise InputError("The watched cases need Chromium or Chrome; `make chromium` installs one.")
    server.start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=browser_path, args=FLAGS.split())
            context = browser.new_context(viewport={"width": 1280, "height": 900})
            context.set_default_timeout(PATIENCE)
            yield Dashboard(server, context)
            browser.close()
    finally:
        server.kill()


@contextmanager
def fresh_server() -> Generator[Server]:
    """A server that is not started yet, in a folder that goes with the block."""
    with TemporaryDirectory() as folder:
        yield Server(Path(folder))


def train_until(store_path: Path, preset: str, name: str, steps: int) -> None:
    """A run of a preset in a store, stopped once it has done so many steps."""
    store = RunStore(store_path)
    manager = RunManager(store)
    run = manager.start(preset_named(preset).config.with_values({"max_steps": ENDLESS}), preset=preset, name=name)
    while run.is_alive and manager.row(name).progress.step < steps:
        time.sleep(GLANCE)
    run.send(Command.STOP)
    run.join()
    store.close()


def steps_per_second(store: RunStore, run: str, seconds: float) -> float:
    """How fast another process trains a run: from one of its saves to a later one."""
    first, started = _next_save(store, run)
    last, now = first, started
    while now - started < seconds:
        last, now = _next_save(store, run)
    return (last - first) / (now - started)


def _next_save(store: RunStore, run: str) -> tuple[int, float]:
    """The step that the store holds next, and when it came."""
    before, end = store.run(run).progress.step, time.perf_counter() + LONGEST_WAIT
    while (progress := store.run(run).progress).step == before:
        if time.perf_counter() > end:
            raise InputError(f"The run {run!r} is {progress.state} and saved nothing for {LONGEST_WAIT:.0f} s.")
        time.sleep(GLANCE)
    return progress.step, time.perf_counter()
