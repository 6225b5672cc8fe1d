"""Fork here and Train on: what the bar offers at a step and at the end, and what comes of it."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from makemore_core.config import RunConfig
from makemore_core.training import spacing
from makemore_core.training.reader import AnyRun
from pages.ui import run_fork
from pages.ui.manager import acting_manager, run_manager
from tests.conftest import wait_until
from tests.pages.conftest import Opener, widget
from tests.pages.test_pages import PAGES
from tests.pages.test_run_bar import state

RATE = "optimizer.learning_rate"


def finished(config: RunConfig, **settings: Any) -> AnyRun:
    run = acting_manager().start(config.with_values({"max_steps": 300} | settings))
    run.join(60)
    return run


def opened(open_page: Opener, run: str, page: str = "pages/train.py", **parameters: object) -> AppTest:
    """With the popover open: AppTest cannot press it."""
    tab = open_page(page, run=run, **parameters)
    over = "here" if parameters else "over"
    tab.session_state[f"fork-{run}-{over}"] = True
    return tab.run()


def test_a_step_is_forked_with_half_the_rate(open_page: Opener, config: RunConfig):
    run = finished(config)
    tab = opened(open_page, run.id, step=128)
    assert widget(tab, "forkSGDConfig.learning_rate").value == 0.1
    widget(tab, "forkSGDConfig.learning_rate").set_value(0.05).run()
    tab.button(key="fork_now").click().run()
    fork = tab.query_params["run"]
    assert fork != run.id
    assert "step" not in tab.query_params
    row = run_manager().row(fork)
    assert (row.parent, row.parent_step) == (run.id, 128)
    assert run_manager().config(fork) == run_manager().config(run.id).with_values({RATE: 0.05})
    wait_until(lambda: state(tab.run()) == "finished")


def test_a_step_without_weights_names_the_nearest_with_them(
    open_page: Opener, config: RunConfig, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(spacing, "SNAPSHOTS", 1)  # as of a net too large for it
    run = finished(config)
    tab = opened(open_page, run.id, step=128)
    assert tab.button(key="fork_now").disabled
    assert any("the nearest that was is 0" in caption.value for caption in tab.caption)


def test_another_optimizer_brings_its_own_knobs_and_the_data_their_list(open_page: Opener, config: RunConfig):
    run = finished(config)
    tab = opened(open_page, run.id, step=128)
    more(tab)
    assert widget(tab, "forkSGDConfig.weight_decay").value == 0
    widget(tab, "forkoptimizer").set_value("adam").run()
    assert widget(tab, "forkAdamConfig.learning_rate").value == 1e-3
    tab.button(key="fork_now").click().run()
    assert run_manager().config(tab.query_params["run"]).optimizer.name == "adam"


def test_a_finished_run_trains_on(open_page: Opener, config: RunConfig):
    run = finished(config)
    tab = opened(open_page, run.id)
    assert widget(tab, "longerRunConfig.max_steps").value == 600
    tab.button(key="train_longer").click().run()
    assert tab.query_params["run"] == run.id
    wait_until(lambda: run_manager().row(run.id).progress.step == 600)


@pytest.mark.parametrize("page", PAGES)
def test_the_forms_open_on_every_page(page: str, open_page: Opener, config: RunConfig):
    tab = opened(open_page, finished(config, max_steps=5).id, page)
    assert [e.value for e in tab.exception] == []
    assert not tab.button(key="train_longer").disabled


def test_a_finished_run_is_forked_at_its_end_too(open_page: Opener, config: RunConfig):
    run = finished(config)
    tab = opened(open_page, run.id)
    tab.button(key="fork_now").click().run()
    row = run_manager().row(tab.query_params["run"])
    assert (row.parent, row.parent_step, row.progress.max_steps) == (run.id, 299, 600)


def test_data_of_another_alphabet_begin_nothing(open_page: Opener, config: RunConfig):
    run = finished(config)
    tab = opened(open_page, run.id, step=128)
    more(tab)
    widget(tab, "forkDataConfig.dataset").set_value("us-names-2018").run()
    tab.button(key="fork_now").click().run()
    assert tab.query_params["run"] == run.id
    assert len(run_manager().runs()) == 1


def more(tab: AppTest) -> None:
    widget(tab, "fork_more").set_value(True).run()


def test_every_setting_of_the_form_is_a_knob() -> None:
    for path in (*run_fork.FIRST, *run_fork.MORE):
        RunConfig().knob_at(path)


def test_what_is_locked_is_not_turned_by_a_fork_nor_by_training_on(open_page: Opener, config: RunConfig):
    run = finished(config)
    tab = opened(open_page, run.id, step=128, lock="optimizer")
    more(tab)
    assert widget(tab, "forkoptimizer").disabled
    assert not widget(tab, "forkschedule").disabled
    widget(tab, "forkSGDConfig.learning_rate").set_value(0.05).run()
    tab.session_state["limits"] = {"locked": (RATE,)}  # whatever was turned before
    tab.button(key="fork_now").click().run()
    assert "is set by your teacher" in tab.info[0].value
    tab = opened(open_page, run.id)
    tab.session_state["limits"] = {"locked": ("max_steps",)}
    tab.button(key="train_longer").click().run()
    assert "is set by your teacher" in tab.info[0].value
    assert [row.id for row in run_manager().runs()] == [run.id]
    assert run_manager().row(run.id).progress.step == 300


def test_a_setting_that_cannot_be_leaves_the_form_as_it_was(open_page: Opener, config: RunConfig):
    tab = opened(open_page, finished(config).id, step=128)
    more(tab)
    widget(tab, "forkRunConfig.seed").set_value(-1).run()
    assert "seed" in tab.info[0].value
    assert widget(tab, "forkRunConfig.seed").value == config.seed
    assert not tab.button(key="fork_now").disabled
