"""Convolution and attention: equal to torch's, blind to the future."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional

from makemore_core.minitorch import Tensor
from makemore_core.minitorch.nn import (
    CausalConv1d,
    CausalSelfAttention,
    Dropout,
    Linear,
    Module,
)
from tests.minitorch.against_torch import compare, drawn

B, T, E, H, V = 6, 4, 8, 5, 7


@given(st.integers(1, 4), st.integers(1, 5), st.integers(1, 6), st.booleans())
def test_causal_convolution_equals_torchs(kernel_size: int, dilation: int, length: int, bias: bool) -> None:
    weight = drawn(kernel_size, E, H)

    def theirs(x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None = None) -> torch.Tensor:
        past = functional.pad(x.mT, ((kernel_size - 1) * dilation, 0))  # (B, E, T + past)
        # torch's first tap is the oldest, ours the present
        return functional.conv1d(past, weight.flip(0).permute(2, 1, 0), bias, dilation=dilation).mT

    compare(CausalConv1d(weight, drawn(H) if bias else None, dilation), theirs, drawn(B, length, E))


@pytest.mark.parametrize("n_head", [1, 2, 4])
def test_attention_equals_torchs(n_head: int) -> None:
    layer = CausalSelfAttention.drawn(E, n_head, np.random.default_rng(1), dtype=np.float64)

    def theirs(x: torch.Tensor, W: torch.Tensor, b: torch.Tensor, W2: torch.Tensor, b2: torch.Tensor) -> torch.Tensor:
        q, k, v = (part.unflatten(-1, (n_head, -1)).transpose(1, 2) for part in (x @ W + b).split(E, dim=-1))
        return functional.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).flatten(2) @ W2 + b2

    compare(layer, theirs, drawn(B, T, E))


def attention() -> Module:
    return CausalSelfAttention.drawn(E, 2, np.random.default_rng(1), dtype=np.float64)


def convolution() -> Module:
    return CausalConv1d.drawn(3, E, E, np.random.default_rng(1), dilation=2, dtype=np.float64)


@pytest.mark.parametrize("build", [attention, convolution])
def test_nothing_sees_the_future(build: Callable[[], Module]) -> None:
    layer, x, changed = build(), drawn(B, T, E), drawn(B, T, E)
    changed[:, 2:] += 1
    ours, others = layer(Tensor(x)).data, layer(Tensor(changed)).data
    np.testing.assert_array_equal(ours[:, :2], others[:, :2])
    assert (ours[:, 2:] != others[:, 2:]).all()


def test_attention_that_prefers_nothing_averages_the_past() -> None:
    # zero queries and keys look everywhere alike
    W = np.concatenate([np.zeros((E, 2 * E)), np.eye(E)], axis=1)
    layer, x = CausalSelfAttention(2, Linear(W), Linear(np.eye(E))), drawn(B, T, E)
    np.testing.assert_allclose(layer(Tensor(x)).data, np.cumsum(x, axis=1) / np.arange(1, T + 1)[:, None])


def test_attention_drops_weights_in_training_alone() -> None:
    whole = CausalSelfAttention.drawn(E, 2, np.random.default_rng(1))
    layer = CausalSelfAttention(2, whole.c_attn, whole.c_proj, Dropout(0.5, np.random.default_rng(2).random))
    x = Tensor(drawn(B, T, E).astype(np.float32))
    assert (layer(x).data != whole(x).data).any()
    layer.train(False)
    np.testing.assert_array_equal(layer(x).data, whole(x).data)
