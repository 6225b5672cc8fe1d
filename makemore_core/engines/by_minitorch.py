"""Our own autograd as an engine: minitorch's modules on the very memory of the model's parameters.

Each layer has a counterpart in COUNTERPARTS, a module built on the layer's tensors as numpy arrays, whose parameters
have the same names; nothing is copied. The gradients that minitorch finds are handed back the same way.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from makemore_core.clipping import clip_gradients
from makemore_core.cutting import whole
from makemore_core.engines.one_pass import step_of
from makemore_core.errors import InputError
from makemore_core.joined import ALL
from makemore_core.layouts import MASKED
from makemore_core.minitorch import Tensor as Node
from makemore_core.minitorch import concatenate, nn
from makemore_core.minitorch.kernels import Array
from makemore_core.models.language_model import Cut, LanguageModel, Loss
from makemore_core.models.layers import Layer
from makemore_core.optimizers import Optimizer

Build = Callable[[Layer], nn.Module]  # makes the counterpart of a layer inside
Counterpart = Callable[[Any, Build], nn.Module]
SMALL = 100_000  # parameters; a larger net's step is products, and W6 lost a quarter in a loop of its own
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


@dataclass
class Flat:
    """All parameters (N) and all gradients (N), torch's or numpy's, for an optimizer that moves them at once."""

    data: Any
    grad: Any


class LoopByMinitorch(ByMinitorch):
    """The engine that also goes through the four-line loop by itself, in numpy; for models that draw nothing there."""

    holds_lock = True

    def __init__(self, model: LanguageModel) -> None:
        super().__init__(model)
        self.flat = Flat(model.joined.data, torch.zeros_like(model.joined.data))
        self.arrays = Flat(self.flat.data.numpy(), self.flat.grad.numpy())
        nodes = {id(parameter): node for parameter, node in self.pairs}
        parts = model.joined.part(self.flat.grad)
        self.gradients = [(nodes[id(p)], parts[name].numpy()) for name, p in model.joined.parameters.items()]

    def advance(
        self, x: Tensor, y: Tensor, batches: Tensor, rates: NDArray[np.float64], optimizer: Optimizer, clip: float
    ) -> NDArray[np.float64]:
        """One step for each row of `batches` (k, B), examples of x (N, T) and y (N), at `rates` (k): losses (k)."""
        inputs, targets, losses = x.numpy(), y.numpy(), np.empty(len(rates))
        with self._stepping(optimizer) as take_step:
            for i, drawn in enumerate(batches.numpy()):
                optimizer.learning_rate = float(rates[i])
                losses[i] = self._find_gradients(*self.model.layout.trimmed(inputs[drawn], targets[drawn]))
                if clip:
                    clip_gradients({ALL: self.arrays}, clip)
                with whole():
                    take_step()
        return losses

    def mean_nats(self, cuts: list[Cut]) -> float:
        """What LanguageModel.mean_nats() says of the same cuts, by the model itself."""
        return self.model.mean_nats(cuts)

    def _find_gradients(self, x: Array, y: Array) -> float:
        """The loss of a batch; its gradients are in `flat`."""
        loss = nn.cross_entropy(self.net(x), y, ignore_index=MASKED)
        for node, _ in self.gradients:
            node.zero_grad()
        loss.backward()
        for node, place in self.gradients:
            place[...] = 0 if node.grad is None else node.grad
        return loss.item()

    @contextmanager
    def _stepping(self, optimizer: Optimizer) -> Generator[Callable[[], None]]:
        """The optimizer's step: in one pass where there is one, else by its operators on arrays.

        What it keeps is torch's before and after.
        """
        if optimizer.parameters.get(ALL) is not self.flat:
            self._take_step = step_of(optimizer, self.flat)
            optimizer.parameters = {ALL: self.flat}
        if self._take_step != optimizer.step:
            yield self._take_step
            return
        optimizer.parameters = {ALL: self.arrays}
        optimizer.state = {name: kept.numpy() for name, kept in optimizer.state.items()}
        try:
            yield optimizer.step
        finally:
            optimizer.parameters = {ALL: self.flat}
            optimizer.state = {name: torch.from_numpy(kept) for name, kept in optimizer.state.items()}


def by_minitorch(model: LanguageModel) -> ByMinitorch:
    """The engine, with a loop of its own for small nets, unless they drop: it draws all batches before the masks."""
    drops = any(getattr(layer, "share", 0) > 0 for _, layer in model.all_layers())
    is_small = len(model.joined.data) <= SMALL
    return LoopByMinitorch(model) if is_small and not drops else ByMinitorch(model)


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
