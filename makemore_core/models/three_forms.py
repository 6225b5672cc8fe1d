"""Seed 000's point: one network written three times. The layers of models/mlp.py are one form; here are the others.

All three draw the same numbers in the same order, so they walk the same curve.
"""

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Generator, Tensor, nn

from makemore_core.models.language_model import LanguageModel
from makemore_core.models.layers import Layer
from makemore_core.models.mlp import MLPConfig, MLPSize


class RawTensors(Layer):
    """Five tensors and a formula, as in makemore part 2."""

    def __init__(self, C: Tensor, W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> None:
        self.C, self.W1, self.b1, self.W2, self.b2 = C, W1, b1, W2, b2

    def forward(self, x: Tensor) -> Tensor:
        emb = self.C[x]  # (B, T, E)
        h = torch.tanh(emb.view(emb.shape[0], -1) @ self.W1 + self.b1)  # (B, H)
        return h @ self.W2 + self.b2  # (B, V)

    def parameters(self) -> dict[str, Tensor]:
        return {"C": self.C, "W1": self.W1, "b1": self.b1, "W2": self.W2, "b2": self.b2}


class ParametersModule(nn.Module):
    """The same as an nn.Module, which finds its nn.Parameters by itself."""

    def __init__(self, C: Tensor, W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> None:
        super().__init__()
        self.C, self.W1, self.b1 = nn.Parameter(C), nn.Parameter(W1), nn.Parameter(b1)
        self.W2, self.b2 = nn.Parameter(W2), nn.Parameter(b2)

    def forward(self, x: Tensor) -> Tensor:
        h = torch.tanh(self.C[x].flatten(1) @ self.W1 + self.b1)  # (B, H)
        return h @ self.W2 + self.b2  # (B, V)


class FromModule(Layer):
    """Any nn.Module as one of our layers."""

    def __init__(self, module: nn.Module) -> None:
        self.module = module

    def forward(self, x: Tensor) -> Tensor:
        return self.module(x)

    def parameters(self) -> dict[str, Tensor]:
        return dict(self.module.named_parameters())

    def to(self, device: torch.device) -> None:
        self.module.to(device)


@dataclass(frozen=True)
class TensorsMLPConfig(MLPSize):
    """makemore's MLP as raw tensors."""

    name: ClassVar[str] = "mlp-tensors"
    title: ClassVar[str] = "MLP as raw tensors"

    def build(self, vocab_size: int, generator: Generator) -> LanguageModel:
        """Draw what the layers of models/mlp.py draw, and write the net down in another form."""
        layers = MLPConfig(self.n_hidden, self.n_embd, self.block_size).build(vocab_size, generator)
        drawn = [parameter.detach() for parameter in layers.parameters()]
        return LanguageModel({"net": self._form(drawn)}, self.block_size)

    def _form(self, drawn: list[Tensor]) -> Layer:
        """The five tensors C, W1, b1, W2, b2 as a layer."""
        return RawTensors(*drawn)


@dataclass(frozen=True)
class ModuleMLPConfig(TensorsMLPConfig):
    """makemore's MLP as an nn.Module with nn.Parameters."""

    name: ClassVar[str] = "mlp-module"
    title: ClassVar[str] = "MLP as nn.Module"

    def _form(self, drawn: list[Tensor]) -> Layer:
        return FromModule(ParametersModule(*drawn))
