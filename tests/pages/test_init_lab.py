"""The Init lab: its starting points give the lecture's numbers on the page, and its settings can be trained."""

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from makemore_core.catalogue import CATALOGUE, is_here
from makemore_core.config import RunConfig
from makemore_core.presets.initialisations import BORDERS, STARTING_POINTS, StartingPoint
from makemore_core.training.initialisation import WITH_GAIN, initialisation
from tests.pages.conftest import Opener, name_of, widget
from tests.rounds import some

PAGE = "pages/init_lab.py"
MOST_BEFORE_MORE = 4
each_point = pytest.mark.parametrize("point", STARTING_POINTS, ids=lambda point: point.name)
FIRST_OF_EACH = [next(p for p in STARTING_POINTS if p.config.model.name == model) for model in WITH_GAIN]
one_of_each_net = pytest.mark.parametrize("point", some(STARTING_POINTS, FIRST_OF_EACH), ids=lambda point: point.name)
needs_names = pytest.mark.skipif(
    not is_here(CATALOGUE["names"]), reason="makemore's names.txt is not on this machine; set MAKEMORE_DATA."
)


@needs_names
@each_point
def test_a_starting_point_shows_the_lectures_numbers(point: StartingPoint, open_page: Opener):
    tab = started(open_page, point)
    look = initialisation(lab(tab), BORDERS[point.config.model.name])
    title = figure(tab, "first_loss")["layout"]["title"]["text"]
    assert title.startswith(f"First loss {look.first_loss:.4f}")
    if point.loss is not None:
        assert title == f"First loss {point.loss:.4f}, in lecture 3 {point.loss:.4f}"
    if point.shares:
        column = tab.table[0].value.filter(like="\\|t\\|").iloc[:, 0]
        assert list(column) == [f"{share:.2%}" for share in point.shares]


@needs_names
@pytest.mark.parametrize("model", WITH_GAIN)
def test_our_numbers_stand_beside_the_lectures_and_are_the_same(model: str, open_page: Opener):
    tab = started(open_page, points_of(model)[0])
    table = tab.table[1].value
    assert list(table["begin with"].str.replace("\\", "")) == [point.name for point in points_of(model)]
    assert set(table["apart"]) <= {"–", "0.0000"}
    assert set(table["apart, %"]) <= {"–", "0.00"}
    assert sum(text != "–" for text in table["saturated, %"]) == sum(bool(point.shares) for point in points_of(model))


@one_of_each_net
def test_a_starting_point_is_lit_until_a_knob_is_turned(point: StartingPoint, open_page: Opener):
    tab = started(open_page, point)
    assert group(tab, "lab.start").value == point.name
    slider = widget(tab, f"lab.{point.config.model.name}.output_scale")
    slider.set_value(next(v for v in (2.0, 1.5) if v != slider.value)).run()
    assert group(tab, "lab.start").value is None
    assert tab.exception == []


@pytest.mark.parametrize("model", WITH_GAIN)
def test_every_knob_of_the_net_turns_the_lab_and_not_the_next_run(model: str, open_page: Opener):
    tab = started(open_page, points_of(model)[0])
    before = tab.session_state["draft"]
    for path in [path for path in lab(tab).settings() if path.startswith("model.")]:
        name = path.removeprefix("model.")
        owner = type(lab(tab).model).__name__
        found = next(w for w in widgets(tab) if name_of(w) in (f"lab.{model}.{name}", f"lab.{owner}.{name}"))
        was = lab(tab).settings()[path]
        found.set_value(another(found)).run()
        assert lab(tab).settings()[path] != was, path
        assert [e.value for e in tab.exception] == [], path
    assert tab.session_state["draft"] == before


@pytest.mark.parametrize("model", WITH_GAIN)
def test_at_most_four_knobs_stand_before_more(model: str, open_page: Opener):
    tab = started(open_page, points_of(model)[0])
    below = {w.key for w in widgets(tab.main.expander[0])}
    before_more = [w for w in widgets(tab) if "." in w.key and w.key not in below]
    assert 1 <= len(before_more) <= MOST_BEFORE_MORE


@one_of_each_net
def test_train_this_makes_the_settings_those_of_the_next_run(point: StartingPoint, open_page: Opener):
    tab = started(open_page, point)
    settings = lab(tab)
    tab.button(key="train_lab").click().run()
    tab.switch_page("pages/train.py").run()  # a browser goes there by itself
    assert [e.value for e in tab.exception] == []
    assert RunConfig.from_dict(tab.session_state["draft"]["config"]) == settings
    assert tab.query_params["preset"] == point.preset


def test_the_train_pages_settings_can_be_taken_over(open_page: Opener):
    tab = open_page(PAGE, preset="lecture3-deep", **{"model.n_hidden": 20, "model.gain": 2.0})
    tab.button(key="take_draft").click().run()
    assert lab(tab) == RunConfig.from_dict(tab.session_state["draft"]["config"])
    assert widget(tab, "lab.deep-mlp.gain").value == 2.0
    assert "take_draft" not in [button.key for button in tab.button]


def test_a_model_without_a_gain_is_not_offered(open_page: Opener):
    tab = open_page(PAGE, model="gru")
    assert "take_draft" not in [button.key for button in tab.button]
    assert [e.value for e in tab.exception] == []


def test_the_border_of_saturation_is_chosen_and_shown(open_page: Opener):
    tab = started(open_page, STARTING_POINTS[0])
    assert "\\|t\\| \\> 0\\.99" in tab.table[0].value
    many = initialisation(lab(tab), 0.97).shares[0]
    group(tab, "lab.border").set_value(0.97).run()
    assert list(tab.table[0].value["\\|t\\| \\> 0\\.97"]) == [f"{many:.2%}"]
    group(tab, "lab.start").set_value(STARTING_POINTS[1].name).run()
    assert "\\|t\\| \\> 0\\.99" in tab.table[0].value  # the lecture's again


def test_settings_that_give_no_number_get_one_sentence(open_page: Opener):
    tab = started(open_page, STARTING_POINTS[0])
    widget(tab, "lab.mlp.hidden_scale").set_value(0.0).run()
    widget(tab, "lab.MLPConfig.batch_norm").set_value(True).run()
    assert [e.value for e in tab.exception] == []
    assert any("raise the scale of the hidden weights" in info.value.replace("\\", "") for info in tab.info)


def started(open_page: Opener, point: StartingPoint) -> AppTest:
    """The lab at a starting point."""
    tab = open_page(PAGE)
    group(tab, "lab.net").set_value(point.config.model.name).run()
    group(tab, "lab.start").set_value(point.name).run()
    assert [e.value for e in tab.exception] == []
    return tab


def points_of(model: str) -> list[StartingPoint]:
    return [point for point in STARTING_POINTS if point.config.model.name == model]


def lab(tab: AppTest) -> RunConfig:
    """What the lab shows."""
    return RunConfig.from_dict(tab.session_state["lab"]["config"])


def figure(tab: AppTest, key: str) -> Any:
    """A live chart's figure."""
    (chart,) = (c.proto for c in tab.get("bidi_component") if c.proto.id.endswith(f"-{key}"))
    return json.loads(json.loads(chart.json)["figure"])


def group(tab: AppTest, name: str) -> Any:
    return next(g for g in tab.get("button_group") if name_of(g) == name)


def widgets(block: Any) -> list[Any]:
    return [*block.select_slider, *block.slider, *block.number_input, *block.toggle, *block.selectbox]


def another(widget: Any) -> Any:
    """A value that this widget does not have yet."""
    if isinstance(widget.value, bool):
        return not widget.value
    if widget.type == "selectbox":
        return next(option for option in widget.options if option != widget.value)
    if widget.type == "select_slider":
        if isinstance(widget.value, int):
            return next(n for n in (int(text.replace(",", "")) for text in widget.options) if n != widget.value)
        return 0.5 if widget.value != 0.5 else 1.0
    return widget.value + type(widget.value)(widget.step)
