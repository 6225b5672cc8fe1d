"""Colours of runs: eight, the same for a run's whole life, and never two runs alike among the first 32."""

import tomllib
from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from makemore_core.comparison.looks import COLORS, DASHES, color_of, looks
from makemore_core.training.recorder import Progress
from makemore_core.training.rows import RunRow
from makemore_core.training.store import RunStore

CONFIG = Path(__file__).parents[2] / ".streamlit" / "config.toml"


def row(number: int) -> RunRow:
    return RunRow(f"run-{number}", "", {}, {}, 0, Progress(), 0.0, 0.0, number=number)


def test_the_colours_are_those_that_were_chosen_to_keep_apart() -> None:
    assert list(COLORS) == tomllib.loads(CONFIG.read_text())["theme"]["chartCategoricalColors"]


@given(st.integers(1, 10_000))
def test_eight_runs_in_a_row_have_eight_colours(first: int) -> None:
    assert len({color_of(row(first + i)) for i in range(8)}) == 8


def test_a_colour_survives_a_restart_and_the_end_of_others(store: RunStore) -> None:
    for id in ("otter", "lynx", "toad"):
        store.add(replace(row(0), id=id))
    before = {row.id: color_of(row) for row in store.runs()}
    assert len(set(before.values())) == 3
    store.put_away("otter")
    store.delete("lynx")
    again = RunStore(store.path)
    assert color_of(again.run("toad")) == before["toad"] == color_of(store.runs()[0])
    again.bring_back("otter")
    assert color_of(again.run("otter")) == before["otter"]
    again.close()


@given(st.sets(st.integers(1, 32)))
def test_two_runs_never_look_alike(numbers: set[int]) -> None:
    found = looks([row(number) for number in numbers])
    assert len({(look.color, look.dash) for look in found.values()}) == len(numbers)
    assert len({(look.color, look.symbol) for look in found.values()}) == len(numbers)


@given(st.lists(st.integers(1, 200), unique=True))
def test_a_colour_does_not_ask_who_else_is_shown(numbers: list[int]) -> None:
    found = looks([row(number) for number in numbers])
    assert all(found[f"run-{number}"].color == color_of(row(number)) for number in numbers)
    if numbers:
        assert found[f"run-{min(numbers)}"].dash == DASHES[0]
