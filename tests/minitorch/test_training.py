"""Whole nets: the loss curve of minitorch is the loss curve of torch, written a second time in plain torch."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
import torch
from torch.nn import functional

from makemore_core.minitorch import Tensor, no_grad
from makemore_core.minitorch.nn import (
    GELU,
    BatchNorm1d,
    CausalSelfAttention,
    Embedding,
    Flatten,
    FlattenConsecutive,
    LayerNorm,
    Linear,
    Module,
    Sequential,
    Tanh,
    cross_entropy,
)
from makemore_core.optimizers import OPTIMIZERS
from tests.minitorch.against_torch import Array

B, T, E, H, V, STEPS = 16, 8, 16, 24, 12, 100
P = dict[str, torch.Tensor]
RATES = {"sgd": 0.1, "adam": 0.003}
TORCHS = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}


def mlp(g: np.random.Generator, dtype: type) -> Module:
    return Sequential(
        {
            "embedding": Embedding.drawn(V, E, g, dtype),
            "flatten": Flatten(),
            "linear": Linear.drawn(T * E, H, g, dtype=dtype),
            "tanh": Tanh(),
            "output": Linear.drawn(H, V, g, gain=0.1, dtype=dtype),
        }
    )


def torch_mlp(p: P, x: torch.Tensor) -> torch.Tensor:
    h = torch.tanh(p["embedding.weight"][x].flatten(1) @ p["linear.weight"] + p["linear.bias"])
    return h @ p["output.weight"] + p["output.bias"]


def normalise(p: P, name: str, x: torch.Tensor) -> torch.Tensor:
    """Lecture 5's BatchNorm1d in training."""
    dims = tuple(range(x.ndim - 1))
    mean, var = x.mean(dims, keepdim=True), x.var(dims, keepdim=True)
    return p[f"{name}.gamma"] * (x - mean) / torch.sqrt(var + 1e-5) + p[f"{name}.beta"]


def batch_norm_mlp(g: np.random.Generator, dtype: type) -> Module:
    layers: dict[str, Module] = {"embedding": Embedding.drawn(V, E, g, dtype), "flatten": Flatten()}
    for i, fan_in in enumerate((T * E, H, H)):
        layers[f"linear{i}"] = Linear.drawn(fan_in, H, g, bias=False, dtype=dtype)
        layers |= {f"norm{i}": BatchNorm1d.fresh(H, dtype), f"tanh{i}": Tanh()}
    return Sequential(layers | {"output": Linear.drawn(H, V, g, dtype=dtype)})


def torch_batch_norm_mlp(p: P, x: torch.Tensor) -> torch.Tensor:
    h = p["embedding.weight"][x].flatten(1)
    for i in range(3):
        h = torch.tanh(normalise(p, f"norm{i}", h @ p[f"linear{i}.weight"]))
    return h @ p["output.weight"] + p["output.bias"]


def wavenet(g: np.random.Generator, dtype: type) -> Module:
    layers: dict[str, Module] = {"embedding": Embedding.drawn(V, E, g, dtype)}
    for i, fan_in in enumerate((E, H, H)):
        layers |= {f"flatten{i}": FlattenConsecutive(2)}
        layers[f"linear{i}"] = Linear.drawn(2 * fan_in, H, g, bias=False, dtype=dtype)
        layers |= {f"norm{i}": BatchNorm1d.fresh(H, dtype), f"tanh{i}": Tanh()}
    return Sequential(layers | {"output": Linear.drawn(H, V, g, dtype=dtype)})


def torch_wavenet(p: P, x: torch.Tensor) -> torch.Tensor:
    h = p["embedding.weight"][x]
    for i in range(3):
        h = torch.cat([h[:, ::2], h[:, 1::2]], dim=2)  # pairs side by side
        h = torch.tanh(normalise(p, f"norm{i}", h @ p[f"linear{i}.weight"]))
    return h.squeeze(1) @ p["output.weight"] + p["output.bias"]


class Block(Module):
    """Pre-norm, as in GPT-2: x + attention(norm(x)), then x + mlp(norm(x))."""

    def __init__(self, g: np.random.Generator, dtype: type) -> None:
        self.ln_1, self.ln_2 = LayerNorm.fresh(E, dtype), LayerNorm.fresh(E, dtype)
        self.attn = CausalSelfAttention.drawn(E, 2, g, dtype)
        wide, narrow = Linear.drawn(E, 4 * E, g, dtype=dtype), Linear.drawn(4 * E, E, g, dtype=dtype)
        self.mlp = Sequential({"c_fc": wide, "gelu": GELU(), "c_proj": narrow})

    def __call__(self, x: Tensor) -> Tensor:
        x = x + self.attn(self.ln_1(x))
        return x + self.mlp(self.ln_2(x))


class GPT(Module):
    """Two blocks with learned positions: (B, T) -> (B, T, V)."""

    def __init__(self, g: np.random.Generator, dtype: type) -> None:
        self.wte, self.wpe = Embedding.drawn(V, E, g, dtype), Embedding.drawn(T, E, g, dtype)
        self.h = Sequential([Block(g, dtype), Block(g, dtype)])
        self.ln_f, self.lm_head = LayerNorm.fresh(E, dtype), Linear.drawn(E, V, g, bias=False, dtype=dtype)

    def __call__(self, x: Array) -> Tensor:
        return self.lm_head(self.ln_f(self.h(self.wte(x) + self.wpe(np.arange(x.shape[1])))))


def torch_gpt(p: P, x: torch.Tensor) -> torch.Tensor:
    def linear(name: str, h: torch.Tensor) -> torch.Tensor:
        return h @ p[f"{name}.weight"] + p[f"{name}.bias"]

    def norm(name: str, h: torch.Tensor) -> torch.Tensor:
        return functional.layer_norm(h, (E,), p[f"{name}.gamma"], p[f"{name}.beta"])

    h = functional.embedding(x, p["wte.weight"]) + p["wpe.weight"]
    for block in ("h.0", "h.1"):
        qkv = linear(f"{block}.attn.c_attn", norm(f"{block}.ln_1", h)).split(E, dim=2)
        q, k, v = (part.unflatten(2, (2, E // 2)).transpose(1, 2) for part in qkv)
        attended = functional.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).flatten(2)
        h = h + linear(f"{block}.attn.c_proj", attended)
        wide = functional.gelu(linear(f"{block}.mlp.c_fc", norm(f"{block}.ln_2", h)), approximate="tanh")
        h = h + linear(f"{block}.mlp.c_proj", wide)
    return norm("ln_f", h) @ p["lm_head.weight"]


@dataclass(frozen=True)
class Net:
    """The same net by both libraries; a GPT predicts at each position, with some targets left out."""

    ours: Callable[[np.random.Generator, type], Module]
    theirs: Callable[[P, torch.Tensor], torch.Tensor]
    at_each_position: bool = False


NETS = {
    "mlp": Net(mlp, torch_mlp),
    "batch-norm": Net(batch_norm_mlp, torch_batch_norm_mlp),
    "wavenet": Net(wavenet, torch_wavenet),
    "gpt": Net(GPT, torch_gpt, at_each_position=True),
}


def batches(net: Net) -> list[tuple[Array, Array]]:
    """Each character is the sum of the two before it, so there is something to learn; 80 examples in turn."""
    words = np.random.default_rng(2).integers(0, V, (80, T + 1))
    for t in range(2, T + 1):
        words[:, t] = (words[:, t - 1] + words[:, t - 2]) % V
    y = words[:, 1:].copy() if net.at_each_position else words[:, -1]
    if net.at_each_position:
        y[:, 0] = -1
    return [(words[i : i + B, :-1], y[i : i + B]) for i in range(0, 80, B)] * (STEPS // 5)


def our_losses(net: Net, optimizer: str, dtype: type) -> tuple[list[float], Module]:
    model = net.ours(np.random.default_rng(1), dtype)
    mover = OPTIMIZERS[optimizer](RATES[optimizer]).build(model.parameters())
    losses = []
    for x, y in batches(net):
        loss = cross_entropy(model(x), y)
        model.zero_grad()
        loss.backward()
        mover.step()
        losses.append(loss.item())
    return losses, model


def their_losses(net: Net, optimizer: str, dtype: type) -> tuple[list[float], P]:
    model = net.ours(np.random.default_rng(1), dtype)
    parameters = {name: torch.from_numpy(p.data).requires_grad_() for name, p in model.parameters().items()}
    mover = TORCHS[optimizer](parameters.values(), RATES[optimizer])
    losses = []
    for x, y in batches(net):
        logits = net.theirs(parameters, torch.from_numpy(x))
        loss = functional.cross_entropy(logits.flatten(0, -2), torch.from_numpy(y).flatten(), ignore_index=-1)
        mover.zero_grad()
        loss.backward()
        mover.step()
        losses.append(loss.item())
    return losses, parameters


@pytest.mark.parametrize("optimizer", RATES)
@pytest.mark.parametrize("net", NETS.values(), ids=NETS)
def test_a_net_walks_torchs_loss_curve(net: Net, optimizer: str) -> None:
    ours, model = our_losses(net, optimizer, np.float64)
    theirs, parameters = their_losses(net, optimizer, np.float64)
    assert len(ours) == STEPS
    assert min(theirs) < 0.8 * theirs[0]  # there was a curve to walk
    np.testing.assert_allclose(ours, theirs, atol=1e-9)
    for name, parameter in model.parameters().items():
        np.testing.assert_allclose(parameter.data, parameters[name].detach(), atol=1e-6)


@pytest.mark.parametrize("optimizer", RATES)
@pytest.mark.parametrize("net", NETS.values(), ids=NETS)
def test_in_single_precision_it_stays_close(net: Net, optimizer: str) -> None:
    np.testing.assert_allclose(
        our_losses(net, optimizer, np.float32)[0], their_losses(net, optimizer, np.float32)[0], atol=1e-4
    )


def test_evaluation_needs_no_batch() -> None:
    net = NETS["wavenet"]
    _, model = our_losses(net, "sgd", np.float32)
    model.train(False)
    x = batches(net)[0][0]
    with no_grad():
        together, alone = model(x), [model(x[i : i + 1]) for i in range(3)]
    assert together.parents == ()
    for i, one in enumerate(alone):
        np.testing.assert_allclose(one.data[0], together.data[i], rtol=1e-5, atol=1e-5)
