"""Our own autograd as an engine: minitorch's modules on the very memory of the model's parameters.

Each layer has a counterpart in COUNTERPARTS, a module built on the layer's tensors as numpy arrays, whose parameters
have the same names; nothing is copied. The gradients that minitorch finds are handed back the same way.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from makemore_core.errors import InputError
from makemore_core.layouts import MASKED
from makemore_core.minitorch import Tensor as Node
from makemore_core.minitorch import concatenate, nn
from makemore_core.minitorch.kernels import Array
from makemore_core.models.language_model import LanguageModel, Loss
from makemore_core.models.layers import Layer

Build = Callable[[Layer], nn.Module]  # makes the counterpart of a layer inside
Counterpart = Callable[[Any, Build], nn.Module]
Pairs = list[tuple[Tensor, Node]]  # a model's parameter, and the minitorch Tensor on the same memory


class LossByMinitorch:
    """The mean cross-entropy of a batch, at the end of minitorch's tape."""

    def __init__(self, loss: Node, pairs: Pairs) -> None:
        self.node, self.pairs = loss, pairs

    def item(self) -> float:
        return self.node.item()

    def backward(self) -> None:
        """Walk the tape; every parameter of the model gets its gradient in `grad`."""
        self.node.backward()
        for parameter, node in self.pairs:
            parameter.grad = None if node.grad is None else torch.from_numpy(node.grad)


class ByMinitorch:
    """The engine for models all of whose layers have counterparts, on the CPU."""

    def __init__(self, model: LanguageModel) -> None:
        if model.device.type != "cpu":
            raise InputError(f"minitorch computes on the CPU, but got device={model.device.type}; choose autograd.")
        self.model, self.pairs = model, Pairs()
        self.net = nn.Sequential({name: self._counterpart(layer) for name, layer in model.layers.items()})

    def loss(self, x: Tensor, y: Tensor) -> Loss:
        """Mean cross-entropy in nats of the next characters y after the inputs x."""
        for _, node in self.pairs:
            node.zero_grad()
        logits = self.net(x.numpy())
        return LossByMinitorch(nn.cross_entropy(logits, y.numpy(), ignore_index=MASKED), self.pairs)

    def _counterpart(self, layer: Layer) -> nn.Module:
        """The layer in minitorch, with the layers inside it; its parameters are remembered in pairs."""
        kind = type(layer).__name__
        if kind not in COUNTERPARTS:
            raise InputError(f"minitorch knows {', '.join(COUNTERPARTS)}, but got {kind}; choose autograd.")
        module = COUNTERPARTS[kind](layer, self._counterpart)
        self.pairs += [(parameter, getattr(module, name)) for name, parameter in layer.parameters().items()]
        return module


class PositionEmbedding(nn.Module):
    """Adds a learned vector for each place: (B, T, E) -> (B, T, E)."""

    def __init__(self, weight: Array) -> None:
        self.weight = Node(weight)

    def __call__(self, x: Node) -> Node:
        return x + self.weight[: x.shape[1]]


class Residual(nn.Sequential):
    """A row whose output is added to what was there."""

    def __call__(self, x: Node) -> Node:
        return x + super().__call__(x)


class CausalConv1d(nn.Module):
    """One Linear on the shifted vectors side by side, the oldest first, as the layer in models/causal_conv.py."""

    def __init__(self, linear: nn.Module, kernel: int, dilation: int) -> None:
        self.linear, self.kernel, self.dilation = linear, kernel, dilation

    def __call__(self, x: Node) -> Node:
        taps = [x.shift(k * self.dilation, axis=1) for k in reversed(range(self.kernel))]
        return self.linear(concatenate(taps, axis=-1))


def _array(tensor: Tensor) -> Array:
    """The tensor's own memory."""
    return tensor.detach().numpy()


def _linear(layer: Any, build: Build) -> nn.Module:
    return nn.Linear(_array(layer.weight), None if layer.bias is None else _array(layer.bias))


def _norm(kind: type[nn.BatchNorm1d]) -> Counterpart:
    def counterpart(layer: Any, build: Build) -> nn.Module:
        mean, spread = _array(layer.running_mean), _array(layer.running_spread)
        return kind(_array(layer.gamma), _array(layer.beta), mean, spread, layer.eps, layer.momentum)

    return counterpart


def _dropout(layer: Any, build: Build) -> nn.Module:
    """The draws are the layer's own, so that both engines drop the same numbers."""
    return nn.Dropout(layer.share, lambda shape: layer.draw(shape).numpy())


def _row(kind: type[nn.Sequential]) -> Counterpart:
    return lambda layer, build: kind({name: build(child) for name, child in layer.children().items()})


def _block(layer: Any, build: Build) -> nn.Module:
    attend = Residual([build(layer.norm1), build(layer.attention)])
    return nn.Sequential([attend, Residual([build(layer.norm2), build(layer.mlp)])])


def _attention(layer: Any, build: Build) -> nn.Module:
    inside: list[Any] = [build(child) for child in (layer.qkv, layer.output, layer.weights_dropout)]
    return nn.Sequential([nn.CausalSelfAttention(layer.n_head, *inside), build(layer.dropout)])


COUNTERPARTS: dict[str, Counterpart] = {
    "Embedding": lambda layer, build: nn.Embedding(_array(layer.weight)),
    "PositionEmbedding": lambda layer, build: PositionEmbedding(_array(layer.weight)),
    "Flatten": lambda layer, build: nn.Flatten(),
    "FlattenConsecutive": lambda layer, build: nn.FlattenConsecutive(layer.n),
    "Linear": _linear,
    "BatchNorm1d": _norm(nn.BatchNorm1d),
    "DeviationBatchNorm1d": _norm(nn.DeviationBatchNorm1d),
    "LayerNorm": lambda layer, build: nn.LayerNorm(_array(layer.gamma), _array(layer.beta), layer.eps),
    "Tanh": lambda layer, build: nn.Tanh(),
    "ReLU": lambda layer, build: nn.ReLU(),
    "LeakyReLU": lambda layer, build: nn.LeakyReLU(layer.slope),
    "GELU": lambda layer, build: nn.GELU(),
    "Dropout": _dropout,
    "Row": _row(nn.Sequential),
    "ConvBlock": _row(Residual),
    "CausalConv1d": lambda layer, build: CausalConv1d(build(layer.linear), layer.kernel, layer.dilation),
    "Block": _block,
    "CausalSelfAttention": _attention,
}
