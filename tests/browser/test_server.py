"""The server's two ends: the very first visitor may open any page, and Ctrl-C loses nothing of a run that trains."""

import pytest
from playwright.sync_api import Page, expect

from makemore_core.training.store import RunStore
from tests.browser.lab import SMALL, Lab
from tests.browser.server import Server


@pytest.mark.parametrize("path", ["/inside", pytest.param("/", marks=pytest.mark.long)])
def test_the_first_visitor_may_open_any_page(path: str, fresh_server: Server, tab: Page):
    lab = Lab(tab, fresh_server.address)
    lab.open(path)
    expect(tab.get_by_test_id("stTopNavLink").first).to_contain_text("Train")
    expect(lab.groups).to_have_text(["What it learned", "How it learns", "Many runs", "This lab"])
    lab.play()
    lab.stop()


@pytest.mark.long
def test_ctrl_c_keeps_a_running_run_and_play_resumes_it(fresh_server: Server, tab: Page):
    lab = Lab(tab, fresh_server.address)
    lab.open(f"/?{SMALL}")
    lab.play()
    lab.wait_for_step(10)
    run, seen = lab.chosen_run, lab.step_number
    lab.leave()
    assert fresh_server.interrupt() == 0

    stopped_at = stored_step(fresh_server, run)
    assert stopped_at >= seen
    fresh_server.start()
    lab = Lab(tab, fresh_server.address)
    lab.open(f"/?run={run}")
    expect(lab.state).to_have_text("stopped")
    assert lab.step_number == stopped_at
    lab.play()
    lab.wait_for_step(stopped_at + 1)
    assert lab.chosen_run == run


def stored_step(server: Server, run: str) -> int:
    """The step at which the store says the run stopped; its checkpoint is of the same step."""
    store = RunStore(server.store)
    row, checkpoint = store.run(run), store.checkpoint(run)
    store.close()
    assert row.progress.state == "stopped"
    assert checkpoint is not None
    assert checkpoint["step"].item() == row.progress.step
    return row.progress.step
