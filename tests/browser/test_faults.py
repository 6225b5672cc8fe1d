"""What people see when something breaks: every tab says what happened, what is kept, and what to do."""

import os
import re
import resource
import shutil
import sqlite3
import time
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from makemore_core.training.schema import VERSION
from makemore_core.training.store import RunStore
from tests.browser.lab import SMALL, Lab
from tests.browser.server import PROJECT, Server
from tests.browser.watch import Watch

# one step takes seconds
LARGE = (
    "model=transformer&model.n_layers=6&model.n_head=6&model.n_embd=384&model.block_size=16&batch_size=256"
    "&max_steps=1000"
)
ENDS_WITHIN = 5.0  # seconds
POLLED_WITHIN = 1_500  # milliseconds
TOLD_WITHIN = 2_000  # milliseconds
TOO_LARGE = (
    "model=transformer&model.n_layers=24&model.n_head=32&model.n_embd=1024&model.block_size=1024&batch_size=8192"
)
A_BUG = """
_advance = Trainer.advance


def _advance_as_far_as_the_bug(self, *steps):
    if self.number > 300:
        raise RuntimeError("a bug of somebody's")
    return _advance(self, *steps)


Trainer.advance = _advance_as_far_as_the_bug
"""


def info(page: Page, words: str) -> Locator:
    return page.get_by_test_id("stAlertContentInfo").filter(has_text=words)


def trained_to(step: int, server: Server, tab: Page) -> Lab:
    """A small run that is past a step, and goes on."""
    lab = Lab(tab, server.address)
    lab.open(f"/?{SMALL}")
    lab.play()
    lab.wait_for_step(step)
    return lab


@contextmanager
def no_room(server: Server) -> Generator[None]:
    """The server's process can write nothing for so long."""
    before = resource.prlimit(server.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (0, before[1]))
    yield
    resource.prlimit(server.pid, resource.RLIMIT_FSIZE, before)


@pytest.mark.long
def test_a_full_disk_pauses_the_run_with_the_reason_and_lets_it_go_on(fresh_server: Server, tab: Page):
    lab = trained_to(100, fresh_server, tab)
    with no_room(fresh_server):
        expect(lab.state).to_have_text("paused")
        told = info(tab, "cannot be written")
        expect(told).to_contain_text("make room there")
        expect(told).to_contain_text("in memory, and goes on by itself")
        waits_at = lab.step_number
    expect(lab.state).to_have_text("running")
    expect(told).to_have_count(0)
    lab.wait_for_step(waits_at + 1)
    lab.stop()


@pytest.mark.long
def test_a_store_that_may_only_be_read_is_there_for_looking(fresh_server: Server, tab: Page):
    if os.geteuid() == 0:
        pytest.skip("root may write everything; tests/reliability/test_disk.py looks as another user")
    lab = trained_to(10, fresh_server, tab)
    lab.stop()
    lab.leave()
    fresh_server.interrupt()
    fresh_server.store.chmod(0o444)
    fresh_server.start()
    lab = Lab(tab, fresh_server.address)
    lab.open()
    expect(tab.get_by_text("it may only be read; give yourself the right")).to_be_visible()
    fresh_server.store.chmod(0o644)


@pytest.mark.long
def test_kill_9_costs_a_second_at_most_and_the_next_start_offers_to_go_on(fresh_server: Server, tab: Page):
    lab = trained_to(500, fresh_server, tab)
    run = lab.chosen_run
    lab.leave()
    fresh_server.kill()
    fresh_server.start()
    lab = Lab(tab, fresh_server.address)
    lab.open()
    expect(tab.get_by_text(re.compile(f"{run} was interrupted at step [1-9]"))).to_be_visible()
    tab.get_by_role("button", name="Go on").click()
    expect(lab.state).to_have_text("running")
    assert lab.chosen_run == run
    lab.wait_for_step(500)
    lab.stop()


@pytest.mark.long
def test_the_second_server_on_a_store_looks_only_until_the_first_has_ended(fresh_server: Server, tab: Page):
    Lab(tab, fresh_server.address).open()
    second = Server(fresh_server.store.parent)
    second.start()
    try:
        lab = Lab(tab, second.address)
        lab.open(f"/?{SMALL}")
        expect(tab.get_by_text(f"Process {fresh_server.pid} on ")).to_be_visible()
        lab.button("Play").click()
        expect(info(tab, "To start a run, end that one first.")).to_be_visible()
        fresh_server.interrupt()
        lab.reload()
        expect(tab.get_by_text("writes the store since")).to_have_count(0)
        lab.play()
        lab.stop()
    finally:
        second.kill()


@pytest.mark.long
def test_an_exception_in_the_thread_is_told_in_every_tab(tmp_path: Path, tab: Page, watch: Watch):
    project = a_copy(tmp_path)
    with (project / "makemore_core/training/trainer.py").open("a") as source:
        source.write(A_BUG)
    server = Server(tmp_path, project=project)
    server.start()
    try:
        lab = Lab(tab, server.address)
        lab.open(f"/?{SMALL}")
        lab.choose_speed("20 steps/s")
        lab.play()
        other = lab.another_tab(f"/inside?run={lab.chosen_run}")
        lab.choose_speed("turbo")
        expect(lab.state).to_have_text("failed")
        expect(other.state).to_have_text("failed", timeout=TOLD_WITHIN)
        for page in (lab.page, other.page):
            told = page.get_by_test_id("stAlertContentError")
            expect(told).to_contain_text("a bug of somebody's")
            expect(told).to_contain_text(re.compile("step 3[0-9]{2}"))
    finally:
        server.kill()
    assert len(watch.faults) == 2
    assert all("a bug of somebody's" in fault for fault in watch.faults)
    watch.faults.clear()


@pytest.mark.long
def test_a_run_waits_in_the_queue_and_says_for_what(fresh_server: Server, tab: Page):
    lab = trained_to(1, fresh_server, tab)
    before = lab.chosen_run
    for _ in range(os.cpu_count() or 1):
        before = lab.chosen_run
        lab.new_run()
        expect(lab.run_picker).not_to_have_value(re.compile(f"^{before} "))
    expect(info(tab, "Waits for")).to_be_visible()
    assert lab.step_number == 0
    waiting = lab.chosen_run
    tab.goto(f"{lab.address}/?run={before}")
    lab.wait_for_charts()
    lab.stop()
    tab.goto(f"{lab.address}/?run={waiting}")
    lab.wait_for_charts()
    lab.wait_for_step(1)
    expect(info(tab, "Waits for")).to_have_count(0)


@pytest.mark.long
def test_what_does_not_fit_is_refused_with_the_way_out(fresh_server: Server, tab: Page):
    tab.goto(f"{fresh_server.address}/?{TOO_LARGE}")
    told = info(tab, "are left").first
    expect(told).to_contain_text("needs about")
    expect(told).to_contain_text("Lower `batch_size`, `block_size` or the net's sizes.")


@pytest.mark.long
def test_a_run_deleted_elsewhere_is_missed_with_a_sentence_and_a_way_on(fresh_server: Server, tab: Page):
    lab = trained_to(10, fresh_server, tab)
    lab.stop()
    run = lab.chosen_run
    with closing(RunStore(fresh_server.store)) as store:
        store.put_away(run)
    lab.reload()
    expect(info(tab, f"{run}")).to_be_visible()
    lab.play()
    assert lab.chosen_run != run
    lab.stop()


@pytest.mark.long
def test_a_damaged_checkpoint_is_told_with_the_command_that_mends(fresh_server: Server, tab: Page):
    lab = trained_to(300, fresh_server, tab)
    lab.stop()
    run = lab.chosen_run
    lab.leave()
    fresh_server.interrupt()
    with closing(sqlite3.connect(fresh_server.store)) as db:
        content = bytearray(db.execute("SELECT content FROM checkpoints WHERE run = ?", (run,)).fetchone()[0])
        content[-20] ^= 1
        db.execute("UPDATE checkpoints SET content = ? WHERE run = ?", (content, run))
        db.commit()
    fresh_server.start()
    lab = Lab(tab, fresh_server.address)
    lab.open(f"/?run={run}")
    lab.button("Play").click()
    told = info(tab, "is damaged").first
    expect(told).to_contain_text("runs check --repair")


@pytest.mark.long
@pytest.mark.parametrize(("damage", "words"), [("newer", "newer Makemore Lab"), ("other", "cannot be used")])
def test_a_store_that_cannot_be_opened_says_why_and_is_left_alone(
    damage: str, words: str, fresh_server: Server, tab: Page
):
    fresh_server.kill()
    if damage == "newer":
        with closing(sqlite3.connect(fresh_server.store)) as db:
            db.execute(f"PRAGMA user_version = {VERSION + 1}")
    else:
        fresh_server.store.write_bytes(b"no store" * 1000)
    before = fresh_server.store.read_bytes()
    fresh_server.start()
    for path in ("/", "/runs"):
        tab.goto(fresh_server.address + path)
        expect(tab.get_by_text(words)).to_be_visible()
        expect(tab.get_by_role("button", name="Try again")).to_be_visible()
    assert fresh_server.store.read_bytes() == before


@pytest.mark.long
def test_sigterm_and_ctrl_c_end_a_server_in_the_middle_of_a_long_step(fresh_server: Server, tab: Page):
    for end in (fresh_server.terminate, fresh_server.interrupt):
        lab = Lab(tab, fresh_server.address)
        lab.open(f"/?{LARGE}")
        lab.button("Play").click()
        expect(lab.state).to_have_text("running")
        run = lab.chosen_run
        lab.leave()
        asked = time.monotonic()
        end()
        assert time.monotonic() - asked < ENDS_WITHIN
        store = RunStore(fresh_server.store)
        row, checkpoint = store.run(run), store.checkpoint(run)
        store.close()
        assert checkpoint is not None
        assert (row.progress.state, row.progress.step) == ("stopped", checkpoint["step"].item())
        fresh_server.start()
    fresh_server.kill()


@pytest.mark.long
def test_an_edit_while_it_trains_makes_no_second_trainer(tmp_path: Path, tab: Page):
    project = a_copy(tmp_path)
    server = Server(tmp_path, project=project)
    server.start("--server.fileWatcherType=poll", "--server.runOnSave=true")
    try:
        goes_on_while_edited(server, project, trained_to(10, server, tab))
    finally:
        server.kill()


def a_copy(folder: Path) -> Path:
    """Of the project, to be edited."""
    project = folder / "project"
    shutil.copytree(PROJECT, project, ignore=shutil.ignore_patterns(".*", "tests", "docs", "benchmarks"))
    shutil.copytree(PROJECT / ".streamlit", project / ".streamlit")
    return project


def goes_on_while_edited(server: Server, project: Path, lab: Lab) -> None:
    run = lab.chosen_run
    for module in ("makemore_core/training/run.py", "makemore_core/training/recorder.py", "pages/ui/run_bar.py"):
        with (project / module).open("a") as source:
            source.write("\n")
        lab.page.wait_for_timeout(POLLED_WITHIN)
        lab.reload()
        lab.wait_for_step(lab.step_number + 10)
        expect(lab.state).to_have_text("running")
    assert lab.chosen_run == run
    expect(lab.button("Pause")).to_be_visible()  # the page knows the state that an older class names
    lab.stop()
    lab.leave()
    with closing(RunStore(server.store)) as store:
        assert [row.id for row in store.runs()] == [run]
        assert store.marks(run) == []
        assert store.losses(run)[:, 1].sum() == store.run(run).progress.step  # no step twice
