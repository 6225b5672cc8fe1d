"""The table of runs: every filter and every order by hand, and sentences for what cannot be meant."""

import math
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makemore_core.comparison.listing import COLUMNS, NONE, duration, found, in_order
from makemore_core.comparison.settings import SettingsOfRuns
from makemore_core.config import RunConfig
from makemore_core.errors import InputError
from makemore_core.training.recorder import Progress, RunState
from makemore_core.training.rows import RunRow


def row(id: str, val: float | None = None, **about: object) -> RunRow:
    config = RunConfig().to_dict()
    plain = RunRow(id, "lecture3-deep", config, {"name": "names"}, 47_024, Progress(), 0.0, 0.0, val=val)
    return replace(plain, **about)  # type: ignore[arg-type]


OTTER = row("quiet-otter", 2.1, tags=("good", "first try"), created=1.0)
LYNX = row("bold-lynx", 2.3, preset="", progress=Progress(RunState.FAILED, step=10, seconds=4.0), created=2.0)
TOAD = row("shy-toad", None, config=RunConfig().with_values({"model": "bigram", "seed": 7}).to_dict(), created=3.0)
ROWS = [OTTER, LYNX, TOAD]
SETTINGS = SettingsOfRuns().now(ROWS, {})


def names(query: str) -> list[str]:
    return [row.id.partition("-")[2] for row in found(ROWS, SETTINGS, query)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "otter lynx toad"),
        ("OTTER", "otter"),
        ("first", "otter"),
        ("failed", "lynx"),
        ("bigram", "toad"),
        ("lecture3 names", "otter toad"),
        ("val < 2.2", "otter"),
        ("val<=2.1", "otter"),
        ("val > 2.2", "lynx"),  # a run without a loss is neither above nor below
        ("val != 2.1", "lynx"),
        ("seed = 7", "toad"),
        ("seed!=7 good", "otter"),
        ("n_hidden >= 1", "otter lynx"),
        ("model.n_hidden >= 1", "otter lynx"),
        ("model = bigram", "toad"),
        ("steps > 0 steps < 11", "lynx"),
        ("speed = 2.5", "lynx"),
        ("(", ""),
    ],
)
def test_a_filter_finds(query: str, expected: str) -> None:
    assert names(query) == expected.split()


def test_what_cannot_be_compared_is_said() -> None:
    with pytest.raises(InputError, match="Unknown column 'vall'; choose one of: run, "):
        names("vall < 2")
    with pytest.raises(InputError, match="`val` is a number, but got 'low'"):
        names("val < low")


@given(st.text())
def test_any_text_finds_some_of_the_runs_or_says_why_not(query: str) -> None:
    with suppress(InputError):
        assert set(names(query)) <= {"otter", "lynx", "toad"}


@given(st.lists(st.one_of(st.none(), st.floats()), max_size=20), st.booleans())
def test_runs_stand_in_order_and_those_without_a_number_last(values: list[float | None], downwards: bool) -> None:
    rows = [row(f"run-{i}", val) for i, val in enumerate(values)]
    ordered = [r.val for r in in_order(rows, {}, "val", downwards)]
    numbers = [val for val in values if val is not None and not math.isnan(val)]
    assert ordered[: len(numbers)] == sorted(numbers, reverse=downwards)
    assert all(val is None or math.isnan(val) for val in ordered[len(numbers) :])


def test_a_setting_sorts_as_a_column_does() -> None:
    assert in_order(ROWS, SETTINGS, "model.n_hidden")[-1] == TOAD  # it has none
    assert in_order(ROWS, SETTINGS, "seed")[0] == TOAD


def test_cells_say_what_they_hold() -> None:
    assert COLUMNS["val"].text(OTTER) == "2.100"
    assert COLUMNS["val"].text(row("lost", math.nan)) == NONE  # as the store keeps it
    assert COLUMNS["val"].text(TOAD) == NONE
    assert COLUMNS["speed"].text(LYNX) == "2"  # 10 steps in 4 s, a whole number
    assert COLUMNS["tags"].text(OTTER) == "good, first try"
    assert COLUMNS["parameters"].text(OTTER) == "47,024"
    assert COLUMNS["preset"].text(LYNX) == "own settings"
    assert COLUMNS["run"].text(replace(OTTER, name="best")) == "best"
    assert COLUMNS["parent"].text(replace(OTTER, parent="lynx", parent_step=5_000)) == "lynx, step 5,000"


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.123, "0.123 s"), (99, "99 s"), (150, "2.5 min"), (2 * 3600, "2.0 h"), (math.pi, "3.14 s")]
)
def test_a_duration_is_short(seconds: float, words: str) -> None:
    assert duration(seconds) == words
