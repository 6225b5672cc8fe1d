"""The tape: deep graphs, shared nodes, constants, memory shared with torch."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

from makemore_core.minitorch import Tensor, no_grad


def test_micrograds_first_example() -> None:
    # the README of micrograd prints 24.7041, 138.8338 and 645.5773
    a, b = Tensor(-4.0), Tensor(2.0)
    c, d = a + b, a * b + b**3
    c = c + c + 1
    c = c + 1 + c + (-a)
    d = d + d * 2 + (b + a).relu()
    d = d + 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g = g + 10.0 / f
    g.backward()
    assert a.grad is not None
    assert b.grad is not None
    assert [round(x, 4) for x in (g.item(), a.grad.item(), b.grad.item())] == [24.7041, 138.8338, 645.5773]


@pytest.mark.parametrize("depth", [5_000, 100_000])
def test_a_graph_may_be_deep(depth: int) -> None:
    start = Tensor(1.0)
    out = start
    for _ in range(depth):
        out = out + 1
    out.backward()
    assert out.item() == depth + 1
    assert start.grad == 1


def test_a_tensor_used_twice_collects_both_gradients() -> None:
    x = Tensor(np.array([3.0]))
    ((x * x) * x + x).sum().backward()
    assert x.grad == 3 * 3**2 + 1


def test_many_paths_are_walked_once() -> None:
    # 2 ** 60 paths from the end to the start
    x = Tensor(1.0)
    out = x
    for _ in range(60):
        out = out + out
    out.backward()
    assert x.grad == 2.0**60


def test_leaves_add_up_over_backward_calls() -> None:
    x = Tensor(2.0)
    for _ in range(2):
        (x * 5).backward()
    assert x.grad == 10
    x.zero_grad()
    assert x.grad is None


def test_a_numbers_gradient_is_an_array() -> None:
    x = Tensor(3.0)
    (x * x).backward()
    assert type(x.grad) is np.ndarray
    x.grad *= 2
    assert x.grad == 12


def test_leaves_own_their_gradients() -> None:
    a, b = Tensor(np.ones(3)), Tensor(np.ones(3))
    (a + b).sum().backward()
    assert a.grad is not None
    a.grad *= 100
    assert b.grad is not None
    assert b.grad.tolist() == [1, 1, 1]


def test_leaves_own_what_is_seen_from_elsewhere() -> None:
    a, given = Tensor(np.ones((2, 3))), np.ones((3, 2))
    turned = a.transpose(0, 1)
    turned.backward(given)
    assert a.grad is not None
    a.grad *= 100
    assert turned.grad is not None
    assert turned.grad.max() == given.max() == 1


def test_without_gradients_no_graph_is_kept() -> None:
    x = Tensor(np.ones(3))
    with no_grad():
        out = (x * 2).exp()
    assert out.parents == ()
    assert not out.requires_grad
    assert (x * 2).parents


def test_no_grad_ends_at_its_own_thread() -> None:
    x = Tensor(np.ones(3))
    with no_grad(), ThreadPoolExecutor(1) as pool:
        assert pool.submit(lambda: x * 2).result().requires_grad
        assert not (x * 2).requires_grad


def test_no_grad_ends_with_an_error_too() -> None:
    with pytest.raises(KeyError), no_grad():
        raise KeyError
    assert (Tensor(1.0) * 2).requires_grad


def test_constants_get_no_gradient() -> None:
    x, constant = Tensor(np.ones(2)), Tensor(np.ones(2), requires_grad=False)
    (np.full(2, 3.0) * x * constant * x.detach()).sum().backward()
    assert x.grad is not None
    assert x.grad.tolist() == [3, 3]
    assert constant.grad is None


def test_numbers_are_shared_not_copied() -> None:
    theirs = torch.zeros(2, 3)
    ours = Tensor(theirs.numpy())
    ours.data += 1
    assert theirs.sum() == 6
