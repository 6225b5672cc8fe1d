"""Few tabs refresh as often as they like; many share what the server has time for, and seldom change their rhythm."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makemore_core.audience import AFFORDED, TOO_CALM, Audience


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that have passed; tests move them on."""
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def rhythms(audience: Audience, tabs: int, wish: float) -> list[float]:
    """What each of so many tabs is told at its next refresh."""
    return [audience.seconds(f"tab {i}", wish) for i in range(tabs)]


@given(st.integers(1, 300), st.sampled_from([0.4, 1.0]))
def test_all_together_ask_for_no_more_than_there_is_time_for(tabs: int, wish: float) -> None:
    audience = Audience()
    rhythms(audience, tabs, wish)
    told = rhythms(audience, tabs, wish)
    assert sum(1 / seconds for seconds in told) <= max(AFFORDED, 1 / wish)
    assert all(wish <= seconds <= max(wish, TOO_CALM * tabs / AFFORDED) for seconds in told)
    assert tabs > AFFORDED * wish or set(told) == {wish}


def test_a_class_that_comes_in_one_by_one_changes_its_rhythm_seldom(clock: list[float]) -> None:
    audience, told = Audience(), list[float]()
    for tabs in range(1, 25):
        clock[0] += 0.5
        told.append(rhythms(audience, tabs, 1.0)[0])
    assert len(set(told)) <= 4


def test_who_has_left_counts_no_more(clock: list[float]) -> None:
    audience = Audience()
    rhythms(audience, 24, 1.0)
    assert audience.seconds("tab 0", 1.0) > 1
    clock[0] += 60
    assert audience.seconds("tab 0", 1.0) == 1


def test_a_run_that_has_calmed_down_is_asked_less_often() -> None:
    audience = Audience()
    assert [audience.seconds("tab", wish) for wish in (0.4, 1.0)] == [0.4, 1.0]
