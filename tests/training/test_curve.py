"""The loss curve: buckets that equal naive bucketing, however the losses come in."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from makemore_core.training.curve import COLUMNS, HIGH, LAST, LOW, STEP, STEPS, TOTAL, Curve, bucketed, regridded
from makemore_core.training.spacing import BUCKETS, is_on_grid

N = 5_000  # steps: five widths of bucket
# a loss is a float32, so sums of thousands are exact in float64
LOSSES = np.random.default_rng(1).uniform(0.5, 30, N).astype(np.float32).astype(np.float64)
CHUNKS = st.lists(st.integers(1, 700), min_size=1, max_size=40)


def naive_rows(losses: np.ndarray, per_octave: int = BUCKETS) -> list[list[float]]:
    buckets: list[list[float]] = []
    for step, loss in enumerate(losses.tolist()):
        if is_on_grid(step, per_octave):
            buckets.append([step, 0, loss, loss, 0, loss])
        b = buckets[-1]
        buckets[-1] = [b[STEP], b[STEPS] + 1, min(b[LOW], loss), max(b[HIGH], loss), b[TOTAL] + loss, loss]
    return buckets


def filled(chunks: list[int]) -> Curve:
    curve = Curve()
    first = 0
    for size in chunks:
        curve.extend(first, LOSSES[first : first + size])
        first += size
    return curve


@given(CHUNKS)
@example([1, 1])
def test_any_chunking_gives_the_naive_buckets(chunks: list[int]) -> None:
    curve = filled(chunks)
    assert curve.rows().tolist() == naive_rows(LOSSES[: sum(chunks)])
    assert len(curve) == len(curve.rows())


@given(CHUNKS, st.integers(1, 39))
def test_a_curve_that_was_stored_goes_on_as_if_it_never_was(chunks: list[int], cut: int) -> None:
    before, after = chunks[:cut], chunks[cut:]
    curve = Curve(filled(before).rows())
    first = sum(before)
    for size in after:
        curve.extend(first, LOSSES[first : first + size])
        first += size
    assert np.array_equal(curve.rows(), filled(chunks).rows())


@pytest.mark.parametrize("per_octave", [8, 64, 256])
def test_a_coarser_grid_gives_the_buckets_of_that_grid(per_octave: int) -> None:
    assert regridded(bucketed(0, LOSSES), per_octave).tolist() == naive_rows(LOSSES, per_octave)


def test_no_step_is_lost() -> None:
    rows = bucketed(0, LOSSES)
    assert rows[:, STEPS].sum() == N
    assert rows[:, TOTAL].sum() == LOSSES.sum()
    assert (rows[:, LOW].min(), rows[:, HIGH].max(), rows[-1, LAST]) == (LOSSES.min(), LOSSES.max(), LOSSES[-1])


def test_a_million_steps_stay_small() -> None:
    rows = bucketed(0, np.ones(1_000_000))
    assert len(rows) < 7_000
    assert len(regridded(rows, 64)) < 1_000


def test_rows_since_a_place_are_the_later_ones() -> None:
    curve = filled([2_000])
    assert np.array_equal(curve.rows(since=1_000), curve.rows()[1_000:])


@given(CHUNKS)
def test_what_one_copy_tells_another_makes_the_same_curve(chunks: list[int]) -> None:
    told, heard, first = Curve(), Curve(), 0
    for size in chunks:
        told.extend(first, LOSSES[first : first + size])
        heard.adopt(told.rows(since=max(0, len(heard) - 1)))  # the last bucket again, which may have grown
        heard.adopt(told.rows(since=len(told)))  # nothing new
        first += size
    assert np.array_equal(heard.rows(), told.rows())


def test_rows_are_a_copy() -> None:
    curve = filled([10])
    curve.rows()[:] = 0
    assert curve.rows().tolist() == naive_rows(LOSSES[:10])


def test_an_empty_curve_has_no_rows() -> None:
    curve = Curve()
    curve.extend(0, np.array([]))
    assert curve.rows().shape == (0, len(COLUMNS))
    assert regridded(curve.rows(), 8).shape == (0, len(COLUMNS))


def test_a_loss_that_is_no_number_shows() -> None:
    rows = bucketed(2_000, np.array([1.0, np.nan]))
    assert np.isnan(rows[0, [LOW, HIGH, TOTAL, LAST]]).all()
