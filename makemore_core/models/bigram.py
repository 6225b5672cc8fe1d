"""The neural bigram: one table of scores for what follows each character, learned instead of counted.

makemore's lecture 1, where it ends at the counts' own loss; makemore.py starts the same table at 0.
"""

from dataclasses import dataclass
from typing import ClassVar, cast

import torch
from torch import Generator, Tensor
from torch.nn.functional import log_softmax

from makemore_core.errors import InputError
from makemore_core.knobs import knob
from makemore_core.layouts import SEQUENCES, WINDOWS, Layout
from makemore_core.models.language_model import LanguageModel, Loss, ModelConfig
from makemore_core.models.layers import Flatten, Layer

LAYOUTS: dict[str, Layout] = {"windows": WINDOWS, "sequences": SEQUENCES}


class Table(Layer):
    """Each character's row of logits, which is its one-hot vector times the table: (B, T) -> (B, T, V)."""

    def __init__(self, weight: Tensor) -> None:
        self.weight = weight

    def forward(self, x: Tensor) -> Tensor:
        return self.weight[x]

    def parameters(self) -> dict[str, Tensor]:
        return {"weight": self.weight}


class Bigram(LanguageModel):
    """The table as a model; l2 pulls its logits towards 0, as smoothed counts are pulled towards evenness."""

    def __init__(self, layers: dict[str, Layer], block_size: int, layout: Layout, l2: float) -> None:
        super().__init__(layers, block_size, layout)
        self.l2 = l2

    def loss(self, x: Tensor, y: Tensor) -> Loss:
        """The mean cross-entropy, and l2 times the mean squared logit."""
        (weight,) = self.parameters()
        by_pairs = self.layout is WINDOWS and len(y) > weight.numel() and not self._is_watched
        loss = _loss_of_pairs(weight, x, y) if by_pairs else cast("Tensor", super().loss(x, y))
        return loss + self.l2 * (weight**2).mean() if self.l2 else loss

    @property
    def _is_watched(self) -> bool:
        """Whether somebody asks for each layer's output, example by example."""
        return any(layer.note is not None for layer in self.layers.values())


def _loss_of_pairs(weight: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """The same mean cross-entropy from how often each pair comes, which is quicker where there are more examples."""
    V = len(weight)
    counts = torch.bincount(x.flatten() * V + y, minlength=V * V).view(V, V).to(weight.dtype)
    return -(counts * log_softmax(weight, dim=1)).sum() / len(y)


@dataclass(frozen=True)
class BigramConfig(ModelConfig):
    """A table of V x V logits."""

    name: ClassVar[str] = "bigram"
    title: ClassVar[str] = "Bigram (neural)"

    l2: float = knob(
        0.0, low=0, high=10, help="Pulls the table towards evenness: l2 times the mean square is lost too."
    )
    init: str = knob("normal", options=("normal", "zeros"), help="N(0, 1) as in lecture 1, or 0 as in makemore.py.")
    layout: str = knob("windows", options=tuple(LAYOUTS), help="Pairs of characters, or whole words as in makemore.py.")
    block_size: int = knob(
        1, low=1, high=1024, log=True, help="Characters in a row; 1 in windows, for it sees but one."
    )

    def build(self, vocab_size: int, generator: Generator) -> LanguageModel:
        self.check()
        shape = (vocab_size, vocab_size)
        weight = torch.zeros(shape) if self.init == "zeros" else torch.randn(shape, generator=generator)
        layers: dict[str, Layer] = {"table": Table(weight)}
        if self.layout == "windows":
            layers["flatten"] = Flatten()  # (B, 1, V) -> (B, V)
        return Bigram(layers, self.block_size, LAYOUTS[self.layout], self.l2)

    def check(self) -> None:
        """Raise an InputError with the nearest value that goes; each knob alone may be any."""
        if self.layout == "windows" and self.block_size > 1:
            raise InputError(
                f"`block_size == 1` must hold in windows, because a bigram sees one character, but got block_size="
                f"{self.block_size}; the nearest is 1, or choose layout=sequences."
            )
