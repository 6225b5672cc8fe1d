"""A knob keeps its rule, names it when it refuses, and reads back what it wrote."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makemore_core.errors import InputError
from makemore_core.knobs import Knob, knobs_of
from makemore_core.models.mlp import MLPConfig
from makemore_core.optimizers import SGDConfig
from tests.strategies import ALL_KNOBS, values_of

N_HIDDEN = Knob("n_hidden", int, 200, low=4, high=1024)
RATE = Knob("learning_rate", float, 0.1, low=1e-6, high=100)
SWITCH = Knob("batch_norm", bool, True)
DRAW = Knob("draw", str, "cumulative", options=("cumulative", "multinomial"))

each_knob = pytest.mark.parametrize("knob", ALL_KNOBS.values(), ids=ALL_KNOBS)


@each_knob
def test_a_default_keeps_its_own_rule(knob: Knob) -> None:
    assert knob.check(knob.default) == knob.default


@each_knob
def test_a_knob_says_what_it_does_and_a_number_has_a_range(knob: Knob) -> None:
    assert knob.help
    assert knob.type not in (int, float) or (knob.low is not None and knob.high is not None)


@each_knob
@given(st.data())
def test_a_value_comes_back_from_its_text(knob: Knob, data: st.DataObject) -> None:
    value = data.draw(values_of(knob))
    assert knob.parse(str(value)) == value


@pytest.mark.parametrize("value", [2, 10**9, -3])
def test_a_number_out_of_range_is_refused_with_the_rule_and_the_value(value: int) -> None:
    with pytest.raises(InputError) as refusal:
        MLPConfig(n_hidden=value)
    assert str(refusal.value) == f"`4 <= n_hidden <= 1024` must hold, but got n_hidden={value}."


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 0.0, -1.0])
def test_a_rate_that_cannot_train_is_refused(value: float) -> None:
    with pytest.raises(InputError, match="`1e-06 <= learning_rate <= 100` must hold"):
        SGDConfig(value)


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_number_without_a_range_must_still_be_finite(value: float) -> None:
    with pytest.raises(InputError):
        Knob("x", float, 0.0).check(value)


@pytest.mark.parametrize(
    ("knob", "value", "sentence"),
    [
        (N_HIDDEN, True, "`n_hidden` takes a whole number, but got True."),
        (N_HIDDEN, 200.0, "`n_hidden` takes a whole number, but got 200.0."),
        (N_HIDDEN, "200", "`n_hidden` takes a whole number, but got '200'."),
        (N_HIDDEN, None, "`n_hidden` takes a whole number, but got None."),
        (RATE, False, "`learning_rate` takes a number, but got False."),
        (RATE, [0.1], r"`learning_rate` takes a number, but got [0.1]."),
        (SWITCH, 1, "`batch_norm` takes a bool, but got 1."),
        (DRAW, "dice", "Unknown draw 'dice'; choose one of: cumulative, multinomial."),
    ],
)
def test_a_value_of_another_type_is_refused(knob: Knob, value: Any, sentence: str) -> None:
    with pytest.raises(InputError) as refusal:
        knob.check(value)
    assert str(refusal.value) == sentence


def test_a_sentence_repeats_no_endless_value() -> None:
    for value in (10**5_000, [[]] * 10_000, "x" * 10**6, b"x" * 10**6):
        with pytest.raises(InputError) as refusal:
            N_HIDDEN.check(value)
        assert len(str(refusal.value)) < 400


def test_minus_zero_is_zero() -> None:
    assert repr(Knob("clip", float, 0.0, low=0, high=1).parse("-0.0")) == "0.0"


@pytest.mark.parametrize("text", ["x" * 4_097, "half \ud83d"])
def test_a_text_is_unicode_and_not_endless(text: str) -> None:
    with pytest.raises(InputError, match="`dataset`"):
        Knob("dataset", str, "").check(text)


@pytest.mark.parametrize("text", ["abc", "", "2.5", "nan", "inf", "1e999", "0x10", "1,000", "٣", "9" * 5_000])
def test_a_text_that_is_no_whole_number_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="`n_hidden` takes a whole number"):
        N_HIDDEN.parse(text)


@pytest.mark.parametrize("text", ["abc", "", "--1", "nan", "1e999", "-1"])
def test_a_text_that_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="learning_rate"):
        RATE.parse(text)


@pytest.mark.parametrize("text", ["200000", "200_000", "2e5", "200000.0", " 200000 "])
def test_a_whole_number_may_be_written_in_several_ways(text: str) -> None:
    assert Knob("max_steps", int, 1).parse(text) == 200_000


@pytest.mark.parametrize(
    ("text", "value"), [("true", True), ("ON", True), (" yes ", True), ("0", False), ("no", False)]
)
def test_a_switch_may_be_written_in_several_ways(text: str, value: bool) -> None:
    assert SWITCH.parse(text) is value


def test_a_switch_refuses_other_words() -> None:
    with pytest.raises(InputError, match="takes true or false, but got 'perhaps'"):
        SWITCH.parse("perhaps")


def test_a_whole_number_for_a_rate_becomes_a_float() -> None:
    assert isinstance(SGDConfig(1).learning_rate, float)


def test_knobs_come_in_the_order_in_which_they_are_written() -> None:
    assert [k.name for k in knobs_of(MLPConfig)][:3] == ["n_hidden", "n_embd", "block_size"]
    assert knobs_of(MLPConfig(n_hidden=9)) == knobs_of(MLPConfig)
