"""The bar: Play always does something, nothing is lost, and the URL names the run that all panels show."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from makemore_core.workers.on_ray import NOT_SET
from pages.ui.literal import literal
from pages.ui.live import CALM
from pages.ui.manager import run_manager
from pages.ui.session import PACES
from tests.conftest import wait_until
from tests.pages.conftest import Opener, widget

SMALL = {"preset": "seed000-layers", "model.n_hidden": 16, "max_steps": 1_000_000}
PATIENCE = 60.0  # seconds; a process imports torch
SHORT = SMALL | {"max_steps": 20}


def test_play_starts_a_run_that_the_url_names(open_page: Opener):
    tab = open_page(**SMALL)
    press(tab, "play")
    assert state(tab) == "running"
    assert tab.query_params["run"] == widget(tab, "run_picker").value


def test_pause_and_play_act_on_the_same_run(open_page: Opener):
    tab = open_page(**SMALL)
    press(tab, "play")
    run = tab.query_params["run"]
    press_until(tab, "play", "paused")
    press_until(tab, "play", "running")
    assert tab.query_params["run"] == run


def test_play_after_stop_goes_on(open_page: Opener):
    tab = open_page(**SMALL)
    press(tab, "play")
    run = tab.query_params["run"]
    press_until(tab, "stop", "stopped")
    assert tab.button(key="stop").disabled
    press_until(tab, "play", "running")
    assert tab.query_params["run"] == run


def test_a_run_that_goes_on_keeps_to_the_speed_in_the_bar(open_page: Opener):
    tab = open_page(**SMALL)
    widget(tab, "pace").set_value("2 steps/s").run()
    press(tab, "play")
    run = tab.query_params["run"]
    press_until(tab, "stop", "stopped")
    press_until(tab, "play", "running")
    assert run_manager()._runs[run].pace == PACES["2 steps/s"]


def test_a_run_begins_where_the_settings_say_and_goes_on_there(open_page: Opener):
    tab = open_page(**SMALL)
    widget(tab, "where").set_value("processes").run()
    tab.button(key="play").click().run()  # a notice says that it waits for its process
    run = tab.query_params["run"]
    assert run_manager().where(run) == "processes"
    wait_until(lambda: run_manager().row(run).progress.step > 0, PATIENCE)
    press_until(tab, "stop", "stopped")
    tab.button(key="play").click().run()
    assert run_manager().where(run) == "processes"
    assert run_manager().row(run).progress.is_alive


def test_a_place_that_cannot_be_used_says_why_and_starts_nothing(open_page: Opener):
    tab = open_page(**SMALL)
    widget(tab, "where").set_value("ray").run()
    assert literal(NOT_SET) in [caption.value for caption in tab.caption]
    tab.button(key="play").click().run()
    assert "run" not in tab.query_params
    assert literal(NOT_SET) in [info.value for info in tab.info]


def test_play_after_the_end_begins_another_run(open_page: Opener):
    tab = open_page(**SHORT)
    press_until(tab, "play", "finished")
    first = tab.query_params["run"]
    assert tab.button(key="step").disabled
    press(tab, "play")
    assert tab.query_params["run"] != first


def test_step_without_a_run_begins_one_and_holds_it_after_one_step(open_page: Opener):
    tab = open_page(**SMALL)
    press(tab, "step")
    wait_until(lambda: "step **1** of" in standing(tab.run()))
    assert state(tab) == "paused"


def test_reset_begins_a_fresh_run_and_keeps_the_old_one(open_page: Opener):
    tab = open_page(**SMALL)
    press(tab, "play")
    first = tab.query_params["run"]
    press(tab, "reset")
    assert tab.query_params["run"] != first
    assert state(tab) == "paused"
    assert "step **0** of" in standing(tab)
    assert len(widget(tab, "run_picker").options) == 3
    widget(tab, "run_picker").set_value(first).run()
    wait_until(lambda: state(tab.run()) == "stopped")


def test_a_failure_is_told_in_every_tab_with_its_step_and_play_goes_on(open_page: Opener):
    tab = open_page(**SMALL)
    press(tab, "step")
    run = run_manager()._runs[tab.query_params["run"]]
    wait_until(lambda: "step **1** of" in standing(tab.run()))
    other = open_page("pages/inside.py", run=run.id)
    run.trainer.y.fill_(99)  # no such character
    tab.button(key="play").click().run()
    wait_until(lambda: state(tab.run()) == "failed")
    for each in (tab.run(), other.run()):
        assert [error.value for error in each.error] == [
            literal(
                "At step 1 it failed: IndexError: Target 99 is out of bounds. Play goes on from its last checkpoint."
            )
        ]
    tab.button(key="play").click().run()
    wait_until(lambda: state(tab.run()) == "running")
    assert tab.query_params["run"] == run.id
    assert CALM <= 1.0  # seconds until an open tab hears of it


def test_time_and_memory_stand_beside_play(open_page: Opener):
    tab = open_page(**SMALL)
    assert any(re.fullmatch(r"About .* (s|min|h) and \d+ MB of memory\.", c.value) for c in tab.sidebar.caption)
    huge = {"model.n_layers": 24, "model.n_embd": 1024, "model.n_head": 32, "model.block_size": 1024}
    tab = open_page(model="transformer", batch_size=8192, **huge)
    assert not tab.exception
    tab.button(key="new_run").click().run()
    assert any("are left" in info.value for info in tab.info)
    assert "run" not in tab.query_params


def test_a_new_run_starts_beside_the_first(open_page: Opener):
    tab = open_page(**SMALL)
    press(tab, "play")
    first = tab.query_params["run"]
    press(tab, "new_run")
    assert tab.query_params["run"] != first
    widget(tab, "run_picker").set_value(first).run()
    assert state(tab) == "running"
    assert tab.query_params["run"] == first


def test_no_run_can_be_chosen_too(open_page: Opener):
    tab = open_page(**SHORT)
    press_until(tab, "play", "finished")
    widget(tab, "run_picker").set_value("").run()
    assert "untrained" in standing(tab)
    assert "run" not in tab.query_params


def test_other_settings_than_the_shown_run_has_are_named(open_page: Opener):
    tab = open_page(**SHORT)
    press_until(tab, "play", "finished")
    widget(tab, "RunConfig.seed").set_value(7).run()
    assert any("other settings: seed" in caption.value for caption in tab.sidebar.caption)


def test_a_tab_without_a_run_in_its_url_finds_the_running_one(open_page: Opener):
    tab = open_page(**SMALL)
    press(tab, "play")
    assert open_page("pages/inside.py").query_params["run"] == tab.query_params["run"]


@pytest.mark.parametrize("preset", ["lecture3-kaiming", "lecture3-deep"])
def test_a_run_carries_the_name_of_its_preset(preset: str, open_page: Opener):
    tab = open_page(preset=preset)
    press(tab, "step")
    assert preset in widget(tab, "run_picker").options[1]
    assert any("Published" in text.value for text in tab.markdown)


def press(tab: AppTest, button: str) -> None:
    tab.button(key=button).click().run()
    assert [box.value for box in (*tab.exception, *tab.error, *tab.info)] == []


def press_until(tab: AppTest, button: str, wanted: str) -> None:
    """Press once, and look again until the run is in the wanted state."""
    press(tab, button)
    wait_until(lambda: state(tab.run()) == wanted)


def state(tab: AppTest) -> str:
    """The word on the bar's badge."""
    return next((m.value.partition("[")[2].rstrip("]") for m in tab.markdown if "-badge[" in m.value), "")


def standing(tab: AppTest) -> str:
    return "\n".join(m.value for m in tab.markdown)
