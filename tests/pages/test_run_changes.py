"""Turning a run's knobs on its way, and going back: what the bar offers, and what the run makes of it."""

from dataclasses import replace

import pytest

from makemore_core.config import RunConfig
from makemore_core.models.deep_mlp import DeepMLPConfig
from makemore_core.optimizers import SGDConfig
from pages.ui.manager import acting_manager, run_manager
from tests.conftest import wait_until
from tests.pages.conftest import Opener, widget
from tests.pages.test_run_bar import SMALL, press, press_until, state

WILD = DeepMLPConfig(n_hidden=8, n_embd=4, n_layers=6, batch_norm=False, activation="leaky-relu", gain=3)


def test_the_rate_in_the_bar_is_the_drafts_before_a_run(open_page: Opener):
    tab = open_page(**SMALL)
    widget(tab, "rate").set_value(0.02).run()
    assert tab.query_params["optimizer.learning_rate"] == "0.02"
    press(tab, "play")
    assert run_manager().config(tab.query_params["run"]).optimizer.learning_rate == 0.02


def test_the_rate_in_the_bar_changes_the_run_and_leaves_a_mark(open_page: Opener):
    tab = open_page(**SMALL)
    press(tab, "play")
    run = tab.query_params["run"]
    widget(tab, "rate").set_value(0.02).run()
    wait_until(lambda: run_manager().config(run).optimizer.learning_rate == 0.02)
    assert widget(tab.run(), "rate").value == 0.02
    snapshot = run_manager().snapshot(run)
    assert snapshot is not None
    assert [mark.text for mark in snapshot.marks] == ["learning rate 0.152 → 0.02"]
    assert "optimizer.learning_rate" not in tab.query_params  # the settings of the next run are as they were


@pytest.mark.parametrize(
    ("name", "value", "path"),
    [("runRunConfig.batch_size", 50, "batch_size"), ("runRunConfig.max_steps", 700_000, "max_steps"),
     ("runRunConfig.max_seconds", 90.0, "max_seconds"), ("runRunConfig.patience", 5_000, "patience")],
)  # fmt: skip
def test_batch_and_limits_change_too(open_page: Opener, name: str, value: float, path: str):
    tab = open_page(**SMALL)
    press(tab, "play")
    run = tab.query_params["run"]
    widget(tab, name).set_value(value).run()
    wait_until(lambda: run_manager().config(run).settings()[path] == value)


def test_a_run_that_was_never_well_is_begun_anew_at_a_tenth(open_page: Opener, config: RunConfig):
    run = acting_manager().start(replace(config, model=WILD, optimizer=SGDConfig(100.0), max_steps=400))
    run.join(60)
    tab = open_page(run=run.id)
    assert state(tab) == "diverged"
    assert "no longer a number" in tab.error[0].value
    assert tab.button(key="go_back").label == "Begin anew at learning rate 10"
    tab.button(key="go_back").click().run()
    assert tab.query_params["run"] != run.id
    assert run_manager().config(tab.query_params["run"]).optimizer.learning_rate == 10


def test_a_finished_run_says_why_if_it_was_not_for_its_steps(open_page: Opener):
    tab = open_page(**SMALL | {"max_seconds": 0.5})
    press_until(tab, "play", "finished")
    assert [info.value for info in tab.info] == ["Its 0\\.5 seconds of training are over\\."]


def test_how_the_loss_is_drawn_stays_with_the_tab(open_page: Opener):
    tab = open_page(**SMALL)
    widget(tab, "smoothing").set_value(0.5).run()
    assert widget(tab, "smoothing").value == 0.5
    tab.switch_page("pages/inside.py").run()
    tab.switch_page("pages/train.py").run()
    assert widget(tab, "smoothing").value == 0.5
