"""The learning-rate finder without a browser: it climbs, suggests, and its rate goes where one wants it."""

import time
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from makemore_core.config import RunConfig
from makemore_core.search.finder import NO_RATE, Finding
from makemore_core.search.suggestions import two_digits
from makemore_core.training.pace import Pace
from makemore_core.training.recorder import RunState
from pages.ui.manager import acting_manager, run_manager
from pages.ui.search.ramp import Asked
from pages.ui.tasks import tasks
from tests.conftest import wait_until
from tests.pages.conftest import LONGEST_RUN, widget

VIEW = """
from pages.ui import session
from pages.ui.search.learning_rate import draw
session.begin()
draw(session.snapshot())
session.publish()
"""
SMALL = {"preset": "lecture3-kaiming", "data.dataset": "us-names-2018", "model.n_hidden": "64", "model.n_embd": "8"}

View = Callable[..., AppTest]


@pytest.fixture
def open_view() -> View:
    """Draw the view by itself, as its page does, with what the address says."""

    def opened(**parameters: object) -> AppTest:
        tab = AppTest.from_string(VIEW, default_timeout=LONGEST_RUN)
        tab.query_params.update({path: str(value) for path, value in (SMALL | parameters).items()})
        return tab.run()

    return opened


def asked(tab: AppTest) -> Asked:
    return tab.session_state["selected"]["finder_asked"]


def when_found(tab: AppTest) -> Finding:
    """The curve, once the tab shows it."""
    task = tasks().find(asked(tab).key)
    assert task is not None
    assert task.wait(LONGEST_RUN).result is not None, task.message
    tab.run()
    return task.result


def with_locked_rate(tab: AppTest, button: str) -> None:
    """Press a button while a teacher's link has locked the rate."""
    tab.session_state["limits"] = {"locked": ("optimizer.learning_rate",)}
    tab.button(key=button).click().run()
    assert "is set by your teacher" in tab.session_state["notices"][-1]
    assert tab.button(key=button).disabled
    tab.session_state["limits"] = {}
    tab.run()


def text(tab: AppTest) -> str:
    return "\n".join(element.value.replace("\\", "") for element in (*tab.markdown, *tab.caption, *tab.info))


def test_a_small_net_climbs_before_anybody_asks_and_its_rate_is_used(open_view: View) -> None:
    tab = open_view(**{"optimizer.learning_rate": 0.5})
    finding = when_found(tab)
    assert finding.in_words() in text(tab)
    rate = two_digits(finding.best)
    with_locked_rate(tab, "finder_use")
    assert tab.query_params["optimizer.learning_rate"] == "0.5"
    tab.button(key="finder_use").click().run()
    assert float(tab.query_params["optimizer.learning_rate"]) == rate != 0.5
    assert tab.button(key="finder_use").disabled
    assert "climb again" not in text(tab)  # the net's own rate is no part of the ramp


def test_other_settings_ask_for_another_climb(open_view: View) -> None:
    tab = open_view()
    when_found(tab)
    widget(tab, "finder_steps").set_value(200).run()
    tab.button(key="finder_climb").click().run()
    assert asked(tab).ramp.steps == 200
    assert len(when_found(tab).rates) == 200
    widget(tab, "finder_low").set_value(2.0).run()  # above the other end
    assert widget(tab, "finder_low").value == 0.001


def test_lecture_2s_net_stands_beside_the_lectures_reading(open_view: View) -> None:
    tab = open_view()
    when_found(tab)
    tab.button_group[0].set_value("lecture 2's net").run()
    tab.button(key="finder_climb").click().run()
    floor = when_found(tab).floor
    assert floor is not None
    assert f"Ours: a floor from {two_digits(floor.low):g} to {two_digits(floor.high):g}" in text(tab)
    assert asked(tab).config.settings()["model.n_hidden"] == 100


def test_a_runs_net_climbs_and_the_run_takes_the_rate(open_view: View) -> None:
    config = RunConfig().with_texts({k: v for k, v in SMALL.items() if k != "preset"})
    run = acting_manager().start(config, pace=Pace(20.0))
    wait_until(lambda: run_manager().row(run.id).progress.step > 2)
    tab = open_view(run=run.id)
    when_found(tab)
    tab.button_group[0].set_value("the run's net").run()
    acting_manager().change(run.id, {"batch_size": 16})  # saves
    wait_until(lambda: run_manager().config(run.id).batch_size == 16)
    tab.button(key="finder_climb").click().run()
    rate = two_digits(when_found(tab).best)
    assert asked(tab).run == run.id
    before = run_manager().config(run.id).optimizer.learning_rate
    with_locked_rate(tab, "finder_change")
    time.sleep(0.3)  # some steps
    assert run_manager().config(run.id).optimizer.learning_rate == before != rate
    tab.button(key="finder_change").click().run()
    wait_until(lambda: run_manager().config(run.id).optimizer.learning_rate == rate)
    assert run_manager().row(run.id).progress.state == RunState.RUNNING


def test_a_large_net_waits_to_be_asked(open_view: View) -> None:
    tab = open_view(**{"model.n_hidden": 1024, "model.n_embd": 32})
    assert "finder_asked" not in tab.session_state["selected"]
    assert "Press *Climb the ramp*" in text(tab)


def test_counting_is_told_that_it_has_no_rate(open_view: View) -> None:
    tab = open_view(preset="counting-bigram", **{"model.n_hidden": "", "model.n_embd": ""})
    assert NO_RATE in text(tab)
    assert not tab.exception
