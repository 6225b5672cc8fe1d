"""Dilated causal convolutions, after WaveNet (van den Oord et al. 2016): makemore's advertised, never written CNN.

Each layer joins characters farther apart than the one before, so a few layers see the whole context, at all places
at once. Lecture 5's wavenet.py computes the same tree for one place only.
"""

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Generator, Tensor
from torch.nn.functional import pad

from makemore_core.errors import InputError
from makemore_core.knobs import knob
from makemore_core.layouts import SEQUENCES
from makemore_core.models.blocks import Row, uniform_linear
from makemore_core.models.language_model import LanguageModel, ModelConfig
from makemore_core.models.layers import ACTIVATIONS, Embedding, Layer, Linear


class CausalConv1d(Layer):
    """One Linear on `kernel` vectors of the past, `dilation` steps apart, the last one here: (B, T, E) -> (B, T, H).

    Before the start stand zeros.
    """

    def __init__(self, linear: Linear, kernel: int, dilation: int) -> None:
        self.linear, self.kernel, self.dilation = linear, kernel, dilation

    def forward(self, x: Tensor) -> Tensor:
        taps = [_later(x, k * self.dilation) for k in reversed(range(self.kernel))]
        return self.linear(torch.cat(taps, dim=-1))  # (B, T, kernel*E) -> (B, T, H)

    def children(self) -> dict[str, Layer]:
        return {"linear": self.linear}


def _later(x: Tensor, steps: int) -> Tensor:
    """Each vector so many places later; zeros come in: (B, T, E) -> (B, T, E)."""
    steps = min(steps, x.shape[1])
    return pad(x[:, : x.shape[1] - steps], (0, 0, steps, 0))


class ConvBlock(Row):
    """Convolution, nonlinearity and Linear, added to what was there: (B, T, E) -> (B, T, E)."""

    def forward(self, x: Tensor) -> Tensor:
        return x + super().forward(x)


@dataclass(frozen=True)
class CausalConvConfig(ModelConfig):
    """Embedding, blocks of dilated causal convolutions, output."""

    name: ClassVar[str] = "cnn"
    title: ClassVar[str] = "CNN (dilated, causal)"

    n_layers: int = knob(4, low=1, high=24, help="Blocks; together they must reach back over the whole context.")
    kernel: int = knob(2, low=2, high=8, help="Characters that meet in each convolution; WaveNet's 2.")
    n_hidden: int = knob(64, low=4, high=1024, log=True, help="Channels of each convolution.")
    n_embd: int = knob(64, low=2, high=1024, log=True, help="Numbers that describe one character, in all blocks.")
    block_size: int = knob(16, low=1, high=1024, log=True, help="Characters of context that the model sees.")
    activation: str = knob("relu", options=tuple(ACTIVATIONS), help="The nonlinearity after each convolution.")

    @property
    def dilations(self) -> list[int]:
        """1, kernel, kernel^2, ... until the context is covered, then anew, as WaveNet stacks them."""
        reach = [self.kernel**i for i in range(self.n_layers) if self.kernel**i < max(self.block_size, 2)]
        return [reach[i % len(reach)] for i in range(self.n_layers)]

    def build(self, vocab_size: int, generator: Generator) -> LanguageModel:
        self.check()
        layers: dict[str, Layer] = {
            "embedding": Embedding(vocab_size, self.n_embd, generator),
            "blocks": Row({str(i): self._block(dilation, generator) for i, dilation in enumerate(self.dilations)}),
            "output": uniform_linear(self.n_embd, vocab_size, generator),
        }
        return LanguageModel(layers, self.block_size, SEQUENCES)

    def check(self) -> None:
        """Raise an InputError with the nearest value that goes; each knob alone may be any."""
        seen = self.kernel**self.n_layers
        if seen < self.block_size:
            enough = next(n for n in range(1, 24) if self.kernel**n >= self.block_size)
            raise InputError(
                f"`block_size <= kernel ** n_layers` must hold, so that the whole context is seen, but got block_size="
                f"{self.block_size} and {self.kernel} ** {self.n_layers} = {seen}; the nearest n_layers is {enough}."
            )

    def _block(self, dilation: int, generator: Generator) -> Layer:
        taps = uniform_linear(self.kernel * self.n_embd, self.n_hidden, generator)
        return ConvBlock(
            {
                "conv": CausalConv1d(taps, self.kernel, dilation),
                self.activation: ACTIVATIONS[self.activation](),
                "output": uniform_linear(self.n_hidden, self.n_embd, generator),
            }
        )
