"""Characters fused two by two, layer by layer: lecture 5's tree, in the shape of WaveNet (van den Oord et al. 2016).

A flat MLP squashes the whole context at once. Here neighbours meet first, then pairs of pairs, and so on.
"""

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Generator, Tensor

from makemore_core.errors import InputError
from makemore_core.knobs import knob
from makemore_core.models.language_model import LanguageModel, ModelConfig
from makemore_core.models.layers import BatchNorm1d, Embedding, FlattenConsecutive, Layer, Linear, Tanh


class PerPositionBatchNorm1d(BatchNorm1d):
    """Lecture 5's bug, kept to be seen: each position is normalised by itself, over the batch alone.

    32 numbers stand behind each mean instead of 32 T, so the estimates are noisier, and the loss is worse.
    """

    def __init__(self, n: int, positions: int) -> None:
        super().__init__(n)
        shape = (positions, n) if positions > 1 else (n,)
        self.running_mean, self.running_spread = torch.zeros(shape), torch.ones(shape)

    def over(self, x: Tensor) -> tuple[int, ...]:
        return (0,)


@dataclass(frozen=True)
class WaveNetConfig(ModelConfig):
    """Embedding, then FlattenConsecutive, Linear, BatchNorm and tanh until one vector is left, then the output."""

    name: ClassVar[str] = "wavenet"
    title: ClassVar[str] = "WaveNet (fused in pairs)"

    n_hidden: int = knob(128, low=4, high=1024, log=True, help="Neurons in each hidden layer.")
    n_embd: int = knob(24, low=2, high=128, log=True, help="Numbers that describe one character.")
    block_size: int = knob(8, low=2, high=64, help="Characters of context; a power of `fuse`, or `fuse` itself.")
    fuse: int = knob(2, low=2, high=64, help="How many neighbours meet in each layer; the whole context = a flat MLP.")
    bias: bool = knob(False, help="Biases in the Linear layers; superfluous before BatchNorm.")
    output_bias: bool = knob(True, help="A bias of the output.")
    norm_positions: bool = knob(True, help="BatchNorm counts positions as examples; off is lecture 5's bug.")

    @property
    def normalises_batch(self) -> bool:
        return True

    @property
    def depth(self) -> int:
        """How many layers it takes to fuse the context into one vector."""
        depth = 1
        while self.fuse ** (depth + 1) <= self.block_size:
            depth += 1
        return depth

    def build(self, vocab_size: int, generator: Generator) -> LanguageModel:
        """Draw the parameters in lecture 5's order."""
        self.check()
        layers: dict[str, Layer] = {"embedding": Embedding(vocab_size, self.n_embd, generator)}
        width, positions = self.n_embd, self.block_size
        for i in range(1, self.depth + 1):
            positions //= self.fuse
            layers[f"fuse{i}"] = FlattenConsecutive(self.fuse)
            layers[f"linear{i}"] = Linear.scaled(width * self.fuse, self.n_hidden, generator, bias=self.bias)
            layers[f"batch_norm{i}"] = self._norm(positions)
            layers[f"tanh{i}"] = Tanh()
            width = self.n_hidden
        output = Linear.scaled(width, vocab_size, generator, bias=self.output_bias)
        output.weight *= 0.1  # so that the first predictions are nearly uniform
        return LanguageModel(layers | {"output": output}, self.block_size)

    def check(self) -> None:
        """Raise an InputError with the nearest context that this tree can fuse; each knob alone may be any."""
        if self.fuse**self.depth != self.block_size:
            legal = [self.fuse**k for k in range(1, 7) if self.fuse**k <= 64]
            nearest = min(legal, key=lambda size: abs(size - self.block_size))
            raise InputError(
                f"`block_size` must be a power of fuse={self.fuse}, so that one vector is left at the end, "
                f"but got block_size={self.block_size}; the nearest is {nearest}."
            )

    def _norm(self, positions: int) -> BatchNorm1d:
        return BatchNorm1d(self.n_hidden) if self.norm_positions else PerPositionBatchNorm1d(self.n_hidden, positions)
