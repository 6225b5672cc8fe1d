"""What every model here is: layers in a row that turn the characters seen into scores for the next one."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import ClassVar

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from makemore_core.knobs import Config
from makemore_core.models.layers import Embedding, Layer


class LanguageModel:
    """A row of named layers. model(x) maps contexts (B, T) to logits (B, V)."""

    def __init__(self, layers: dict[str, Layer], block_size: int) -> None:
        self.layers, self.block_size = layers, block_size
        self.training = True
        self.seen: dict[str, Tensor] | None = None
        for parameter in self.parameters():
            parameter.requires_grad = True

    def __call__(self, x: Tensor) -> Tensor:
        for name, layer in self.layers.items():
            x = layer(x)
            if self.seen is not None:
                x.retain_grad()
                self.seen[name] = x
        return x

    def loss(self, x: Tensor, y: Tensor) -> Tensor:
        """Mean cross-entropy in nats of the next characters y (B) after the contexts x (B, T)."""
        return cross_entropy(self(x), y)

    @property
    def embedding(self) -> Embedding:
        return next(layer for layer in self.layers.values() if isinstance(layer, Embedding))

    def named_parameters(self) -> dict[str, Tensor]:
        return {f"{name}.{k}": p for name, layer in self.layers.items() for k, p in layer.parameters().items()}

    def parameters(self) -> list[Tensor]:
        return list(self.named_parameters().values())

    def state(self) -> dict[str, Tensor]:
        """Parameters and buffers by name: all that a copy needs to give the same answers."""
        buffers = {f"{n}.{k}": b for n, layer in self.layers.items() for k, b in layer.buffers().items()}
        return self.named_parameters() | buffers

    def load(self, state: dict[str, Tensor]) -> None:
        """Take over the numbers of a state with the same names and shapes."""
        with torch.no_grad():
            for name, tensor in self.state().items():
                tensor.copy_(state[name])

    def zero_grad(self) -> None:
        for parameter in self.parameters():
            parameter.grad = None

    @contextmanager
    def evaluating(self) -> Generator[None]:
        """No gradients, and running statistics in place of the batch's."""
        before = self.training
        self.train(False)
        try:
            with torch.no_grad():
                yield
        finally:
            self.train(before)

    @contextmanager
    def watched(self) -> Generator[dict[str, Tensor]]:
        """Keep each layer's output, with its gradient after backward(), under the layer's name."""
        self.seen = {}
        try:
            yield self.seen
        finally:
            self.seen = None

    def train(self, training: bool = True) -> None:
        """Switch all layers to training or evaluation. Share a model among threads in evaluation only."""
        self.training = training
        for layer in self.layers.values():
            layer.training = training


class ModelConfig(Config):
    """Base of all models' configs: `name` stands in the table, `build` draws the parameters."""

    name: ClassVar[str]
    block_size: int

    def build(self, vocab_size: int, generator: torch.Generator) -> LanguageModel:
        raise NotImplementedError
