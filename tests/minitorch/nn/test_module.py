"""What all modules share: names, the switch, precision, memory."""

import numpy as np
import pytest
import torch

from makemore_core.minitorch import Tensor, walk
from makemore_core.minitorch.nn import (
    BatchNorm1d,
    CausalConv1d,
    CausalSelfAttention,
    Dropout,
    Embedding,
    FlattenConsecutive,
    LayerNorm,
    Linear,
    Sequential,
    Tanh,
    cross_entropy,
)

B, T, E, H, V = 6, 4, 8, 5, 7


def all_layers(dtype: type) -> Sequential:
    """Every layer with parameters, (B, T) -> (B, V)."""
    g = np.random.default_rng(1)
    return Sequential(
        {
            "embedding": Embedding.drawn(V, E, g, dtype),
            "attention": CausalSelfAttention.drawn(E, 2, g, dtype),
            "norm": LayerNorm.fresh(E, dtype),
            "conv": CausalConv1d.drawn(2, E, E, g, dtype=dtype),
            "dropout": Dropout(0.1, g.random),
            "flatten": FlattenConsecutive(T),
            "batch_norm": BatchNorm1d.fresh(E * T, dtype),
            "output": Linear.drawn(E * T, V, g, dtype=dtype),
        }
    )


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_precision_stays_as_it_is(dtype: type) -> None:
    net = all_layers(dtype)
    x = np.random.default_rng(1).integers(0, V, (B, T))
    loss = cross_entropy(net(x), x[:, 0])
    loss.backward()
    assert {node.data.dtype for node in walk(loss)} == {np.dtype(dtype)}
    for parameter in net.parameters().values():
        assert type(parameter.grad) is np.ndarray
        assert parameter.grad.dtype == parameter.dtype == dtype
        assert parameter.grad.shape == parameter.shape
    assert {buffer.dtype for buffer in net.buffers().values()} == {np.dtype(dtype)}


def test_parameters_and_buffers_go_by_dotted_names() -> None:
    net = all_layers(np.float32)
    assert list(net.parameters()) == [
        "embedding.weight",
        "attention.c_attn.weight",
        "attention.c_attn.bias",
        "attention.c_proj.weight",
        "attention.c_proj.bias",
        "norm.gamma",
        "norm.beta",
        "conv.weight",
        "conv.bias",
        "batch_norm.gamma",
        "batch_norm.beta",
        "output.weight",
        "output.bias",
    ]
    assert list(net.buffers()) == ["batch_norm.running_mean", "batch_norm.running_spread"]
    assert list(Sequential([Linear(np.ones((1, 1))), Tanh()]).parameters()) == ["0.weight"]


def test_the_switch_reaches_every_child() -> None:
    net = all_layers(np.float32)
    net.train(False)
    assert not net.layers["attention"].children()["c_attn"].training
    net.train()
    assert net.layers["dropout"].training


def test_parameters_share_memory_with_torch() -> None:
    weight, bias, mean, spread = (torch.ones(shape) for shape in ((E, H), (H,), (H,), (H,)))
    layer = Sequential([Linear(weight.numpy(), bias.numpy())])
    norm = BatchNorm1d(np.ones(H, np.float32), np.zeros(H, np.float32), mean.numpy(), spread.numpy())
    for parameter in layer.parameters().values():
        parameter.data += 1
    norm(Tensor(np.zeros((B, H), np.float32)))
    assert weight.sum() + bias.sum() == 2 * (E * H + H)
    np.testing.assert_allclose([*mean, *spread], 0.9 * np.repeat([1, 1], H), rtol=1e-6)


def test_zero_grad_forgets_all_gradients() -> None:
    net = all_layers(np.float64)
    net(np.zeros((B, T), dtype=int)).sum().backward()
    net.zero_grad()
    assert all(parameter.grad is None for parameter in net.parameters().values())


def test_the_same_generator_draws_the_same_net() -> None:
    for one, other in zip(*(all_layers(np.float32).parameters().values() for _ in range(2)), strict=True):
        np.testing.assert_array_equal(one.data, other.data)
