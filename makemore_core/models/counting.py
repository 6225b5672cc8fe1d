"""Lecture 1's table of counts, as a model: its one kind of learning is to count what follows what.

The four-line loop stays: loss.backward() adds the batch's counts to the table, and the optimizer has nothing to move.
With all examples at once (batch_size 0) one step is the whole training.
"""

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Generator, Tensor
from torch.nn.functional import cross_entropy

from makemore_core.errors import InputError
from makemore_core.knobs import knob
from makemore_core.models.language_model import LanguageModel, Loss, ModelConfig
from makemore_core.models.layers import Layer

MOST_CELLS = 20_000_000


class Counts(Layer):
    """A table (V**T, V) of how often each character followed each context; contexts (B, T) -> log p (B, V)."""

    def __init__(self, vocab_size: int, block_size: int, alpha: float) -> None:
        self.vocab_size, self.block_size, self.alpha = vocab_size, block_size, alpha
        self.table = torch.zeros(vocab_size**block_size, vocab_size, dtype=torch.int32)

    def forward(self, x: Tensor) -> Tensor:
        counts = self.table[self.row(x)].double() + self.alpha  # (B, V)
        total = counts.sum(1, keepdim=True)
        p = torch.where(total > 0, counts / total, 1 / self.vocab_size)  # an unseen context: every character alike
        return p.log()

    def add(self, x: Tensor, y: Tensor) -> None:
        """Count each character y (B) after its context x (B, T)."""
        cells = self.row(x) * self.vocab_size + y
        self.table += torch.bincount(cells, minlength=self.table.numel()).view_as(self.table).int()

    def row(self, x: Tensor) -> Tensor:
        """Each context (B, T) as one number in base V: (B)."""
        places = self.vocab_size ** torch.arange(self.block_size - 1, -1, -1, device=x.device)
        return (x * places).sum(1)

    def buffers(self) -> dict[str, Tensor]:
        return {"table": self.table}


@dataclass(frozen=True)
class CountingLoss:
    """The loss of a batch under the counts so far; backward() counts the batch."""

    counts: Counts
    x: Tensor
    y: Tensor
    value: float

    def backward(self) -> None:
        self.counts.add(self.x, self.y)

    def item(self) -> float:
        return self.value


class CountingModel(LanguageModel):
    """A count table in the place of a net."""

    def __init__(self, counts: Counts) -> None:
        super().__init__({"counts": counts}, counts.block_size)
        self.counts = counts

    def loss(self, x: Tensor, y: Tensor) -> Loss:
        return CountingLoss(self.counts, x, y, cross_entropy(self(x), y).item())


@dataclass(frozen=True)
class CountingConfig(ModelConfig):
    """Counts of each character after each context, smoothed by adding alpha to all."""

    name: ClassVar[str] = "counting"
    title: ClassVar[str] = "Counting"

    block_size: int = knob(1, low=0, high=5, help="Characters of context: 1 is the bigram, 3 the 4-gram.")
    alpha: float = knob(1.0, low=0, high=100, help="Added to every count, so that nothing is impossible.")

    def build(self, vocab_size: int, generator: Generator) -> LanguageModel:
        if vocab_size ** (self.block_size + 1) > MOST_CELLS:
            nearest = max(n for n in range(6) if vocab_size ** (n + 1) <= MOST_CELLS or n == 0)
            raise InputError(
                f"A table of {vocab_size} characters after contexts of block_size={self.block_size} has over "
                f"{MOST_CELLS:,} cells; the nearest block_size that fits is {nearest}."
            )
        return CountingModel(Counts(vocab_size, self.block_size, self.alpha))
