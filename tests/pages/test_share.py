"""Links on the pages: what a teacher's link puts away or locks, by which way one ever tries to turn it."""

from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from makemore_core.catalogue import SHIPPED
from makemore_core.config import RunConfig
from makemore_core.datasets import DataConfig
from makemore_core.errors import InputError
from makemore_core.presets import PRESETS
from makemore_core.sharing import all_settings
from makemore_core.training.manager import RunManager
from makemore_core.training.store import RunStore
from pages.ui.limits import ALL, MORE, PRESET, Limits, limits_of
from tests.pages.conftest import Opener, widget, widgets
from tests.pages.test_pages import assert_sound, trained

PAGES = ("train", "inside", "counting")


def test_a_link_of_limits_is_read_as_it_was_written():
    limits = Limits(("train", "inside"), (MORE, "seed"), (PRESET, "optimizer.learning_rate"))
    assert limits_of(limits.parameters, PAGES) == (limits, [])
    assert limits_of({}, PAGES) == (Limits(), [])


def test_words_that_nobody_knows_cost_one_sentence_a_list():
    limits, sentences = limits_of({"pages": "train,admin,root", "hide": "x", "lock": "seed"}, PAGES)
    assert limits == Limits(("train",), (), ("seed",))
    assert sentences == [
        "Unknown page in this link: 'admin', 'root'; left out.",
        "Unknown setting to hide in this link: 'x'; left out.",
    ]


@pytest.mark.parametrize("name", PRESETS)
def test_what_is_locked_stays_in_every_preset(name: str):
    now = PRESETS["lecture3-kaiming"].config.with_values({"seed": 7, "model.n_hidden": 64})
    limits = Limits(locked=("seed", "model", "model.n_hidden"))
    held = limits.held(PRESETS[name].config, now)
    assert (held.seed, held.settings()["model"], held.settings()["model.n_hidden"]) == (7, "mlp", 64)
    assert held.optimizer == PRESETS[name].config.optimizer
    assert Limits(locked=(ALL,)).held(PRESETS[name].config, now) == now


def test_one_rule_refuses_every_setting_that_is_locked():
    for path in (PRESET, *all_settings()):
        with pytest.raises(InputError, match="set by your teacher"):
            Limits(locked=(path,)).refuse(path)
        Limits(locked=tuple(other for other in all_settings() if other != path)).refuse(path)


def opened(open_page: Opener, page: str = "pages/train.py", **parameters: object) -> AppTest:
    tab = open_page(page, preset="lecture3-batchnorm", **parameters)
    assert [e.value for e in tab.exception] == []
    return tab


def labels(tab: AppTest) -> set[str]:
    return {w.label for w in widgets(tab.sidebar)}


def test_the_form_shows_what_the_link_leaves(open_page: Opener):
    everything = labels(opened(open_page))
    tab = opened(open_page, hide="more,batch_size,preset", lock="optimizer.learning_rate")
    assert everything > labels(tab) == {"Model", "Hidden neurons", "Learning rate", "Steps"}
    rate, steps = widget(tab, "SGDConfig.learning_rate"), widget(tab, "RunConfig.max_steps")
    assert (rate.disabled, steps.disabled) == (True, False)
    assert rate.help.startswith("Set by your teacher.")
    assert widget(tab, "rate").disabled  # the bar's, for a run that trains
    assert tab.query_params["lock"] == "optimizer.learning_rate"


def test_all_may_be_locked(open_page: Opener):
    tab = opened(open_page, lock="all")
    assert all(w.disabled for w in widgets(tab.sidebar))
    assert not tab.button(key="play").disabled


def test_everything_is_one_press_away(open_page: Opener):
    tab = opened(open_page, hide="more", lock="preset", seed=7)
    tab.button(key="see_everything").click().run()
    assert not widget(tab, "preset").disabled
    assert widget(tab, "RunConfig.seed").value == 7
    assert {"hide", "lock"}.isdisjoint(tab.query_params)


@pytest.mark.parametrize("way", ["preset", "knob", "other page", "lab"])
def test_no_way_turns_what_is_locked(way: str, open_page: Opener):
    """Not even a widget that was drawn before: its callback asks the same rule."""
    pages = {"other page": "pages/next_character.py", "lab": "pages/init_lab.py"}
    tab = open_page(pages.get(way, "pages/train.py"), ask="Bars", seed=7)
    tab.session_state["limits"] = {"locked": (ALL,)}
    if way == "preset":
        widget(tab, "preset").set_value("lecture5-wavenet")
    elif way == "knob":
        widget(tab, "RunConfig.batch_size").set_value(50)
    elif way == "lab":
        tab.session_state["limits"] = {"locked": (PRESET,)}
        tab.button(key="train_lab").click()
    else:
        tab.button(key="dice").click()
    tab.run()
    assert "is set by your teacher" in tab.info[0].value
    assert tab.query_params["seed"] == "7"
    assert not {"batch_size", "sampling.seed"} & set(tab.query_params)


def test_a_locked_rate_holds_while_a_run_trains(open_page: Opener, store_path: Path, config: RunConfig):
    run = trained(store_path, replace(config, max_steps=5))
    tab = opened(open_page, run=run, lock="batch_size")
    assert next(w for w in widgets(tab.main) if w.label == "Batch size").disabled


def test_a_page_that_was_put_away_says_so(open_page: Opener):
    tab = opened(open_page, "pages/counting.py", pages="train,inside")
    assert tab.title[0].value == "Counting"
    assert any("has put this page away" in caption.value for caption in tab.caption)
    assert not tab.get("plotly_chart")
    assert [component.key for component in tab.get("bidi_component")] == ["keys"]
    assert_sound(opened(open_page, "pages/inside.py", pages="train,inside"))


@pytest.mark.parametrize(
    ("parameters", "told"),
    [
        ({"v": 2, "seed": 7, "new": 1}, "writes 1; update it"),
        ({"run": "x" * 9_999}, "There is no run"),
        ({"step": "9" * 9_999, "run": ""}, "step is a whole number"),
        ({"pages": "admin"}, "Unknown page"),
        ({"lock": "all,x"}, "Unknown setting to lock"),
    ],
)
def test_a_bad_link_costs_one_sentence(parameters: dict[str, object], told: str, open_page: Opener, store_path: Path):
    if parameters.get("run") == "":
        parameters = parameters | {"run": trained(store_path, RunConfig(DataConfig(SHIPPED), max_steps=2))}
    tab = open_page(**parameters)
    assert_sound(tab)
    assert len(tab.info) == 1
    assert told in tab.info[0].value.replace("\\", "")


def test_the_dialog_makes_a_link_that_opens_what_it_says(open_page: Opener):
    tab = opened(open_page, seed=7)
    tab.button(key="share_button").click().run()
    assert code(tab).endswith(f"/?v=1&preset=lecture3-batchnorm{here(tab)}&seed=7")
    multiselect(tab, "share_pages").set_value(["inside", "train"])
    multiselect(tab, "share_locked").set_value(["seed"])
    tab.run()
    link = dict(part.split("=") for part in code(tab).partition("?")[2].split("&"))
    assert (link["pages"], link["lock"]) == ("inside,train", "seed")
    again = open_page(**link)
    assert widget(again, "RunConfig.seed").value == 7
    assert widget(again, "RunConfig.seed").disabled


def test_the_dialog_calls_the_run_by_its_name(open_page: Opener, store_path: Path, config: RunConfig):
    run = trained(store_path, replace(config, max_steps=2))
    store = RunStore(store_path)
    RunManager(store).rename(run, "by-hand")
    tab = opened(open_page, run=run)
    tab.button(key="share_button").click().run()
    assert widget(tab, "share_run").label == "the run by-hand"
    assert any("the run **by-hand**" in m.value for m in tab.markdown)
    assert f"run={run}" in code(tab)
    RunManager(store).delete(run)
    store.close()
    assert [e.value for e in tab.run().exception] == []
    assert widget(tab, "share_run").disabled


def code(tab: AppTest) -> str:
    return tab.code[0].value


def here(tab: AppTest) -> str:
    """On a machine without makemore's names, the link says which list stands in."""
    return f"&data.dataset={SHIPPED}" if "data.dataset" in tab.query_params else ""


def multiselect(tab: AppTest, name: str):
    return next(w for w in tab.multiselect if (w.key or "").startswith(f"{name}-"))
