"""The lectures' layers against torch's: the same outputs, the same gradients."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch.nn import functional

from makemore_core.minitorch import Tensor
from makemore_core.minitorch.nn import (
    GELU,
    CausalConv1d,
    CausalSelfAttention,
    Dropout,
    Embedding,
    Flatten,
    FlattenConsecutive,
    LeakyReLU,
    Linear,
    Module,
    ReLU,
    Sequential,
    Tanh,
)
from tests.minitorch.against_torch import assert_same, compare, drawn, with_parameters

B, T, E, H, V = 6, 4, 8, 5, 7


def test_linear_equals_torchs() -> None:
    layer = Linear(drawn(E, H), drawn(H))
    compare(layer, lambda x, weight, bias: functional.linear(x, weight.T, bias), drawn(B, T, E))
    compare(Linear(drawn(E, H)), lambda x, weight: x @ weight, drawn(B, E))


def test_linear_takes_plain_arrays() -> None:
    layer = Linear(np.eye(3), np.ones(3))
    assert layer(np.arange(3.0)[None]).data.tolist() == [[1, 2, 3]]


def test_drawn_weights_keep_the_spread() -> None:
    layer = Linear.drawn(1_000, 1_000, np.random.default_rng(1), gain=5 / 3)
    assert layer.weight.data.std() == pytest.approx(5 / 3 / 1_000**0.5, rel=0.01)  # of a million draws
    assert layer.bias is not None
    assert not layer.bias.data.any()


def test_embedding_equals_torchs() -> None:
    x = np.random.default_rng(1).integers(0, V, (B, T))
    assert_same(
        lambda weight: with_parameters(Embedding(weight.data), weight)(x),
        lambda weight: functional.embedding(torch.from_numpy(x), weight),
        drawn(V, E),
    )


ACTIVATIONS: dict[str, tuple[Module, Callable[[torch.Tensor], torch.Tensor]]] = {
    "tanh": (Tanh(), torch.tanh),
    "relu": (ReLU(), torch.relu),
    "leaky-relu": (LeakyReLU(), functional.leaky_relu),
    "gelu": (GELU(), lambda x: functional.gelu(x, approximate="tanh")),
    "flatten": (Flatten(), lambda x: x.flatten(1)),
    "sequential": (Sequential([Tanh(), Tanh()]), lambda x: x.tanh().tanh()),
}


@pytest.mark.parametrize(("layer", "theirs"), ACTIVATIONS.values(), ids=ACTIVATIONS)
def test_a_layer_without_parameters_equals_torchs(layer: Module, theirs: Callable) -> None:
    compare(layer, theirs, 3 * drawn(B, T, E))


def test_dropout_keeps_where_the_draw_is_at_least_p() -> None:
    draws = np.array([0.0, 0.24, 0.25, 0.99])
    layer, x = Dropout(0.25, lambda shape: draws), Tensor(np.ones(4))
    assert layer(x).data.tolist() == [0, 0, 1 / 0.75, 1 / 0.75]
    layer.train(False)
    assert layer(x) is x


def test_dropout_keeps_the_mean() -> None:
    layer = Dropout(0.3, np.random.default_rng(1).random)
    assert layer(Tensor(np.ones(100_000))).data.mean() == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize(("n", "shape"), [(2, (B, T // 2, 2 * E)), (T, (B, T * E)), (1, (B, T, E))])
def test_flatten_consecutive_lays_neighbours_side_by_side(n: int, shape: tuple[int, ...]) -> None:
    x = drawn(B, T, E)
    by_hand = np.concatenate([x[:, i::n] for i in range(n)], axis=2)
    out = FlattenConsecutive(n)(Tensor(x)).data
    assert out.shape == shape
    np.testing.assert_array_equal(out, by_hand.reshape(shape))


def test_a_layer_that_cannot_be_says_why() -> None:
    with pytest.raises(ValueError, match=r"`T % 3 == 0` must hold, but got T=4; choose a block_size"):
        FlattenConsecutive(3)(Tensor(drawn(B, T, E)))
    with pytest.raises(ValueError, match="n_embd=8, n_head=3"):
        CausalSelfAttention.drawn(E, 3, np.random.default_rng(1))
    with pytest.raises(ValueError, match=r"`0 <= p < 1` must hold, but got p=1"):
        Dropout(1, np.random.default_rng(1).random)
    with pytest.raises(ValueError, match="got dilation=0"):
        CausalConv1d(drawn(2, E, H), dilation=0)
