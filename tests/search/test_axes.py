"""Axes: proposed from the knobs, written and read as text, and never outside of what a knob allows."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makemore_core.config import CHOICES, RunConfig
from makemore_core.errors import InputError
from makemore_core.presets import PRESETS
from makemore_core.search.axes import Axis, proposed, searchable, searched

MLP = PRESETS["lecture3-batchnorm"].config
PLACES = [
    (name, path) for name in ("lecture3-batchnorm", "makemore-transformer") for path in searchable(PRESETS[name].config)
]


@st.composite
def ranges(draw: st.DrawFn) -> tuple[RunConfig, Axis]:
    """A range or some values of any knob of any preset."""
    config = draw(st.sampled_from([preset.config for preset in PRESETS.values()]))
    path = draw(st.sampled_from(searchable(config)))
    knob = searched(path, config)
    if knob.type in (bool, str):
        options = knob.options or (True, False)
        return config, Axis(path, options=tuple(draw(st.lists(st.sampled_from(options), min_size=2, unique=True))))
    assert knob.low is not None
    assert knob.high is not None
    numbers = st.integers(int(knob.low), int(knob.high)) if knob.type is int else st.floats(knob.low, knob.high)
    low, high = sorted(map(float, draw(st.lists(numbers, min_size=2, max_size=2, unique=True))))
    log = low > 0 and draw(st.booleans())
    return config, Axis(path, low, high, log, (), knob.type is int, draw(st.sampled_from((0, 2, 7))))


@given(ranges())
def test_an_axis_is_what_its_text_says(drawn: tuple[RunConfig, Axis]) -> None:
    config, axis = drawn
    assert Axis.parse(axis.path, axis.text, config) == axis
    assert axis.on(config) == axis
    assert Axis.from_dict(axis.to_dict(), config) == axis


@given(ranges(), st.floats(0, 1, exclude_max=True))
def test_every_value_is_one_of_the_knob_and_of_the_axis(drawn: tuple[RunConfig, Axis], share: float) -> None:
    config, axis = drawn
    knob = searched(axis.path, config)
    for value in (axis.at(share), *axis.grid(5)):
        assert knob.check(value) == value
        assert type(value) is knob.type
        assert axis.holds(value)


@pytest.mark.parametrize(("preset", "path"), PLACES)
def test_what_is_proposed_holds_the_value_that_the_knob_has(preset: str, path: str) -> None:
    config = PRESETS[preset].config
    axis = proposed(path, config)
    assert axis.holds(config.settings()[path])
    assert axis.on(config) == axis


def test_a_learning_rate_is_proposed_a_decade_either_way() -> None:
    assert proposed("optimizer.learning_rate", MLP).text == "log:0.01:1"
    assert proposed("model.n_hidden", MLP).text == "log:50:800"
    assert proposed("model.batch_norm", MLP).text == "false,true"


def test_a_bare_range_takes_the_scale_of_its_knob() -> None:
    assert Axis.parse("optimizer.learning_rate", "1e-3:1", MLP).log
    assert not Axis.parse("model.hidden_scale", "0:2", MLP).log
    assert not Axis.parse("optimizer.learning_rate", "linear:1e-3:1", MLP).log


@pytest.mark.parametrize("share", [0.1, 0.25, 0.5, 0.9])
def test_a_log_range_is_walked_by_factors(share: float) -> None:
    value = Axis.parse("optimizer.learning_rate", "log:1e-3:1", MLP).at(share)
    assert math.log10(float(value)) == pytest.approx(-3 + 3 * share, abs=0.0025)  # three digits


def test_a_grid_has_both_ends() -> None:
    assert Axis.parse("optimizer.learning_rate", "log:1e-3:1", MLP).grid(4) == (0.001, 0.01, 0.1, 1.0)
    assert Axis.parse("model.n_embd", "2:4", MLP).grid(9) == (2, 3, 4)
    assert Axis.parse("optimizer", "sgd,adam", MLP).grid(9) == ("sgd", "adam")


@pytest.mark.parametrize(
    ("path", "text", "rule"),
    [
        ("seed", "1:9", "Unknown setting to search 'seed'"),
        ("data.dataset", "a,b", "Unknown setting to search"),
        ("model.n_hiden", "4:9", "Unknown setting 'model.n_hiden'"),
        ("model.n_hidden", "1:9", "4 <= n_hidden <= 1024"),
        ("model.n_hidden", "9:5", "low < high"),
        ("model.n_hidden", "9", "A range is written"),
        ("model.n_hidden", "8:9:10:11", "A range is written"),
        ("model.n_hidden", "8:90:many", "whole number of points"),
        ("model.n_hidden", "8:90:1", "2 <= points"),
        ("model.hidden_scale", "log:0:1", "0 < low"),
        ("model.batch_norm", "true", "two values or more"),
        ("optimizer", "sgd,sgd", "two values or more"),
        ("optimizer", "sgd,adagrad", "Unknown optimizer 'adagrad'"),
        ("optimizer.learning_rate", "nan:1", "1e-06 <= learning_rate"),
    ],
)
def test_what_is_no_range_is_refused_with_the_rule(path: str, text: str, rule: str) -> None:
    with pytest.raises(InputError, match=rule):
        Axis.parse(path, text, MLP)


@pytest.mark.parametrize("ends", [(1.0, math.inf), (-math.inf, 1.0), (math.nan, 1.0), (0.0, math.nan)])
def test_a_range_ends_at_numbers(ends: tuple[float, float]) -> None:
    with pytest.raises(InputError, match="low < high"):
        Axis("model.n_hidden", *ends)


def test_every_choice_can_be_searched() -> None:
    assert set(CHOICES) <= set(searchable(MLP))
