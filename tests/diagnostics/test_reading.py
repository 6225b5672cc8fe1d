"""The kinds of reading: histograms that lose no number, and maps that come back from their bits."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from makemore_core.diagnostics.reading import BINS, Histogram, histogram, layer_map

ARRAYS = hnp.arrays(np.float32, hnp.array_shapes(max_dims=3), elements=st.floats(-(2.0**60), 2.0**60, width=32))
CELLS = hnp.arrays(bool, hnp.array_shapes(min_dims=2, max_dims=2))
RANGES = st.sampled_from([(None, None), (-1.0, 1.0)])


@given(ARRAYS, RANGES)
def test_a_histogram_counts_every_number_once(array: np.ndarray, bounds: tuple[float | None, float | None]) -> None:
    drawn = histogram("layer", torch.from_numpy(array), *bounds)
    assert len(drawn.counts) == BINS
    assert sum(drawn.counts) == array.size


@given(ARRAYS)
def test_a_histogram_knows_mean_and_deviation(array: np.ndarray) -> None:
    drawn = histogram("layer", torch.from_numpy(array))
    exact = array.astype(np.float64)
    assert drawn.mean == pytest.approx(exact.mean(), rel=1e-9, abs=1e-30)
    assert drawn.deviation == pytest.approx(exact.std(), rel=1e-9, abs=1e-30)


@given(hnp.arrays(np.float32, 40, elements=st.floats(-1, 1, width=32)))
def test_a_histogram_equals_numpys(array: np.ndarray) -> None:
    steps = np.round(array * 29) / 30 + 1 / 60  # the middle of a bin, away from any rounding
    counts, _ = np.histogram(steps, bins=BINS, range=(-1, 1))
    assert histogram("layer", torch.from_numpy(steps), -1, 1).counts == counts.tolist()


def test_numbers_outside_the_range_count_in_the_outermost_bins() -> None:
    counts = histogram("layer", torch.tensor([-9.0, -9.0, 0.01, 9.0]), -1, 1).counts
    assert (counts[0], counts[BINS // 2], counts[-1]) == (2, 1, 1)


def test_a_histogram_of_one_value_has_a_width() -> None:
    drawn = histogram("layer", torch.zeros(4))
    assert drawn == Histogram("layer", drawn.low, drawn.high, drawn.counts, mean=0, deviation=0)
    assert drawn.low < 0 < drawn.high


@given(CELLS)
def test_a_map_comes_back_from_its_bits(cells: np.ndarray) -> None:
    packed = layer_map("tanh", "|t| > 0.97", torch.from_numpy(cells))
    np.testing.assert_array_equal(packed.cells, cells)


@pytest.mark.parametrize("width", [1e-3, 0.7, 3.3, 1e4])
def test_what_relu_cuts_off_lies_in_the_first_bin_right_of_zero(width: float) -> None:
    outputs = torch.relu(torch.randn(1000, generator=torch.Generator().manual_seed(1))) * width
    counts = histogram("relu", outputs).counts
    assert sum(counts[: BINS // 2]) == 0
    assert counts[BINS // 2] >= int((outputs == 0).sum())
