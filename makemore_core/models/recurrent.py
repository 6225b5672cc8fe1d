"""A hidden state that is carried from character to character: RNN, GRU and LSTM, one loop over time each.

RNN (Elman 1990) and GRU (Cho et al. 2014) as in makemore.py. The LSTM (Hochreiter & Schmidhuber 1997, with Gers et
al. 2000's forget gate) is advertised there and was never written; this one is ours.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Generator, Tensor

from makemore_core.knobs import knob
from makemore_core.layouts import SEQUENCES
from makemore_core.models.blocks import uniform, uniform_linear
from makemore_core.models.language_model import LanguageModel, ModelConfig
from makemore_core.models.layers import Embedding, Layer, Tanh


class Recurrence(Layer):
    """Hidden states (B, T, H) from the characters' vectors (B, T, E); the first one follows a learned start.

    makemore.py's weight on [x, h] is here two, so that what comes from x is computed for all steps at once.
    """

    parts = 1  # what is computed from x and h at each step, H numbers each

    def __init__(self, n_embd: int, n_hidden: int, generator: Generator) -> None:
        fan_in, width = n_embd + n_hidden, self.parts * n_hidden
        self.weight_x = uniform(n_embd, width, fan_in=fan_in, generator=generator)
        self.weight_h = uniform(n_hidden, width, fan_in=fan_in, generator=generator)
        self.bias = uniform(width, fan_in=fan_in, generator=generator)
        self.start = torch.zeros(n_hidden)

    def forward(self, x: Tensor) -> Tensor:
        from_x = x @ self.weight_x + self.bias  # (B, T, parts*H)
        return torch.stack(list(self.states(from_x, self.start.expand(len(x), -1))), dim=1)

    def states(self, from_x: Tensor, h: Tensor) -> Iterator[Tensor]:
        """The hidden state (B, H) after each step, from the inputs (B, T, parts*H) and the state before (B, H)."""
        raise NotImplementedError

    def parameters(self) -> dict[str, Tensor]:
        return {"weight_x": self.weight_x, "weight_h": self.weight_h, "bias": self.bias, "start": self.start}


class RNN(Recurrence, Tanh):
    """h = tanh(x W_x + h W_h + b). A nonlinearity like Tanh, so its saturation can be seen."""

    def states(self, from_x: Tensor, h: Tensor) -> Iterator[Tensor]:
        for now in from_x.unbind(1):
            h = torch.tanh(torch.addmm(now, h, self.weight_h))
            yield h


class GRU(Recurrence):
    """Gates decide what of the state enters the candidate (reset r), and how much of it is replaced (update z).

    The reset comes before the product, as in Cho et al. and makemore.py; torch.nn.GRU resets after it.
    """

    parts = 3  # r, z, candidate

    def states(self, from_x: Tensor, h: Tensor) -> Iterator[Tensor]:
        H = h.shape[1]
        to_gates, to_candidate = self.weight_h.split((2 * H, H), dim=1)
        gates, candidates = (part.unbind(1) for part in from_x.split((2 * H, H), dim=2))
        for for_gates, for_candidate in zip(gates, candidates, strict=True):
            r, z = torch.sigmoid(torch.addmm(for_gates, h, to_gates)).chunk(2, dim=1)
            candidate = torch.tanh(torch.addmm(for_candidate, r * h, to_candidate))
            h = torch.lerp(h, candidate, z)  # (1 - z) h + z candidate
            yield h


class LSTM(Recurrence):
    """Beside the state runs a cell c that is only forgotten and added to, so that gradients last longer."""

    parts = 4  # input gate i, forget gate f, output gate o, candidate

    def __init__(self, n_embd: int, n_hidden: int, generator: Generator, forget_bias: float = 1.0) -> None:
        super().__init__(n_embd, n_hidden, generator)
        self.bias[n_hidden : 2 * n_hidden] = forget_bias
        self.start_cell = torch.zeros(n_hidden)

    def states(self, from_x: Tensor, h: Tensor) -> Iterator[Tensor]:
        H = h.shape[1]
        c = self.start_cell
        for now in from_x.unbind(1):
            gates, candidate = torch.addmm(now, h, self.weight_h).split((3 * H, H), dim=1)
            i, f, o = torch.sigmoid(gates).chunk(3, dim=1)
            c = f * c + i * torch.tanh(candidate)
            h = o * torch.tanh(c)
            yield h

    def parameters(self) -> dict[str, Tensor]:
        return super().parameters() | {"start_cell": self.start_cell}


@dataclass(frozen=True)
class RecurrentConfig(ModelConfig):
    """Embedding, recurrence, output: what RNN, GRU and LSTM share."""

    n_hidden: int = knob(64, low=4, high=1024, log=True, help="Numbers in the hidden state.")
    n_embd: int = knob(64, low=2, high=1024, log=True, help="Numbers that describe one character.")
    block_size: int = knob(16, low=1, high=1024, log=True, help="Steps over which the gradient flows back.")

    def build(self, vocab_size: int, generator: Generator) -> LanguageModel:
        layers: dict[str, Layer] = {
            "embedding": Embedding(vocab_size, self.n_embd, generator),
            self.name: self._recurrence(generator),
            "output": uniform_linear(self.n_hidden, vocab_size, generator),
        }
        return LanguageModel(layers, self.block_size, SEQUENCES)

    def _recurrence(self, generator: Generator) -> Recurrence:
        raise NotImplementedError


@dataclass(frozen=True)
class RNNConfig(RecurrentConfig):
    """The plain recurrent net."""

    name: ClassVar[str] = "rnn"
    title: ClassVar[str] = "RNN"

    def _recurrence(self, generator: Generator) -> Recurrence:
        return RNN(self.n_embd, self.n_hidden, generator)


@dataclass(frozen=True)
class GRUConfig(RecurrentConfig):
    """The gated recurrent unit."""

    name: ClassVar[str] = "gru"
    title: ClassVar[str] = "GRU"

    def _recurrence(self, generator: Generator) -> Recurrence:
        return GRU(self.n_embd, self.n_hidden, generator)


@dataclass(frozen=True)
class LSTMConfig(RecurrentConfig):
    """The long short-term memory."""

    name: ClassVar[str] = "lstm"
    title: ClassVar[str] = "LSTM"

    # Gers et al. 2000 start it positive; 1 after Jozefowicz et al. 2015
    forget_bias: float = knob(
        1.0, low=-5, high=5, help="Initial bias of the forget gate; above 0 it remembers at first."
    )

    def _recurrence(self, generator: Generator) -> Recurrence:
        return LSTM(self.n_embd, self.n_hidden, generator, self.forget_bias)
