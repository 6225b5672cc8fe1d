"""Any shapes that numpy takes, drawn by hypothesis, against torch."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, mutually_broadcastable_shapes

from makemore_core.minitorch import Tensor, where
from makemore_core.minitorch.kernels import moments
from makemore_core.minitorch.tensor import apply
from tests.minitorch.against_torch import assert_same, drawn

ARITHMETIC: dict[str, Callable] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / (b * b + 1),
}


REDUCTIONS: dict[str, tuple[Callable, Callable]] = {
    "sum": (lambda a, axis, keep: a.sum(axis, keep), lambda a, axis, keep: a.sum(axis, keep)),
    "mean": (lambda a, axis, keep: a.mean(axis, keep), lambda a, axis, keep: a.mean(axis, keep)),
    "max": (lambda a, axis, keep: a.max(axis, keep), lambda a, axis, keep: a.amax(axis, keep)),
    "var": (
        lambda a, axis, keep: a.var(axis, keep, correction=0),
        lambda a, axis, keep: a.var(axis, correction=0, keepdim=keep),
    ),
}


@given(mutually_broadcastable_shapes(num_shapes=2, max_dims=4, max_side=4), st.sampled_from(sorted(ARITHMETIC)))
def test_broadcasting_is_undone(shapes, name: str) -> None:
    f = ARITHMETIC[name]
    a, b = (drawn(*shape, seed=i) for i, shape in enumerate(shapes.input_shapes))
    assert_same(f, f, np.asarray(a), np.asarray(b))


@given(
    mutually_broadcastable_shapes(signature="(n,k),(k,m)->(n,m)", max_dims=2, max_side=3),
)
def test_matrices_multiply_in_batches(shapes) -> None:
    a, b = (drawn(*shape, seed=i) for i, shape in enumerate(shapes.input_shapes))
    assert_same(lambda a, b: a @ b, lambda a, b: a @ b, a, b)


@given(array_shapes(max_dims=4, max_side=4), st.data())
def test_reductions_over_any_axes(shape, data) -> None:
    axes = data.draw(st.lists(st.integers(0, len(shape) - 1), min_size=1, unique=True))
    axes = tuple(data.draw(st.sampled_from((axis, axis - len(shape)))) for axis in axes)
    ours, theirs = REDUCTIONS[data.draw(st.sampled_from(sorted(REDUCTIONS)))]
    keep = data.draw(st.booleans())
    a = drawn(*shape)
    assert_same(lambda a: ours(a, axes, keep), lambda a: theirs(a, axes, keep), a)


@given(array_shapes(min_dims=2, max_dims=4, max_side=4), st.integers(1, 4))
def test_rows_of_any_shape_are_multiplied_scaled_and_moved(shape, n: int) -> None:
    a, W, b = drawn(*shape), drawn(shape[-1], n, seed=2), drawn(n, seed=3)
    assert_same(lambda *arrays: apply("linear", *arrays), lambda a, W, b: a @ W + b, a, W, b)
    gamma, beta = drawn(shape[-1], seed=2), drawn(shape[-1], seed=3)
    assert_same(lambda *arrays: apply("scale", *arrays), lambda a, gamma, beta: gamma * a + beta, a, gamma, beta)


@given(array_shapes(max_dims=4, max_side=4, min_side=2), st.data())
def test_any_axes_are_normalised(shape, data) -> None:
    axis = tuple(sorted(data.draw(st.sets(st.integers(0, len(shape) - 1), min_size=1))))
    correction = data.draw(st.integers(0, 1))

    def ours(a: Tensor) -> Tensor:
        mean, variance = moments(a.data, axis=axis, correction=correction)
        return apply("normalise", a, mean=mean, deviation=np.sqrt(variance + 1), axis=axis, correction=correction)

    def theirs(a: torch.Tensor) -> torch.Tensor:
        return (a - a.mean(axis, True)) / (a.var(axis, correction=correction, keepdim=True) + 1).sqrt()

    assert_same(ours, theirs, drawn(*shape))


@given(array_shapes(min_dims=1, max_dims=3, max_side=4), st.data())
def test_any_integers_pick_rows(shape, data) -> None:
    last = shape[0] - 1
    index = np.array(data.draw(st.lists(st.integers(-last - 1, last), max_size=6)), dtype=np.int64)
    assert_same(lambda a: a[index], lambda a: a[torch.from_numpy(index)], drawn(*shape))


@pytest.mark.parametrize("other", [2, 2.5, np.float64(2.5), np.arange(3), np.ones(3)], ids=repr)
@pytest.mark.parametrize("name", ARITHMETIC)
def test_constants_leave_single_precision_alone(name: str, other: object) -> None:
    x = Tensor(np.ones(3, dtype=np.float32))
    for out in (ARITHMETIC[name](x, other), ARITHMETIC[name](other, x), x ** np.float64(2), where([True], x, 2)):
        out.sum().backward()
        assert out.dtype == np.float32
        assert x.grad is not None
        assert x.grad.dtype == np.float32
