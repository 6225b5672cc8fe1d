"""makemore.py's MLP: Bengio et al. 2003 at every place of a word, with a vector of its own for what lies before it.

The lectures' mlp.py sees one window at a time and fills it with the boundary's own vector.
"""

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Generator, Tensor

from makemore_core.knobs import knob
from makemore_core.layouts import SEQUENCES
from makemore_core.models.blocks import uniform_linear
from makemore_core.models.language_model import LanguageModel, ModelConfig
from makemore_core.models.layers import Embedding, Layer, Tanh


class Context(Layer):
    """The last block_size vectors of each place side by side, the latest last: (B, T, E) -> (B, T, block_size*E).

    Before the start stands `blank`: the last row of makemore.py's embedding, its <BLANK> token.
    """

    def __init__(self, block_size: int, n_embd: int, generator: Generator) -> None:
        self.block_size = block_size
        self.blank = torch.randn(n_embd, generator=generator)

    def forward(self, x: Tensor) -> Tensor:
        before = self.blank.expand(len(x), self.block_size - 1, -1)
        windows = torch.cat((before, x), dim=1).unfold(1, self.block_size, 1)  # (B, T, E, block_size)
        return windows.transpose(2, 3).flatten(2)

    def parameters(self) -> dict[str, Tensor]:
        return {"blank": self.blank}


@dataclass(frozen=True)
class SequenceMLPConfig(ModelConfig):
    """Embedding, context, one tanh layer, output."""

    name: ClassVar[str] = "sequence-mlp"
    title: ClassVar[str] = "MLP over sequences"

    n_hidden: int = knob(64, low=4, high=1024, log=True, help="Neurons in the hidden layer.")
    n_embd: int = knob(64, low=2, high=1024, log=True, help="Numbers that describe one character.")
    block_size: int = knob(16, low=1, high=256, log=True, help="Characters of context that the model sees.")

    def build(self, vocab_size: int, generator: Generator) -> LanguageModel:
        layers: dict[str, Layer] = {
            "embedding": Embedding(vocab_size, self.n_embd, generator),
            "context": Context(self.block_size, self.n_embd, generator),
            "hidden": uniform_linear(self.block_size * self.n_embd, self.n_hidden, generator),
            "tanh": Tanh(),
            "output": uniform_linear(self.n_hidden, vocab_size, generator),
        }
        return LanguageModel(layers, self.block_size, SEQUENCES)
