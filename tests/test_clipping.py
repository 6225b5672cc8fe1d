"""Clipping against torch's own, on torch tensors and on numpy arrays."""

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from makemore_core.clipping import clip_gradients

Array = NDArray[np.float64]
gradients = st.lists(arrays(np.float64, st.integers(1, 6), elements=st.floats(-1e6, 1e6)), min_size=1, max_size=4)
norms = st.floats(1e-3, 1e3)


def parameters_with(values: list[Any]) -> dict[str, Any]:
    return {f"p{i}": SimpleNamespace(data=None, grad=value) for i, value in enumerate(values)}


@given(gradients, norms)
def test_clipping_is_torchs(values: list[Array], largest_norm: float) -> None:
    on_numpy, on_torch = [v.copy() for v in values], [torch.tensor(v) for v in values]
    theirs, leaves = [torch.tensor(v) for v in values], [torch.tensor(v) for v in values]
    for leaf, gradient in zip(leaves, theirs, strict=True):
        leaf.grad = gradient
    norm = torch.nn.utils.clip_grad_norm_(leaves, largest_norm).item()
    assert clip_gradients(parameters_with(on_numpy), largest_norm) == pytest.approx(norm, rel=1e-12)
    assert clip_gradients(parameters_with(on_torch), largest_norm) == pytest.approx(norm, rel=1e-12)
    for one, other, gradient in zip(on_numpy, on_torch, theirs, strict=True):
        np.testing.assert_allclose(one, gradient.numpy(), rtol=1e-12)
        np.testing.assert_allclose(other.numpy(), gradient.numpy(), rtol=1e-12)


@given(gradients, norms)
def test_what_is_clipped_is_no_longer_than_allowed(values: list[Array], largest_norm: float) -> None:
    parameters = parameters_with([v.copy() for v in values])
    clip_gradients(parameters, largest_norm)
    assert clip_gradients(parameters, math.inf) <= largest_norm


def test_three_four_five() -> None:
    parameters = parameters_with([np.array([3.0]), torch.tensor([4.0])])
    assert clip_gradients(parameters, 2.5) == 5
    assert [parameter.grad.item() for parameter in parameters.values()] == pytest.approx([1.5, 2.0], rel=1e-6)


def test_short_gradients_stay_as_they_are() -> None:
    gradient = torch.randn(100, generator=torch.Generator().manual_seed(1))
    before = gradient.clone()
    clip_gradients(parameters_with([gradient]), 1000)
    assert torch.equal(gradient, before)


@pytest.mark.parametrize("values", [[], [None], [np.zeros(3), None]])
def test_nothing_to_clip_has_no_length(values: list[Any]) -> None:
    assert clip_gradients(parameters_with(values), 1) == 0


def test_a_float32_gradient_stays_one() -> None:
    parameters = parameters_with([np.full(3, 9, np.float32)])
    clip_gradients(parameters, 1)
    assert parameters["p0"].grad.dtype == np.float32


def test_what_is_no_number_does_not_pass_for_clipped() -> None:
    parameters = parameters_with([np.array([math.nan, 1.0])])
    assert math.isnan(clip_gradients(parameters, 1))
    assert np.isnan(parameters["p0"].grad).all()  # as in torch
