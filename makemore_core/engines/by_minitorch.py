"""Our own autograd as an engine: minitorch's modules on the very memory of the model's parameters.

Each layer has a counterpart in COUNTERPARTS, built on the layer's tensors as numpy arrays; nothing is copied. The
gradients that minitorch finds are handed back the same way.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from makemore_core.errors import InputError
from makemore_core.layouts import MASKED
from makemore_core.minitorch import Tensor as Node
from makemore_core.minitorch import concatenate, nn
from makemore_core.models.language_model import LanguageModel, Loss
from makemore_core.models.layers import Layer

Function = Callable[[Any], Node]
Own = Mapping[str, Node]  # a layer's parameters by name
Children = Mapping[str, Function]  # the layers inside it
Counterpart = Callable[[Any, Own, Children], Function]
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
            parameter.grad = None if node.grad is None else torch.from_numpy(np.asarray(node.grad))


class ByMinitorch:
    """The engine for models all of whose layers have counterparts, on the CPU."""

    def __init__(self, model: LanguageModel) -> None:
        if model.device.type != "cpu":
            raise InputError(f"minitorch computes on the CPU, but got device={model.device.type}; choose autograd.")
        self.model, self.pairs = model, Pairs()
        self.functions = [self._counterpart(layer) for layer in model.layers.values()]

    def loss(self, x: Tensor, y: Tensor) -> Loss:
        """Mean cross-entropy in nats of the next characters y after the inputs x."""
        for _, node in self.pairs:
            node.zero_grad()
        out: Any = x.numpy()
        for function in self.functions:
            out = function(out)
        return LossByMinitorch(nn.cross_entropy(out, y.numpy(), ignore_index=MASKED), self.pairs)

    def _counterpart(self, layer: Layer) -> Function:
        """The layer in minitorch, with the layers inside it; its parameters are remembered in pairs."""
        kind = type(layer).__name__
        if kind not in COUNTERPARTS:
            raise InputError(f"minitorch knows {', '.join(COUNTERPARTS)}, but got {kind}; choose autograd.")
        children = {name: self._counterpart(child) for name, child in layer.children().items()}
        own = {name: Node(parameter.detach().numpy()) for name, parameter in layer.parameters().items()}
        self.pairs += [(parameter, own[name]) for name, parameter in layer.parameters().items()]
        return COUNTERPARTS[kind](layer, own, children)


def _embedding(layer: Any, own: Own, children: Children) -> Function:
    return lambda x: own["weight"][x]


def _linear(layer: Any, own: Own, children: Children) -> Function:
    if "bias" in own:
        return lambda x: x @ own["weight"] + own["bias"]
    return lambda x: x @ own["weight"]


def _norm(kind: type[nn.BatchNorm1d]) -> Counterpart:
    def counterpart(layer: Any, own: Own, children: Children) -> Function:
        mean, spread = layer.running_mean.numpy(), layer.running_spread.numpy()
        norm = kind(own["gamma"].data, own["beta"].data, mean, spread, layer.eps, layer.momentum)
        norm.gamma, norm.beta = own["gamma"], own["beta"]
        return norm

    return counterpart


def _layer_norm(layer: Any, own: Own, children: Children) -> Function:
    norm = nn.LayerNorm(own["gamma"].data, own["beta"].data, layer.eps)
    norm.gamma, norm.beta = own["gamma"], own["beta"]
    return norm


def _position(layer: Any, own: Own, children: Children) -> Function:
    return lambda x: x + own["weight"][: x.shape[1]]


def _dropout(layer: Any, own: Own, children: Children) -> Function:
    """The mask is the layer's own, so that both engines drop the same numbers."""

    def dropped(x: Node) -> Node:
        return x * layer(torch.ones(x.shape)).numpy() if layer.is_active else x

    return dropped


def _row(layer: Any, own: Own, children: Children) -> Function:
    def run(x: Any) -> Node:
        for function in children.values():
            x = function(x)
        return x

    return run


def _residual_row(layer: Any, own: Own, children: Children) -> Function:
    run = _row(layer, own, children)
    return lambda x: x + run(x)


def _block(layer: Any, own: Own, children: Children) -> Function:
    def run(x: Node) -> Node:
        x = x + children["attention"](children["norm1"](x))
        return x + children["mlp"](children["norm2"](x))

    return run


def _attention(layer: Any, own: Own, children: Children) -> Function:
    def attend(x: Node) -> Node:
        B, T, E = x.shape
        qkv = children["qkv"](x).reshape(B, T, 3, layer.n_head, E // layer.n_head)
        q, k, v = (qkv[:, :, i].transpose(1, 2) for i in range(3))  # (B, n_head, T, E/n_head)
        weights = children["weights_dropout"](children["weights"]((q @ k.transpose(-2, -1)) * layer.scale))
        out = (weights @ v).transpose(1, 2).reshape(B, T, E)
        return children["dropout"](children["output"](out))

    return attend


def _attention_weights(layer: Any, own: Own, children: Children) -> Function:
    return lambda scores: scores.masked_fill(~np.tri(scores.shape[-1], dtype=bool), -np.inf).softmax(-1)


def _causal_conv(layer: Any, own: Own, children: Children) -> Function:
    def convolve(x: Node) -> Node:
        taps = [x.shift(k * layer.dilation, axis=1) for k in reversed(range(layer.kernel))]
        return children["linear"](concatenate(taps, axis=-1))

    return convolve


def _plain(module: Function) -> Counterpart:
    """A layer that has neither parameters nor settings."""
    return lambda layer, own, children: module


COUNTERPARTS: dict[str, Counterpart] = {
    "Embedding": _embedding,
    "PositionEmbedding": _position,
    "Flatten": _plain(nn.Flatten()),
    "FlattenConsecutive": lambda layer, own, children: nn.FlattenConsecutive(layer.n),
    "Linear": _linear,
    "BatchNorm1d": _norm(nn.BatchNorm1d),
    "DeviationBatchNorm1d": _norm(nn.DeviationBatchNorm1d),
    "LayerNorm": _layer_norm,
    "Tanh": _plain(nn.Tanh()),
    "ReLU": _plain(nn.ReLU()),
    "LeakyReLU": _plain(nn.LeakyReLU()),
    "GELU": _plain(nn.GELU()),
    "Dropout": _dropout,
    "Row": _row,
    "ConvBlock": _residual_row,
    "CausalConv1d": _causal_conv,
    "Block": _block,
    "CausalSelfAttention": _attention,
    "AttentionWeights": _attention_weights,
}
