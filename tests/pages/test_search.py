"""The Search page without a browser: what a plan says, what a sweep finds, and what can be made of it."""

from pathlib import Path
from typing import Any

import orjson
import pytest
from streamlit.testing.v1 import AppTest

from makemore_core.catalogue import SHIPPED
from makemore_core.presets import PRESETS
from makemore_core.search.axes import searchable
from makemore_core.training.store import RunStore
from pages.ui.manager import acting_manager
from pages.ui.sweeps import acting_sweeps, sweeps
from tests.conftest import wait_until
from tests.pages.conftest import Opener, widget

PAGE = "pages/search.py"
TINY = {"preset": "seed000-layers", "model.n_hidden": 8, "max_steps": 40, "data.dataset": SHIPPED}
RATE = "optimizer.learning_rate"


@pytest.mark.parametrize(
    "preset", ["lecture3-batchnorm", "lecture1-counting", "makemore-transformer", "lecture1-neural"]
)
def test_every_kind_of_net_has_a_plan(preset: str, open_page: Opener):
    tab = open_page(PAGE, preset=preset)
    assert [e.value for e in tab.exception] == []
    assert any("trials** of" in m.value for m in tab.markdown)


def test_the_first_plan_turns_what_most_often_matters(open_page: Opener):
    knobs = knobs_field(open_page(PAGE, preset="lecture3-batchnorm"))
    assert knobs.value == [RATE, "model.n_hidden", "model.n_embd", "model.hidden_scale"]
    assert len(knobs.options) == len(searchable(PRESETS["lecture3-batchnorm"].config))


def test_the_plan_survives_a_page_change_and_a_range_is_searched_as_it_was_set(open_page: Opener):
    tab = open_page(PAGE, **TINY)
    knobs_field(tab).set_value([RATE]).run()
    widget(tab, f"sweep_axis_{RATE}").set_value((0.01, 0.1)).run()
    widget(tab, "sweep_trials").set_value(3).run()
    widget(tab, "sweep_where").set_value("").run()
    tab.switch_page("pages/train.py").run()
    tab.switch_page(PAGE).run()
    assert "**3 trials** of 40 steps" in said(tab)
    tab.button(key="start_sweep").click().run()
    rates = [trial.values[RATE] for trial in ended(tab).trials]
    assert len(rates) == 3
    assert all(0.01 <= float(rate) <= 0.1 for rate in rates)


def test_a_sweep_is_watched_and_its_best_becomes_an_ordinary_run(open_page: Opener, store_path: Path):
    tab = begun(open_page, trials=3)
    standing = ended(tab)
    tab.run()
    assert [e.value for e in tab.exception] == []
    assert f"**Best: val {standing.best_trial.val:.4f}**" in said(tab)
    board = orjson.loads(component(tab, "leaderboard")["board"])
    vals = [row["val"] for row in board["rows"] if row["place"]]
    assert vals == sorted(vals)
    assert [row["own"] for row in board["rows"]].count(True) == 1
    tab.button(key="adopt_trial").click().run()
    run = standing.best_trial.runs[0]
    assert parameter(tab, "run") == run
    store = RunStore(store_path)
    assert store.run(run).sweep == ""
    store.close()
    assert tab.button(key="adopt_trial").disabled


def test_a_sweep_is_deleted_and_comes_back(open_page: Opener):
    tab = begun(open_page, trials=2)
    standing = ended(tab)
    tab.session_state["run"] = standing.trials[0].runs[0]
    tab.run()
    tab.button(key="sweep_delete").click().run()
    assert [e.value for e in tab.exception] == []
    assert sweeps().list() == []
    assert "run" not in tab.query_params
    assert any(b.key == "start_sweep" for b in tab.button)  # the plan of a new one
    tab.button(key="sweep_undo").click().run()
    assert shown(tab).trials == standing.trials
    assert "Undo" not in [b.label for b in tab.button]


def test_a_trial_whose_run_was_deleted_is_still_shown(open_page: Opener):
    tab = begun(open_page, trials=2)
    best = ended(tab).best_trial
    acting_sweeps().adopt(shown(tab).id, best.number)
    acting_manager().delete(best.runs[0])
    tab.run()
    assert [e.value for e in tab.exception] == []
    assert any("Its run was deleted" in caption.value for caption in tab.caption)
    assert tab.button(key="adopt_trial").disabled


def test_the_settings_of_the_best_become_those_of_the_next_run(open_page: Opener):
    tab = begun(open_page, trials=2)
    best = ended(tab).best_trial
    tab.run()
    tab.button(key="use_trial").click().run()
    assert "run" not in tab.query_params
    own = PRESETS["seed000-layers"].config.optimizer.learning_rate
    assert float(parameter(tab, RATE) or own) == best.values[RATE]
    assert parameter(tab, "max_steps") == "40"


def test_an_interrupted_sweep_says_so_and_goes_on(open_page: Opener):
    tab = begun(open_page, trials=100)
    wait_until(lambda: len(shown(tab).trials) > 2)
    acting_sweeps().close()  # as at the server's end
    acting_sweeps.clear()
    tab.run()
    assert any("process that ran" in info.value for info in tab.info)
    before = len(shown(tab).trials)
    tab.button(key="sweep_stop").click().run()
    wait_until(lambda: len(shown(tab).trials) > before)
    tab.run()
    tab.button(key="sweep_stop").click().run()
    wait_until(lambda: shown(tab).state == "stopped")


def test_trials_train_in_processes_if_nobody_says_otherwise_and_a_place_says_why_it_cannot_be_used(
    open_page: Opener, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("MAKEMORE_RAY", raising=False)
    tab = open_page(PAGE, **TINY)
    assert widget(tab, "sweep_where").value == "processes"
    widget(tab, "sweep_where").set_value("ray").run()
    assert any("ray" in caption.value.lower() for caption in tab.caption)
    assert tab.button(key="start_sweep").disabled


def test_what_a_teacher_locked_is_not_searched_nor_taken(open_page: Opener):
    tab = open_page(PAGE, **TINY, lock=RATE)
    field = knobs_field(tab)
    assert RATE not in field.value
    assert len(field.options) == len(searchable(PRESETS["seed000-layers"].config)) - 1
    tab = open_page(PAGE, **TINY, lock="all")
    assert [e.value for e in tab.exception] == []
    assert any("is set by your teacher" in info.value for info in tab.info)
    tab = begun(open_page, trials=2)
    tab.session_state["run"] = ended(tab).trials[1].runs[0]
    tab.session_state["limits"] = {"locked": ("all",)}
    tab.run()
    tab.button(key="use_trial").click().run()
    assert any("is set by your teacher" in info.value for info in tab.info)
    assert "run" in tab.query_params


def test_what_cannot_be_is_said_in_a_sentence(open_page: Opener):
    tab = open_page(PAGE, preset="lecture3-batchnorm")
    knobs_field(tab).set_value(searchable(PRESETS["lecture3-batchnorm"].config)[:14]).run()
    assert [e.value for e in tab.exception] == []
    assert any("axes" in info.value for info in tab.info)


def begun(open_page: Opener, trials: int) -> AppTest:
    tab = open_page(PAGE, **TINY)
    widget(tab, "sweep_where").set_value("").run()
    widget(tab, "sweep_trials").set_value(trials).run()
    tab.button(key="start_sweep").click().run()
    assert [e.value for e in tab.exception] == []
    return tab


def shown(tab: AppTest) -> Any:
    return sweeps().standing(parameter(tab, "sweep"))


def ended(tab: AppTest) -> Any:
    wait_until(lambda: shown(tab).state == "finished")
    return shown(tab)


def parameter(tab: AppTest, name: str) -> str:
    """What the address says; AppTest has it in a list, or as it is where a callback wrote it."""
    value = tab.query_params.get(name, "")
    return value if isinstance(value, str) else value[0]


def knobs_field(tab: AppTest) -> Any:
    return next(field for field in tab.multiselect if (field.key or "").startswith("sweep_knobs_to_turn"))


def component(tab: AppTest, name: str) -> dict[str, Any]:
    """The data of one of our components."""
    found = next(c.proto for c in tab.get("bidi_component") if c.proto.component_name.endswith(name))
    return orjson.loads(found.json)


def said(tab: AppTest) -> str:
    return "\n".join(m.value for m in tab.markdown)
