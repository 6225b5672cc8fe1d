"""makemore.py's bag of words: the mean of all vectors so far, and an MLP on it. Attention that cannot choose."""

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Generator, Tensor

from makemore_core.knobs import knob
from makemore_core.layouts import SEQUENCES
from makemore_core.models.attention import causal_softmax
from makemore_core.models.blocks import PositionEmbedding, Row, uniform_linear
from makemore_core.models.language_model import LanguageModel, ModelConfig
from makemore_core.models.layers import Embedding, Layer, Tanh


class CausalBag(Layer):
    """The mean of each vector and those before it, as attention whose scores are all 0: (B, T, E) -> (B, T, E)."""

    def forward(self, x: Tensor) -> Tensor:
        T = x.shape[1]
        return causal_softmax(torch.zeros((T, T), dtype=x.dtype, device=x.device)) @ x


class BagBlock(Layer):
    """The bag, then an MLP, each added to what was there: (B, T, E) -> (B, T, E)."""

    def __init__(self, mlp: Layer) -> None:
        self.bag, self.mlp = CausalBag(), mlp

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.bag(x)
        return x + self.mlp(x)

    def children(self) -> dict[str, Layer]:
        return {"bag": self.bag, "mlp": self.mlp}


@dataclass(frozen=True)
class BagOfWordsConfig(ModelConfig):
    """Embeddings of character and place, the bag with its MLP, output."""

    name: ClassVar[str] = "bow"
    title: ClassVar[str] = "Bag of words"

    n_hidden: int = knob(64, low=4, high=1024, log=True, help="Neurons in the MLP's hidden layer.")
    n_embd: int = knob(64, low=2, high=1024, log=True, help="Numbers that describe one character.")
    block_size: int = knob(16, low=1, high=1024, log=True, help="Characters of context that the model sees.")

    def build(self, vocab_size: int, generator: Generator) -> LanguageModel:
        layers: dict[str, Layer] = {
            "embedding": Embedding(vocab_size, self.n_embd, generator),
            "position": PositionEmbedding(self.block_size, self.n_embd, generator),
            "block": BagBlock(self._mlp(generator)),
            "output": uniform_linear(self.n_embd, vocab_size, generator),
        }
        return LanguageModel(layers, self.block_size, SEQUENCES)

    def _mlp(self, generator: Generator) -> Layer:
        hidden = uniform_linear(self.n_embd, self.n_hidden, generator)
        return Row({"hidden": hidden, "tanh": Tanh(), "output": uniform_linear(self.n_hidden, self.n_embd, generator)})
