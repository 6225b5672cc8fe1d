"""The log-spaced grid: how many lines in an octave, and that coarse grids lie within finer ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makemore_core.training.spacing import (
    BUCKETS,
    GRANT,
    KEPT,
    LIVE_SHARE,
    SHARE,
    SNAPSHOTS,
    LookBudget,
    is_on_grid,
    next_on_grid,
    snapshots_in_an_octave,
    spacing,
)

STEPS = st.integers(0, 10**9)
GRIDS = st.sampled_from([KEPT, BUCKETS])
each_grid = pytest.mark.parametrize("per_octave", [KEPT, BUCKETS])


@each_grid
def test_early_steps_are_all_on_the_grid(per_octave: int) -> None:
    assert all(is_on_grid(step, per_octave) for step in range(2 * per_octave))
    assert not is_on_grid(2 * per_octave + 1, per_octave)


@each_grid
def test_every_later_octave_has_the_same_number_of_lines(per_octave: int) -> None:
    for octave in (per_octave, 4 * per_octave, 16 * per_octave):
        assert sum(is_on_grid(step, per_octave) for step in range(octave, 2 * octave)) == per_octave


@given(STEPS, GRIDS)
def test_the_next_line_is_the_first_that_is_not_before(step: int, per_octave: int) -> None:
    line = next_on_grid(step, per_octave)
    assert is_on_grid(line, per_octave)
    assert step <= line < step + spacing(step, per_octave)
    assert (line == step) == is_on_grid(step, per_octave)


@given(STEPS)
def test_what_is_kept_starts_a_bucket(step: int) -> None:
    assert is_on_grid(next_on_grid(step, KEPT), BUCKETS)


@given(st.integers(1, 10**8), st.integers(1, 10**7))
def test_all_weights_that_are_kept_stay_within_their_bytes(size: int, max_steps: int) -> None:
    per_octave = snapshots_in_an_octave(size, max_steps)
    kept = [0]
    while per_octave and (step := next_on_grid(kept[-1] + 1, per_octave)) < max_steps:
        kept.append(step)
    with_the_last = len(kept) + 1
    assert per_octave == 0 or with_the_last * size <= SNAPSHOTS
    assert per_octave > 0 or (max_steps.bit_length() + 2) * size > SNAPSHOTS


def test_of_a_net_that_is_too_large_the_first_step_is_kept() -> None:
    assert [step for step in range(1000) if is_on_grid(step, 0)] == [0]


ON_THE_GRID, BETWEEN = 9 * 2**10, 9 * 2**10 + 1


def test_first_looks_are_free_and_later_ones_a_small_share() -> None:
    looks = LookBudget()
    assert looks.is_due(ON_THE_GRID, seconds=0)
    looks.took(ON_THE_GRID, GRANT)
    assert looks.is_due(ON_THE_GRID, seconds=0)
    looks.took(ON_THE_GRID, 10 * SHARE)
    assert not looks.is_due(ON_THE_GRID, seconds=9)
    assert looks.is_due(ON_THE_GRID, seconds=10.1)


@pytest.mark.parametrize("step", [0, 1, 2, 4, 2**20])
def test_every_octave_is_looked_at_once_whatever_it_costs(step: int) -> None:
    looks = LookBudget()
    looks.took(ON_THE_GRID, 1e6)
    assert looks.is_due(step, seconds=0)


def test_the_live_view_looks_four_times_a_second_at_most() -> None:
    looks = LookBudget()
    assert looks.is_due(BETWEEN, seconds=1)
    looks.took(BETWEEN, 0.001)
    assert not looks.is_due(BETWEEN, seconds=1)  # not so soon


def test_neither_kept_steps_nor_the_live_view_starve_the_other() -> None:
    looks = LookBudget()
    looks.kept = 1e6
    assert looks.is_due(BETWEEN, seconds=1)
    looks = LookBudget()
    looks.live = 2 * LIVE_SHARE
    assert looks.is_due(ON_THE_GRID, seconds=1)
    assert not looks.is_due(BETWEEN, seconds=1)
    assert looks.is_due(BETWEEN, seconds=2.1)
