"""Gradients of any shape as pictures on one scale."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from makemore_core.charts.exercise import MOST_CELLS, gradient_figure, reach_of


def drawn_of(values: NDArray[np.float32]) -> Any:
    figure: Any = gradient_figure("dprobs", values, 1.0)
    (trace,) = figure.data
    return trace


@pytest.mark.parametrize(
    ("shape", "drawn"),
    [((27,), (1, 27)), ((32, 1), (32, 1)), ((32, 3, 10), (32, 30)), ((1, 64), (1, 64)), ((1,), (1, 1))],
)
def test_an_example_is_a_row(shape: tuple[int, ...], drawn: tuple[int, int]) -> None:
    values = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
    trace = drawn_of(values)
    assert trace.z.shape == drawn
    assert trace.z.ravel().tolist() == values.ravel().tolist()
    assert (trace.zmin, trace.zmax) == (-1.0, 1.0)


def test_a_large_one_is_drawn_in_blocks_and_says_so() -> None:
    figure: Any = gradient_figure("dW1", np.ones((512, 1024), dtype=np.float32), 1.0)
    assert figure.data[0].z.size <= MOST_CELLS
    assert "means of" in figure.layout.title.text


def test_what_is_no_number_is_left_out() -> None:
    values = np.array([[1.0, np.nan], [-np.inf, -3.0]], dtype=np.float32)
    assert reach_of(values) == 3.0
    assert np.isnan(drawn_of(values).z).sum() == 2
    assert reach_of(np.full(2, np.nan, dtype=np.float32)) > 0
