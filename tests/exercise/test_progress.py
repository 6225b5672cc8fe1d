"""Progress through the 26 survives its spelling, and no spelling can break it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makemore_core.exercise.problems import PROBLEMS
from makemore_core.exercise.progress import Progress

numbers = st.frozensets(st.integers(0, len(PROBLEMS) - 1))


@given(numbers, numbers)
def test_it_is_read_as_it_was_spelled(found: frozenset[int], revealed: frozenset[int]) -> None:
    progress = Progress(found, revealed - found)
    assert Progress.read(progress.spelled) == progress
    assert len(progress.spelled) <= 15  # of an address


@given(st.text())
def test_whatever_stands_in_an_address_is_some_progress(text: str) -> None:
    progress = Progress.read(text)
    assert all(0 <= number < len(PROBLEMS) for number in progress.found | progress.revealed)


def test_what_was_looked_up_is_not_found() -> None:
    progress = Progress().with_revealed(3).with_found(3).with_found(4).with_revealed(4)
    assert [progress.state(number) for number in (3, 4, 5)] == ["revealed", "found", "open"]


@pytest.mark.parametrize(("found", "after", "following"), [((), -1, 0), ((0, 1), 0, 2), ((25,), 24, 0)])
def test_the_next_one_is_the_next_that_is_open(found: tuple[int, ...], after: int, following: int) -> None:
    assert Progress(frozenset(found)).next_open(after) == following
    assert Progress(frozenset(range(26))).next_open(after) is None
