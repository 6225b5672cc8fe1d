"""Every row of the table of operations against finite differences and against torch."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
import torch
from torch.nn import functional

from makemore_core.minitorch import OPS, Tensor, concatenate, gradcheck, source, walk, where
from makemore_core.minitorch.kernels import moments
from makemore_core.minitorch.nn import cross_entropy
from makemore_core.minitorch.tensor import apply
from tests.minitorch.against_torch import Array, assert_same, drawn, minitorch_gradients

MASK = np.array([[True, False, True], [False, False, True]])
PICKED = np.array([[0, 2], [2, 2]])  # a row twice and more, one not at all
TARGETS = np.array([[0, 4, -1], [2, 2, 0]])
ONE, PAIR, MATRICES = (drawn(2, 3),), (drawn(2, 3), drawn(3, seed=2)), (drawn(2, 3, 4), drawn(4, 5, seed=2))
WEIGHTS, PER_NEURON = (drawn(4, 5, seed=2), drawn(5, seed=3)), (drawn(4, seed=2), drawn(4, seed=3))
POSITIVE = (np.abs(drawn(2, 3)) + 0.5,)
TIED = (np.array([[1.0, 3.0, 3.0], [2.0, -1.0, 0.0]]),)


@dataclass(frozen=True)
class Case:
    """The same function by both libraries, with inputs at which to compare them."""

    ours: Callable[..., Tensor]
    theirs: Callable[..., torch.Tensor]
    arrays: tuple[Array, ...] = ONE
    is_smooth: bool = True  # finite differences mean nothing at a kink


def by_index(index: object) -> Case:
    parts = index if isinstance(index, tuple) else (index,)
    in_torch = tuple(torch.from_numpy(part) if isinstance(part, np.ndarray) else part for part in parts)
    return Case(lambda a: a[index], lambda a: a[in_torch], (drawn(3, 4),))


def far_sigmoid(a: torch.Tensor) -> torch.Tensor:
    return torch.sigmoid(a * 99).sum()


def biased(a: torch.Tensor) -> torch.Tensor:
    return a.var(correction=0)


def softmax_over_rows(a: torch.Tensor) -> torch.Tensor:
    return a.softmax(0)


def normalised(a: Tensor, axis: tuple[int, ...], correction: int) -> Tensor:
    """With torch's eps."""
    mean, variance = moments(a.data, axis=axis, correction=correction)
    deviation = np.sqrt(variance + 1e-5)
    return apply("normalise", a, mean=mean, deviation=deviation, axis=axis, correction=correction)


def shifted(a: torch.Tensor, steps: int) -> torch.Tensor:
    """By padding and cutting, along the middle axis of three."""
    T = a.shape[1]
    wide = functional.pad(a, (0, 0, T + 5, T + 5))
    return wide[:, T + 5 - steps : 2 * T + 5 - steps]


CASES: dict[str, tuple[Case, ...]] = {
    "add": (Case(lambda a, b: a + b, torch.add, PAIR), Case(lambda a: 2 + a, lambda a: 2 + a)),
    "sub": (Case(lambda a, b: a - b, torch.sub, PAIR), Case(lambda a: 2 - a, lambda a: 2 - a)),
    "mul": (Case(lambda a, b: a * b, torch.mul, PAIR), Case(lambda a: a * a * 3, lambda a: a * a * 3)),
    "div": (Case(lambda a, b: b / a, lambda a, b: b / a, POSITIVE + PAIR[1:]), Case(lambda a: 1 / a, lambda a: 1 / a)),
    "neg": (Case(lambda a: -a, torch.neg),),
    "pow": (Case(lambda a: a**3, lambda a: a**3), Case(lambda a: a**-0.5, lambda a: a**-0.5, POSITIVE)),
    "matmul": (
        Case(lambda a, b: a @ b, torch.matmul, MATRICES),
        Case(lambda a, b: a @ b, torch.matmul, (drawn(2, 3), drawn(5, 3, 4))),
        Case(lambda a, b: a @ b, torch.matmul, (drawn(2, 1, 3, 4), drawn(6, 4, 5))),
    ),
    "linear": tuple(
        Case(lambda a, W, b: apply("linear", a, W, b), lambda a, W, b: functional.linear(a, W.T, b), (a, *WEIGHTS))
        for a in (drawn(2, 4), drawn(2, 3, 4))
    ),
    "scale": tuple(
        Case(lambda a, gamma, beta: apply("scale", a, gamma, beta), lambda a, gamma, beta: gamma * a + beta, arrays)
        for arrays in ((drawn(2, 4), *PER_NEURON), (drawn(2, 3, 4), *PER_NEURON))
    ),
    "exp": (Case(lambda a: a.exp(), torch.exp),),
    "log": (Case(lambda a: a.log(), torch.log, POSITIVE),),
    "sqrt": (Case(lambda a: a.sqrt(), torch.sqrt, POSITIVE),),
    "tanh": (Case(lambda a: a.tanh(), torch.tanh),),
    "sigmoid": (Case(lambda a: a.sigmoid(), torch.sigmoid), Case(lambda a: (a * 99).sigmoid().sum(), far_sigmoid)),
    "relu": (Case(lambda a: a.relu(), torch.relu),),
    "leaky_relu": (Case(lambda a: a.leaky_relu(0.1), lambda a: functional.leaky_relu(a, 0.1)),),
    "gelu": (Case(lambda a: a.gelu(), lambda a: functional.gelu(a, approximate="tanh")),),
    "sum": (Case(lambda a: a.sum(), torch.sum), Case(lambda a: a.sum(0, keepdims=True), lambda a: a.sum(0, True))),
    "mean": (Case(lambda a: a.mean(), torch.mean), Case(lambda a: a.mean((0, -1)), lambda a: a.mean((0, -1)))),
    "var": (Case(lambda a: a.var(1), lambda a: a.var(1)), Case(lambda a: a.var(correction=0), biased)),
    "normalise": (
        Case(lambda a: normalised(a, (0,), 1), lambda a: (a - a.mean(0)) / (a.var(0) + 1e-5).sqrt()),
        Case(lambda a: normalised(a, (1, 2), 0), lambda a: functional.layer_norm(a, (3, 4)), (drawn(2, 3, 4),)),
    ),
    "max": (
        Case(lambda a: a.max(1), lambda a: a.amax(1)),
        Case(lambda a: a.max(1, keepdims=True), lambda a: a.amax(1, True), TIED, is_smooth=False),
    ),
    "softmax": (Case(lambda a: a.softmax(), lambda a: a.softmax(-1)), Case(lambda a: a.softmax(0), softmax_over_rows)),
    "log_softmax": (Case(lambda a: (a * 1e3).log_softmax(1), lambda a: (a * 1e3).log_softmax(1)),),
    "cross_entropy": (
        Case(
            lambda a: cross_entropy(a, TARGETS),
            lambda a: functional.cross_entropy(a.flatten(0, 1), torch.from_numpy(TARGETS).flatten(), ignore_index=-1),
            (drawn(2, 3, 5),),
        ),
    ),
    "reshape": (Case(lambda a: a.reshape(3, -1), lambda a: a.reshape(3, -1)), Case(lambda a: a.view(6), torch.ravel)),
    "transpose": (Case(lambda a: a.transpose(0, 1), lambda a: a.transpose(0, 1)),),
    "slice": (by_index(1), by_index((slice(None), slice(1, 3))), by_index((..., None, -1))),
    "gather": (by_index(PICKED), by_index((PICKED, PICKED + 1)), by_index((slice(None), PICKED[0]))),
    "masked_fill": (Case(lambda a: a.masked_fill(MASK, -7), lambda a: a.masked_fill(torch.from_numpy(MASK), -7)),),
    "where": (
        Case(lambda a, b: where(MASK, a, b), lambda a, b: torch.where(torch.from_numpy(MASK), a, b), PAIR),
        Case(lambda a: where(MASK, a, 5.0), lambda a: torch.where(torch.from_numpy(MASK), a, 5.0)),
    ),
    "concatenate": (
        Case(lambda a, b: concatenate([a, b, a], 1), lambda a, b: torch.cat([a, b, a], 1), (drawn(2, 3), drawn(2, 1))),
        Case(lambda a: concatenate([a, a], -2), lambda a: torch.cat([a, a], -2)),
    ),
    "pad": (Case(lambda a: a.pad((1, 0), (2, 3)), lambda a: functional.pad(a, (2, 3, 1, 0))),),
    "shift": tuple(
        Case(lambda a, steps=steps: a.shift(steps, 1), lambda a, steps=steps: shifted(a, steps), (drawn(2, 3, 4),))
        for steps in (-4, -1, 0, 1, 2, 5)
    ),
}
ALL_CASES = [(name, case) for name, cases in CASES.items() for case in cases]
every_case = pytest.mark.parametrize(("name", "case"), ALL_CASES, ids=[name for name, _ in ALL_CASES])


def test_every_row_has_a_case() -> None:
    assert set(CASES) == set(OPS)


@every_case
def test_a_case_tries_its_row(name: str, case: Case) -> None:
    assert name in {node.op for node in walk(case.ours(*map(Tensor, case.arrays)))}


@every_case
def test_a_row_equals_torch(name: str, case: Case) -> None:
    assert_same(case.ours, case.theirs, *case.arrays, tolerance=1e-10)


@every_case
def test_a_rows_gradient_is_its_slope(name: str, case: Case) -> None:
    if case.is_smooth:
        assert gradcheck(case.ours, *case.arrays) < 1e-6


@every_case
def test_a_row_keeps_single_precision(name: str, case: Case) -> None:
    single = [array.astype(np.float32) for array in case.arrays]
    assert {array.dtype for array in minitorch_gradients(case.ours, single)} == {np.dtype(np.float32)}


@pytest.mark.parametrize("name", OPS)
def test_a_rows_source_can_be_shown(name: str) -> None:
    assert OPS[name].formula
    assert source(name).startswith(f'Op("{name}", "{OPS[name].formula}"')


def test_a_source_shows_the_functions_that_a_row_names() -> None:
    assert "GELU_CUBE * (a * a * a)" in source("gelu")
    with pytest.raises(ValueError, match="Unknown operation 'geul'; choose one of: add, sub, "):
        source("geul")


def test_sigmoid_and_softmax_do_not_overflow() -> None:
    far = Tensor(np.array([-1e4, 0.0, 1e4]))
    assert far.sigmoid().data.tolist() == [0, 0.5, 1]
    assert far.softmax().data.tolist() == [0, 0, 1]


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_rows_that_lie_far_apart_leave_each_other_alone(name: str) -> None:
    row = drawn(1, 5)
    apart = getattr(Tensor(np.concatenate([row, row + 1e4])), name)().data
    np.testing.assert_allclose(apart, np.repeat(getattr(Tensor(row), name)().data, 2, axis=0), atol=1e-9)


def test_at_the_kink_the_slope_is_torchs() -> None:
    zero = (np.zeros(1),)
    assert_same(lambda a: a.relu(), torch.relu, *zero)
    assert_same(lambda a: a.leaky_relu(0.2), lambda a: functional.leaky_relu(a, 0.2), *zero)


def test_uniform_logits_surprise_by_the_logarithm_of_the_vocabulary() -> None:
    assert cross_entropy(Tensor(np.zeros((4, 27))), np.arange(4)).item() == pytest.approx(np.log(27))


def test_a_picked_row_collects_from_each_pick() -> None:
    table = Tensor(np.zeros((5, 2)))
    table[np.array([3, 0, 3, 3])].sum().backward()
    assert table.grad is not None
    assert table.grad[:, 0].tolist() == [1, 0, 0, 3, 0]
