"""What trains side by side on pages, without a browser: Three forms, training without backward(), and on minitorch."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from streamlit.testing.v1 import AppTest

from makemore_core.config import RunConfig
from makemore_core.models import ModelConfig
from makemore_core.models.bigram import BigramConfig
from makemore_core.models.counting import CountingConfig
from makemore_core.models.deep_mlp import DeepMLPConfig
from makemore_core.models.mlp import MLPConfig
from makemore_core.models.recurrent import GRUConfig
from makemore_core.models.wavenet import WaveNetConfig
from makemore_core.tasks import Report
from makemore_core.training.walks import on_engines
from pages.ui.lockstep import Asked
from pages.ui.minitorch.side_by_side import ENGINES, PANEL
from pages.ui.tasks import tasks
from tests.conftest import wait_until
from tests.pages.conftest import LONGEST_RUN, Opener, widget
from tests.pages.test_pages import trained

VIEW = """
from pages.ui import session
from pages.ui.{view} import draw
session.begin()
draw(session.snapshot())
"""
KNOWN = (MLPConfig(n_hidden=8), DeepMLPConfig(n_hidden=8, activation="leaky-relu"), WaveNetConfig(n_hidden=8))
UNKNOWN = (CountingConfig(), BigramConfig(), GRUConfig(n_hidden=8, n_embd=8))

View = Callable[..., AppTest]


@pytest.fixture
def open_view() -> View:
    """Draw a view by itself, as its page does, with what the address says."""

    def opened(view: str, **parameters: object) -> AppTest:
        tab = AppTest.from_string(VIEW.format(view=view), default_timeout=LONGEST_RUN)
        tab.query_params.update({path: str(value) for path, value in parameters.items()})
        return tab.run()

    return opened


def test_three_forms_are_trained_and_said_to_be_equal(open_page: Opener, config: RunConfig) -> None:
    tab = open_page("pages/three_forms.py", **{"data.dataset": config.data.dataset, "model.n_hidden": 8})
    when_done(tab)
    said = text(tab)
    assert "own layers: every loss and every parameter equals that of raw tensors to the bit" in said
    assert "nn.Module: every loss and every parameter equals that of raw tensors to the bit" in said
    assert "minitorch: bits first differ" in said
    assert len([code for code in tab.code if "def forward" in code.value]) == 3
    before = list(known_tasks().values())
    tab.button(key="three_forms-again").click().run()
    assert list(known_tasks().values()) != before
    when_done(tab)


@pytest.mark.long
def test_other_sizes_are_trained_anew(open_page: Opener, config: RunConfig) -> None:
    tab = open_page("pages/three_forms.py", **{"data.dataset": config.data.dataset, "model.n_hidden": 8})
    when_done(tab)
    before = len(known_tasks())
    widget(tab, "three_forms.MLPConfig.n_embd").set_value(5).run()
    assert len(known_tasks()) == before + 1
    when_done(tab)
    assert [e.value for e in tab.error] == []


@pytest.mark.parametrize("model", KNOWN, ids=lambda model: model.name)
def test_by_hand_trains_beside_autograd(
    model: ModelConfig, open_view: View, store_path: Path, config: RunConfig
) -> None:
    run = trained(store_path, replace(config, model=model, max_steps=30))
    tab = open_view("backprop.without_backward", run=run)
    tab.button_group[0].set_value(30).run()
    tab.button(key="without_backward-begin").click().run()
    when_done(tab)
    assert "by hand: bits first differ" in text(tab)
    assert any("def cross_entropy_backward" in code.value for code in tab.code)


@pytest.mark.parametrize("model", UNKNOWN, ids=lambda model: model.name)
def test_a_network_without_a_form_by_hand_leads_to_lecture_4(
    model: ModelConfig, open_view: View, store_path: Path, config: RunConfig
) -> None:
    run = trained(store_path, replace(config, model=model, max_steps=1, batch_size=0))
    tab = open_view("backprop.without_backward", run=run)
    assert "not written by hand here" in tab.info[0].value
    tab.button(key="take_lecture_4").click().run()
    assert [e.value for e in tab.error] == []
    assert any(button.key == "without_backward-begin" for button in tab.button)


def test_the_next_run_trains_by_hand_when_asked(open_view: View) -> None:
    tab = open_view("backprop.without_backward", preset="lecture4-manual")
    tab.button(key="train_by_hand").click().run()
    assert tab.session_state["draft"]["config"]["engine"] == "by_hand"
    tab.button(key="train_auto").click().run()
    assert tab.session_state["draft"]["config"]["engine"] == "auto"


def test_engines_side_by_side_leave_out_what_they_do_not_know(
    open_view: View, store_path: Path, config: RunConfig
) -> None:
    run = trained(store_path, replace(config, model=GRUConfig(n_hidden=8, n_embd=8), max_steps=20))
    tab = open_view("minitorch.side_by_side", run=run)
    tab.button_group[0].set_value(20).run()
    tab.button(key="side_by_side-begin").click().run()
    when_done(tab)
    said = text(tab)
    for engine in ("minitorch", "by hand", "compiled"):
        assert f"{engine} is left out" in said


def test_places_are_kept_before_the_first_numbers_and_cancelling_is_answered_at_once(
    open_view: View, store_path: Path, config: RunConfig
) -> None:
    config = replace(config, model=MLPConfig(n_hidden=8), max_steps=20, engine="autograd")
    asked, leave = Asked(PANEL, on_engines(config, ENGINES), 20), Event()

    def busy(report: Report) -> None:
        leave.wait(60.0)
        report(1.0)

    task = tasks().begin(asked.key, busy)
    tab = open_view("minitorch.side_by_side", run=trained(store_path, config))
    tab.button_group[0].set_value(20).run()
    assert "by hand: no step yet" in text(tab)
    assert [len(table.value) for table in tab.table] == [len(ENGINES)]
    tab.button(key="side_by_side-cancel").click().run()
    assert task.is_running
    assert tab.button(key="side_by_side-cancel").disabled
    leave.set()
    task.wait(10.0)
    tab.run()
    assert not tab.button(key="side_by_side-begin").disabled


def test_counting_has_no_gradient(open_view: View, store_path: Path, config: RunConfig) -> None:
    run = trained(store_path, replace(config, model=CountingConfig(), max_steps=1, batch_size=0))
    assert "no gradient" in open_view("minitorch.side_by_side", run=run).info[0].value


def known_tasks() -> dict:
    return tasks()._tasks


def when_done(tab: AppTest) -> None:
    wait_until(lambda: not any(task.is_running for task in known_tasks().values()), 60.0)
    tab.run()
    assert [e.value for e in tab.exception] == []
    assert [e.value for e in tab.error] == []


def text(tab: AppTest) -> str:
    return "\n".join(m.value.replace("\\", "") for m in tab.markdown)
