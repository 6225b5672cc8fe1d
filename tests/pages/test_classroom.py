"""The pages in a class, without a browser: whose run it is, what is refused, and what Health shows to whom."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from makemore_core.access import key_of
from makemore_core.config import RunConfig
from makemore_core.tasks import TaskState
from makemore_core.teacher import TEACHER
from makemore_core.training.recorder import RunState
from pages.ui.manager import acting_manager, run_manager, teacher
from pages.ui.tasks import tasks
from tests.conftest import wait_until
from tests.pages.conftest import Opener
from tests.test_access import ANA, BEN, PEOPLE

KEY = "a-teachers-own-key"
CANCEL = "three_forms-cancel"


@pytest.fixture
def classroom(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAKEMORE_MODE", "classroom")
    monkeypatch.setenv(TEACHER, key_of(KEY))


def sits_down(tab: AppTest, who: str) -> AppTest:
    """As the browser's component tells it."""
    tab.session_state["person"] = {"key": PEOPLE[who].key, "name": PEOPLE[who].name}
    return tab.run()


def sentences(tab: AppTest) -> str:
    assert [e.value for e in tab.exception] == []
    return " ".join(info.value.replace("\\", "") for info in tab.info)


@pytest.mark.usefixtures("classroom")
def test_who_may_stop_a_run_and_who_not(open_page: Opener, config: RunConfig) -> None:
    run = acting_manager().start(replace(config), paused=True, owner=ANA.as_owner)
    tab = sits_down(open_page(run=run.id), "ben")
    assert any("by Ana" in m.value for m in tab.markdown)
    tab.button(key="stop").click().run()
    assert sentences(tab) == "Only Ana or the teacher may stop this run; fork it to go on with it as your own."
    tab = sits_down(open_page(run=run.id), "ana")
    tab.button(key="stop").click().run()
    assert sentences(tab) == ""
    wait_until(lambda: run_manager().row(run.id).progress.state == RunState.STOPPED)


@pytest.mark.usefixtures("classroom")
def test_a_tab_whose_browser_has_not_told_may_look_only(open_page: Opener) -> None:
    tab = open_page()
    tab.button(key="play").click().run()
    assert "Say your name at the top of the page" in sentences(tab)
    assert run_manager().runs() == []


@pytest.mark.usefixtures("classroom")
def test_what_somebody_starts_is_theirs_and_one_at_a_time(open_page: Opener) -> None:
    tab = sits_down(open_page("pages/train.py", **{"model.n_hidden": 16, "max_steps": 1_000_000}), "ana")
    tab.button(key="step").click().run()
    (row,) = run_manager().runs()
    assert row.owner == ANA.as_owner
    tab.button(key="new_run").click().run()
    assert "Of a class each trains one at a time" in sentences(tab)
    tab.button(key="reset").click().run()
    assert [row.progress.is_alive for row in run_manager().runs()] == [True, False]


@pytest.mark.usefixtures("classroom")
def test_health_has_buttons_for_those_who_may(open_page: Opener, config: RunConfig) -> None:
    runs = [acting_manager().start(config, paused=True, owner=owner.as_owner) for owner in (ANA, BEN)]
    teacher().enter(KEY, PEOPLE["teacher"].key)
    seen = {"nobody": [], "ana": [runs[0].id], "teacher": [run.id for run in runs]}
    for who, expected in seen.items():
        tab = sits_down(open_page("pages/health.py"), who)
        buttons = [button.key for button in tab.button]
        assert [run.id for run in runs if f"stop_{run.id}" in buttons] == expected
    tab = sits_down(open_page("pages/health.py"), "teacher")
    tab.button(key=f"stop_{runs[1].id}").click().run()
    wait_until(lambda: not runs[1].is_alive)
    assert runs[0].is_alive


@pytest.mark.usefixtures("classroom")
def test_work_ends_once_nobody_waits_for_it_or_when_the_teacher_says(open_page: Opener, config: RunConfig) -> None:
    teacher().enter(KEY, PEOPLE["teacher"].key)
    settings = {"data.dataset": config.data.dataset, "model.n_hidden": 8}
    tabs = {who: sits_down(open_page("pages/three_forms.py", **settings), who) for who in ("ana", "ben", "teacher")}
    (task,) = tasks()._tasks.values()
    tabs["ben"].button(key=CANCEL).click().run()
    assert "Only the teacher may end this work; it goes on for those who still wait" in sentences(tabs["ben"])
    assert buttons(tabs["ben"]) == ["three_forms-begin"]
    assert not task.report.cancelled.is_set()
    tabs["ben"].button(key="three_forms-begin").click().run()
    assert buttons(tabs["ben"]) == [CANCEL]
    tabs["teacher"].button(key=CANCEL).click().run()
    assert task.wait(10.0).state == TaskState.CANCELLED
    assert buttons(tabs["ana"].run()) == ["three_forms-begin"]


def buttons(tab: AppTest) -> list[str]:
    """Those that begin or end the work of the page."""
    return [button.key or "" for button in tab.button if button.key in (CANCEL, "three_forms-begin")]


def test_one_person_on_their_own_machine_is_asked_nothing(open_page: Opener, config: RunConfig) -> None:
    run = acting_manager().start(config, paused=True)
    tab = open_page("pages/health.py", run=run.id)
    assert sentences(tab) == ""
    assert not any("Who are you" in field.label for field in tab.text_input)
    shown = {metric.label: metric.value for metric in tab.metric}
    assert shown["Runs that train"] == "0 of 1"
    tab.button(key=f"stop_{run.id}").click().run()
    wait_until(lambda: not run.is_alive)
    assert run_manager().row(run.id).owner == ""
