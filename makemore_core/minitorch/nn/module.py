"""What every layer is: a function with parameters (learned), buffers (tracked) and a switch for training."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from makemore_core.minitorch.kernels import Array
from makemore_core.minitorch.tensor import Tensor


class Module:
    """Attributes that are Tensors are its parameters, arrays its buffers, Modules its children."""

    training = True

    def __call__(self, x: Any) -> Tensor:
        raise NotImplementedError

    def children(self) -> dict[str, "Module"]:
        return {name: child for name, child in vars(self).items() if isinstance(child, Module)}

    def parameters(self) -> dict[str, Tensor]:
        """By dotted name: `attention.c_attn.weight`."""
        own = {name: value for name, value in vars(self).items() if isinstance(value, Tensor)}
        return own | {f"{n}.{k}": p for n, child in self.children().items() for k, p in child.parameters().items()}

    def buffers(self) -> dict[str, Array]:
        """By dotted name, as the parameters are."""
        own = {name: value for name, value in vars(self).items() if isinstance(value, np.ndarray)}
        return own | {f"{n}.{k}": b for n, child in self.children().items() for k, b in child.buffers().items()}

    def train(self, training: bool = True) -> None:
        """Switch this module and all its children to training or evaluation."""
        self.training = training
        for child in self.children().values():
            child.train(training)

    def zero_grad(self) -> None:
        for parameter in self.parameters().values():
            parameter.zero_grad()


class Sequential(Module):
    """Modules in a row, by name or numbered from 0."""

    def __init__(self, layers: Mapping[str, Module] | Sequence[Module]) -> None:
        named = layers if isinstance(layers, Mapping) else {str(i): layer for i, layer in enumerate(layers)}
        self.layers: dict[str, Module] = dict(named)

    def __call__(self, x: Any) -> Tensor:
        for layer in self.layers.values():
            x = layer(x)
        return x

    def children(self) -> dict[str, Module]:
        return self.layers
