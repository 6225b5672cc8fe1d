"""GPT-2 in small: attention and an MLP in turns, each added to what was there (Radford et al. 2019).

The defaults are makemore.py's; with ReLU, a head with bias and queries, keys and values without, it is the GPT of
lecture 7, of which seed 003 is a copy.
"""

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Generator, Tensor

from makemore_core.errors import InputError
from makemore_core.knobs import knob
from makemore_core.layouts import SEQUENCES
from makemore_core.models.attention import CausalSelfAttention
from makemore_core.models.blocks import GELU, Dropout, LayerNorm, PositionEmbedding, Row, uniform_linear
from makemore_core.models.language_model import LanguageModel, ModelConfig
from makemore_core.models.layers import Activation, Embedding, Layer, ReLU

NONLINEARITIES: dict[str, type[Activation]] = {"gelu": GELU, "relu": ReLU}
WIDER = 4  # the MLP's hidden layer, in n_embd
GPT2_SPREAD = 0.02


class Block(Layer):
    """Characters talk (attention), then each thinks by itself (MLP); LayerNorm before both: (B, T, E) -> (B, T, E)."""

    def __init__(self, attention: Layer, mlp: Layer, n_embd: int) -> None:
        self.norm1, self.attention = LayerNorm(n_embd), attention
        self.norm2, self.mlp = LayerNorm(n_embd), mlp

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.attention(self.norm1(x))
        return x + self.mlp(self.norm2(x))

    def children(self) -> dict[str, Layer]:
        return {"norm1": self.norm1, "attention": self.attention, "norm2": self.norm2, "mlp": self.mlp}


@dataclass(frozen=True)
class TransformerConfig(ModelConfig):
    """Embeddings of character and place, blocks, LayerNorm, output."""

    name: ClassVar[str] = "transformer"
    title: ClassVar[str] = "Transformer (GPT)"

    n_layers: int = knob(4, low=1, high=24, help="Blocks of attention and MLP.")
    n_head: int = knob(4, low=1, high=32, help="Attention heads in each block; they share n_embd evenly.")
    n_embd: int = knob(64, low=2, high=1024, log=True, help="Numbers that describe one character, in all blocks.")
    block_size: int = knob(16, low=1, high=1024, log=True, help="Characters of context that the model sees.")
    dropout: float = knob(
        0.0, low=0, high=0.9, help="Share of numbers that is zeroed in training, against overfitting."
    )
    activation: str = knob("gelu", options=tuple(NONLINEARITIES), help="The nonlinearity of the MLP; GPT-2's is gelu.")
    qkv_bias: bool = knob(True, help="Biases in queries, keys and values; lecture 7 has none.")
    head_bias: bool = knob(False, help="Bias in the output layer; lecture 7 has one.")
    init: str = knob(
        "uniform", options=("uniform", "normal"), help="Weights as torch draws them, or GPT-2's N(0, .02)."
    )

    def build(self, vocab_size: int, generator: Generator) -> LanguageModel:
        self.check()
        layers: dict[str, Layer] = {
            "embedding": Embedding(vocab_size, self.n_embd, generator),
            "position": PositionEmbedding(self.block_size, self.n_embd, generator),
            "blocks": Row({str(i): self._block(generator) for i in range(self.n_layers)}),
            "norm": LayerNorm(self.n_embd),
            "output": uniform_linear(self.n_embd, vocab_size, generator, self.head_bias),
        }
        model = LanguageModel(layers, self.block_size, SEQUENCES)
        if self.init == "normal":
            draw_as_gpt2(model, generator)
        return model

    def check(self) -> None:
        """Raise an InputError with the nearest value that goes; each knob alone may be any."""
        if self.n_embd % self.n_head:
            legal = range(self.n_head, 1024 + 1, self.n_head)
            nearest = min(legal, key=lambda n_embd: abs(n_embd - self.n_embd))
            raise InputError(
                f"`n_embd % n_head == 0` must hold, so that each head gets the same share, but got "
                f"n_embd={self.n_embd} and n_head={self.n_head}; the nearest n_embd is {nearest}."
            )

    def _block(self, generator: Generator) -> Layer:
        attention = CausalSelfAttention(self.n_embd, self.n_head, generator, self.qkv_bias, self.dropout)
        mlp: dict[str, Layer] = {
            "hidden": uniform_linear(self.n_embd, WIDER * self.n_embd, generator),
            self.activation: NONLINEARITIES[self.activation](),
            "output": uniform_linear(WIDER * self.n_embd, self.n_embd, generator),
            "dropout": Dropout(self.dropout, generator),
        }
        return Block(attention, Row(mlp), self.n_embd)


def draw_as_gpt2(model: LanguageModel, generator: Generator) -> None:
    """Weights and embeddings anew from N(0, .02), biases 0, as in lecture 7's gpt.py."""
    with torch.no_grad():
        for name, parameter in model.named_parameters().items():
            if name.endswith("weight"):
                parameter.normal_(0, GPT2_SPREAD, generator=generator)
            elif name.endswith("bias"):
                parameter.zero_()
