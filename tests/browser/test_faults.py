"""What people see when something breaks: every tab says what happened, what is kept, and what to do."""

import shutil
import time
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from makemore_core.training.store import RunStore
from tests.browser.lab import SMALL, Lab
from tests.browser.server import PROJECT, Server

# one step takes seconds
LARGE = (
    "model=transformer&model.n_layers=6&model.n_head=6&model.n_embd=384&model.block_size=16&batch_size=256"
    "&max_steps=1000"
)
ENDS_WITHIN = 5.0  # seconds
POLLED_WITHIN = 1_500  # milliseconds


@pytest.mark.long
def test_sigterm_and_ctrl_c_end_a_server_in_the_middle_of_a_long_step(fresh_server: Server, tab: Page):
    for end in (fresh_server.terminate, fresh_server.interrupt):
        lab = Lab(tab, fresh_server.address)
        lab.open(f"/?{LARGE}")
        lab.button("Play").click()
        expect(lab.state).to_have_text("running")
        run = lab.chosen_run
        tab.goto("about:blank")
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
    project = tmp_path / "project"
    shutil.copytree(PROJECT, project, ignore=shutil.ignore_patterns(".*", "tests", "docs", "benchmarks"))
    shutil.copytree(PROJECT / ".streamlit", project / ".streamlit")
    server = Server(tmp_path, project=project)
    server.start("--server.fileWatcherType=poll", "--server.runOnSave=true")
    try:
        goes_on_while_edited(server, project, Lab(tab, server.address))
    finally:
        server.kill()


def goes_on_while_edited(server: Server, project: Path, lab: Lab) -> None:
    lab.open(f"/?{SMALL}")
    lab.play()
    lab.wait_for_step(10)
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
    lab.page.goto("about:blank")
    with closing(RunStore(server.store)) as store:
        assert [row.id for row in store.runs()] == [run]
        assert store.marks(run) == []
        assert store.losses(run)[:, 1].sum() == store.run(run).progress.step  # no step twice
