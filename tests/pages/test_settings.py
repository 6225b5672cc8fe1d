"""The settings: each knob of each model, optimizer and schedule has a widget that turns it, and stands in the URL."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from makemore_core import catalogue
from makemore_core.catalogue import CATALOGUE, SHIPPED, is_here
from makemore_core.config import CHOICES, RunConfig
from makemore_core.knobs import knobs_of
from makemore_core.models import MODELS
from makemore_core.presets import PRESETS
from tests.pages.conftest import Opener, name_of, widget, widgets
from tests.rounds import some

CHOSEN = [(part, name) for part, choices in CHOICES.items() for name in choices]
OFTEN = [("model", "mlp"), ("model", "transformer"), ("optimizer", "adam"), ("schedule", "cosine")]
SOME = {"preset": "seed000-layers", "model.n_hidden": 16}  # a small net is drawn fast
MOST_BEFORE_MORE = 4


@pytest.mark.parametrize(("part", "name"), some(CHOSEN, OFTEN))
def test_every_knob_of_a_choice_has_a_widget_that_turns_it(part: str, name: str, open_page: Opener):
    tab = open_page(**{part: name})
    for knob in knobs_of(CHOICES[part][name]):
        turn(tab, f"{part}.{knob.name}", f"{CHOICES[part][name].__name__}.{knob.name}")


@pytest.mark.parametrize("path", ["batch_size", "max_steps", "seed", "clip", "patience", "engine", "precision"])
def test_the_knobs_of_a_run_turn(path: str, open_page: Opener):
    turn(open_page(**SOME), path, f"RunConfig.{path}")


def test_the_shuffles_of_the_data_turn(open_page: Opener):
    turn(open_page(**SOME), "data.shuffles", "DataConfig.shuffles")


def test_only_data_sets_that_are_here_can_be_chosen(open_page: Opener):
    options = widget(open_page(**SOME), "DataConfig.dataset").options
    assert options == [source.name for source in CATALOGUE.values() if is_here(source)]


@pytest.mark.parametrize("name", ["temperature", "top_k", "top_p"])
def test_the_sampling_knobs_turn(name: str, open_page: Opener):
    turn(open_page("pages/next_character.py", **SOME), f"sampling.{name}", f"SamplingConfig.{name}")


def test_other_names_come_from_another_seed(open_page: Opener):
    tab = open_page("pages/next_character.py", **SOME)
    before = settings(tab)["sampling.seed"]
    tab.button(key="dice").click().run()
    assert settings(tab)["sampling.seed"] == before + 1


@pytest.mark.parametrize("part", CHOICES)
def test_another_choice_brings_its_own_defaults(part: str, open_page: Opener):
    tab = open_page(**SOME)
    for name, kind in CHOICES[part].items():
        widget(tab, part).set_value(name).run()
        assert settings(tab)[part] == name
        if name != settings_of_preset("seed000-layers")[part]:
            assert {k.name: settings(tab)[f"{part}.{k.name}"] for k in knobs_of(kind)} == {
                k.name: k.default for k in knobs_of(kind)
            }


@pytest.mark.parametrize("model", MODELS)
def test_at_most_four_knobs_stand_before_more(model: str, open_page: Opener):
    tab = open_page(model=model)
    shown = [key for key in knob_keys(tab.sidebar) if key not in knob_keys(tab.sidebar.expander[0])]
    assert 1 <= len(shown) <= MOST_BEFORE_MORE


@pytest.mark.parametrize("preset", some(PRESETS, list(PRESETS)[::6]))
def test_a_preset_resets_what_was_turned(preset: str, open_page: Opener):
    another = next(name for name in PRESETS if name != preset)
    tab = open_page(**{"preset": another, "model.n_hidden": 16}, seed=7, batch_size=3)
    widget(tab, "preset").set_value(preset).run()
    assert sound(tab)
    expected = settings_of_preset(preset)
    assert settings(tab) == expected | {"data.dataset": settings(tab)["data.dataset"]}
    is_whole = is_here(CATALOGUE[PRESETS[preset].config.data.dataset])
    assert tab.query_params == {"v": "1", "preset": preset} | ({} if is_whole else {"data.dataset": SHIPPED})


@pytest.mark.parametrize("preset", some(PRESETS, list(PRESETS)[::6]))
def test_a_preset_whose_data_set_is_missing_falls_back_with_a_sentence(
    preset: str, open_page: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    shutil.copy(catalogue.DATA_FOLDER / CATALOGUE[SHIPPED].file, tmp_path)
    monkeypatch.setattr(catalogue, "DATA_FOLDER", tmp_path)
    monkeypatch.delenv("MAKEMORE_DATA", raising=False)
    tab = open_page(preset=preset)
    assert sound(tab)
    assert settings(tab)["data.dataset"] == SHIPPED
    if PRESETS[preset].config.data.dataset != SHIPPED:
        assert any("stands in" in caption.value for caption in tab.caption)


@pytest.mark.parametrize("path", ["batch_size", "max_steps", "seed", "optimizer.learning_rate", "sampling.seed"])
@pytest.mark.parametrize("end", ["low", "high"])
@pytest.mark.parametrize("page", ["pages/train.py", "pages/next_character.py"])
def test_a_knob_at_the_end_of_its_range_comes_from_the_url(page: str, end: str, path: str, open_page: Opener):
    value = getattr(RunConfig().knob_at(path), end)
    tab = open_page(page, **SOME | {path: value})
    assert sound(tab)
    assert settings(tab)[path] == value


def test_a_seed_that_browsers_would_round_keeps_its_digits(open_page: Opener):
    tab = open_page(**SOME, seed=2**63 - 1)
    assert widget(tab, "RunConfig.seed").value == "9223372036854775807"
    widget(tab, "RunConfig.seed").set_value("9007199254740993").run()
    assert settings(tab)["seed"] == 2**53 + 1
    widget(tab, "RunConfig.seed").set_value("twelve").run()
    assert settings(tab)["seed"] == 2**53 + 1
    assert "takes a whole number" in tab.info[0].value
    widget(tab, "RunConfig.seed").set_value("12").run()
    assert widget(tab, "RunConfig.seed").value == 12


@pytest.mark.long
@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("end", ["low", "high"])
def test_the_knobs_of_a_model_at_the_ends_of_their_ranges_come_from_the_url(model: str, end: str, open_page: Opener):
    for knob in knobs_of(MODELS[model]):
        value = getattr(knob, end)
        if value is None:
            continue
        tab = open_page(model=model, **{f"model.{knob.name}": value})
        assert sound(tab), f"{knob.name} = {value}"
        assert settings(tab)[f"model.{knob.name}"] == value


def test_what_was_turned_survives_a_change_of_the_page(open_page: Opener):
    tab = open_page(**SOME, seed=7)
    before = settings(tab)
    tab.switch_page("pages/inside.py").run()
    assert settings(tab) == before
    tab.switch_page("pages/train.py").run()
    assert settings(tab) == before
    assert widget(tab, "RunConfig.seed").value == 7


def turn(tab: AppTest, path: str, key: str) -> None:
    """Give a widget another value, and see it in the settings and in the URL."""
    before = settings(tab)[path]
    other = another_value(widget(tab, key))
    widget(tab, key).set_value(other).run()
    assert sound(tab)
    assert settings(tab)[path] == other != before
    assert widget(tab, key).value == other
    assert tab.query_params[path] == str(other)


def another_value(widget: Any) -> Any:
    """A value that this widget does not have yet."""
    if isinstance(widget.value, bool):
        return not widget.value
    if widget.type in ("selectbox", "select_slider"):
        options = [type(widget.value)(text.replace(",", "")) for text in widget.options]
        return next(option for option in options if option != widget.value)
    step = type(widget.value)(widget.step)
    has_room = widget.max is None or widget.value + step <= widget.max
    return widget.value + step if has_room else widget.value - step


def knob_keys(block: Any) -> list[str]:
    return [name_of(w) for w in widgets(block) if "." in w.key]


def settings(tab: AppTest) -> dict[str, Any]:
    """What the next run of this tab would be."""
    return RunConfig.from_dict(tab.session_state["draft"]["config"]).settings()


def settings_of_preset(name: str) -> dict[str, Any]:
    return PRESETS[name].config.settings()


def sound(tab: AppTest) -> bool:
    """Nothing went wrong, and if two settings do not go together, the page names the nearest that do."""
    complaints = [box.value for box in (*tab.exception, *tab.error, *tab.info)]
    return all("the nearest" in complaint for complaint in complaints)
