"""GELU, attention and linear layers by loops and numpy's products are torch's own in float64, forward and back."""

import math
from collections.abc import Callable
from functools import partial

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Generator, Tensor
from torch.nn.functional import gelu, scaled_dot_product_attention

from makemore_core.engines import fused_layers, one_pass, products
from makemore_core.engines.fused import Fused
from makemore_core.engines.fused_layers import (
    LONGEST,
    FusedAttention,
    FusedGELU,
    FusedLinear,
    is_fused_attention,
    is_fused_gelu,
    is_fused_linear,
)
from makemore_core.models.attention import CausalSelfAttention
from makemore_core.models.language_model import LanguageModel

MANY_ROWS = torch.zeros((100, 100, 32))
WIDE = torch.zeros((32, 64))


def randn(*shape: int, seed: int = 1) -> Tensor:
    return torch.randn(shape, generator=Generator().manual_seed(seed))


def torchs_attention(qkv: Tensor, n_head: int, scale: float) -> Tensor:
    q, k, v = (part.unflatten(-1, (n_head, -1)).transpose(1, 2) for part in qkv.chunk(3, dim=-1))
    return scaled_dot_product_attention(q, k, v, is_causal=True, scale=scale).transpose(1, 2).flatten(2)


def assert_equal_to(exact: Callable[..., Tensor], ours: Callable[..., Tensor], *inputs: Tensor) -> None:
    """Output and all gradients agree with those in float64, as far as sums in float32 can."""
    doubles = [x.double().requires_grad_() for x in inputs]
    floats = [x.clone().requires_grad_() for x in inputs]
    wanted, out = exact(*doubles), ours(*floats)
    torch.testing.assert_close(out.double(), wanted, atol=2e-5, rtol=2e-5)
    by = randn(*out.shape, seed=9)
    for ours_d, wanted_d in zip(
        torch.autograd.grad(out, floats, by), torch.autograd.grad(wanted, doubles, by.double()), strict=True
    ):
        torch.testing.assert_close(ours_d.double(), wanted_d, atol=5e-5, rtol=5e-5)


@given(st.integers(1, 4), st.integers(1, 20), st.integers(1, 4), st.integers(1, 8), st.floats(0.05, 3))
def test_attention_and_its_gradient_are_torchs(B: int, T: int, n_head: int, size: int, scale: float) -> None:
    theirs = partial(torchs_attention, n_head=n_head, scale=scale)
    assert_equal_to(theirs, lambda qkv: FusedAttention.apply(qkv, n_head, scale), randn(B, T, 3 * n_head * size))


def test_attention_takes_scores_of_any_size() -> None:
    qkv = 30 * randn(2, 12, 24)
    wanted = torchs_attention(qkv.double(), 2, 1.0)
    torch.testing.assert_close(FusedAttention.apply(qkv, 2, 1.0).double(), wanted, atol=1e-3, rtol=1e-4)


def test_what_diverged_stays_visible() -> None:
    qkv = randn(1, 5, 6)
    qkv[0, 2, 0] = torch.nan  # a query: its own place is lost, and no other
    assert FusedAttention.apply(qkv, 2, 1.0).isnan().any(-1).tolist() == [[False, False, True, False, False]]


@given(st.lists(st.integers(1, 6), min_size=1, max_size=3), st.integers(1, 8), st.integers(1, 8), st.booleans())
def test_linear_and_its_gradients_are_torchs(shape: list[int], E: int, H: int, has_bias: bool) -> None:
    bias = [randn(H, seed=3)] if has_bias else []

    def theirs(x: Tensor, weight: Tensor, *bias: Tensor) -> Tensor:
        return sum(bias, start=x @ weight)

    def ours(x: Tensor, weight: Tensor, *bias: Tensor) -> Tensor:
        return FusedLinear.apply(x, weight, *(bias or (None,)))

    assert_equal_to(theirs, ours, randn(*shape, E), randn(E, H, seed=2), *bias)


def test_gradients_that_are_copies_of_one_number_are_taken() -> None:
    """The gradient of a sum is one number, spread without memory of its own."""
    x, weight = randn(2, 3, 4).requires_grad_(), randn(4, 6).requires_grad_()
    FusedAttention.apply(FusedLinear.apply(x, weight, None), 1, 1.0).sum().backward()
    exact, W = x.detach().double().requires_grad_(), weight.detach().double().requires_grad_()
    torchs_attention(exact @ W, 1, 1.0).sum().backward()
    assert x.grad is not None
    assert weight.grad is not None
    torch.testing.assert_close((x.grad.double(), weight.grad.double()), (exact.grad, W.grad), atol=1e-5, rtol=1e-5)


def test_a_layer_takes_its_inputs_as_they_lie() -> None:
    qkv, x, weight = randn(6, 3, 2).transpose(0, 2), randn(4, 3, 2).transpose(0, 2), randn(5, 4).T
    assert not any(tensor.is_contiguous() for tensor in (qkv, x, weight))
    assert_equal_to(partial(torchs_attention, n_head=2, scale=1.0), lambda a: FusedAttention.apply(a, 2, 1.0), qkv)
    assert_equal_to(torch.matmul, lambda a, b: FusedLinear.apply(a, b, None), x, weight)


@given(st.lists(st.integers(1, 5), min_size=1, max_size=3), st.floats(0.1, 30))
def test_gelu_and_its_slope_are_gpt2s(shape: list[int], scale: float) -> None:
    x = (scale * torch.randn(shape, generator=Generator().manual_seed(3))).requires_grad_()
    exact = x.detach().double().requires_grad_()
    assert is_fused_gelu(x)
    assert not is_fused_gelu(exact)
    weights = torch.randn(shape, generator=Generator().manual_seed(4))
    out, wanted = FusedGELU.apply(x), gelu(exact, approximate="tanh")
    torch.testing.assert_close(out.double(), wanted, atol=2e-6, rtol=2e-6)
    (slope,), (wanted_slope,) = (
        torch.autograd.grad(out, x, weights),
        torch.autograd.grad(wanted, exact, weights.double()),
    )
    torch.testing.assert_close(slope.double(), wanted_slope, atol=2e-5, rtol=2e-5)


def test_gelu_takes_what_does_not_lie_in_a_row() -> None:
    x = torch.randn((3, 4), generator=Generator().manual_seed(5)).requires_grad_()
    out = FusedGELU.apply(x.T)
    torch.testing.assert_close(out, gelu(x.T, approximate="tanh"), atol=2e-6, rtol=2e-6)
    out.sum().backward()
    assert x.grad is not None
    assert math.isfinite(x.grad.sum().item())


@pytest.fixture
def amd(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fused_layers, "is_amd", lambda: True)


@pytest.mark.usefixtures("amd")
def test_who_takes_what() -> None:
    """Threads, precision, device and size decide; what is left to torch gives the same numbers."""
    qkv = randn(2, 5, 12)
    assert is_fused_attention(qkv)
    assert is_fused_linear(MANY_ROWS, WIDE)
    assert not is_fused_linear(MANY_ROWS[:1], WIDE)
    assert not is_fused_attention(randn(1, LONGEST + 1, 3))
    assert not is_fused_attention(qkv.double())
    assert not is_fused_attention(qkv.to("meta"))
    with torch.autocast("cpu", torch.bfloat16):
        assert not is_fused_attention(qkv)
        assert not is_fused_linear(MANY_ROWS, WIDE)


@pytest.mark.usefixtures("amd")
def test_two_threads_are_torchs() -> None:
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(2)
        assert not is_fused_linear(MANY_ROWS, WIDE)
        assert not is_fused_attention(MANY_ROWS)
    finally:
        torch.set_num_threads(before)


@pytest.mark.usefixtures("amd")
@pytest.mark.parametrize("missing", ["numba", "scipy"])
def test_without_numba_or_scipy_torch_attends(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    layer, x = CausalSelfAttention(8, 2, Generator().manual_seed(1)), randn(2, 5, 8)
    Fused(LanguageModel({"attention": layer}, 5))
    ours = layer(x)
    if missing == "numba":
        monkeypatch.setattr(one_pass, "loops", lambda: None)
    else:
        monkeypatch.setattr(products, "NEEDS", ("no_such_package",))
    assert not is_fused_attention(randn(2, 5, 12))
    assert not is_fused_linear(MANY_ROWS, WIDE)
    torch.testing.assert_close(layer(x), ours, atol=1e-6, rtol=1e-5)
