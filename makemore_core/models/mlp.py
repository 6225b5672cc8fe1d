"""One hidden layer over embedded characters: makemore's MLP, after Bengio et al. 2003.

The knobs hold lecture 3's whole story of initialisation: each of its cells is one setting of them.
"""

from dataclasses import dataclass, replace
from typing import ClassVar

import torch
from torch import Generator

from makemore_core.knobs import knob
from makemore_core.models.language_model import LanguageModel, ModelConfig
from makemore_core.models.layers import BatchNorm1d, DeviationBatchNorm1d, Embedding, Flatten, Layer, Linear, Tanh


@dataclass(frozen=True)
class MLPSize(ModelConfig):
    """What every form of the MLP has."""

    n_hidden: int = knob(200, low=4, high=1024, log=True, help="Neurons in the hidden layer.")
    n_embd: int = knob(10, low=2, high=128, log=True, help="Numbers that describe one character.")
    block_size: int = knob(3, low=1, high=16, help="Characters of context that the model sees.")


@dataclass(frozen=True)
class MLPConfig(MLPSize):
    """Embedding, one tanh layer, output."""

    name: ClassVar[str] = "mlp"
    title: ClassVar[str] = "MLP"

    batch_norm: bool = knob(False, help="Normalise the hidden layer over the batch (lecture 3, by hand).")
    norm_noise: float = knob(
        0.0, low=0, high=1, help="Lecture 4's form of BatchNorm: b1 stays, eps is added; noise on its gain and bias."
    )
    kaiming: bool = knob(True, help="Scale the hidden weights by (5/3) / sqrt(fan_in), as He et al. 2015 derive.")
    hidden_scale: float = knob(1.0, low=0, high=10, help="Extra factor on the initial hidden weights.")
    hidden_bias_scale: float = knob(0.01, low=0, high=10, help="Spread of the initial hidden bias.")
    output_scale: float = knob(0.01, low=0, high=10, help="Factor on the initial output weights; small = unsure.")
    output_bias_scale: float = knob(0.0, low=0, high=10, help="Spread of the initial output bias.")

    def build(self, vocab_size: int, generator: Generator) -> LanguageModel:
        """Draw the parameters in the lecture's order, which is part of its published numbers: C, W1, b1, W2, b2."""
        fan_in = self.block_size * self.n_embd
        embedding = Embedding(vocab_size, self.n_embd, generator)
        w1 = torch.randn((fan_in, self.n_hidden), generator=generator) * self.hidden_scale
        w1 = w1 * (5 / 3) / fan_in**0.5 if self.kaiming else w1
        # batch normalisation takes the mean away, and a bias with it; lecture 4 keeps it, to derive its gradient of 0
        has_bias = not self.batch_norm or self.norm_noise > 0
        b1 = torch.randn(self.n_hidden, generator=generator) * self.hidden_bias_scale if has_bias else None
        w2 = torch.randn((self.n_hidden, vocab_size), generator=generator) * self.output_scale
        b2 = torch.randn(vocab_size, generator=generator) * self.output_bias_scale
        norm: dict[str, Layer] = {"batch_norm": self._norm(generator.initial_seed())} if self.batch_norm else {}
        layers = {"embedding": embedding, "flatten": Flatten(), "hidden": Linear(w1, b1)}
        return LanguageModel(layers | norm | {"tanh": Tanh(), "output": Linear(w2, b2)}, self.block_size)

    @property
    def gain(self) -> float:
        """Deviation of the initial hidden weights times sqrt(fan_in), as He et al. 2015 count it."""
        return self.hidden_scale * (5 / 3 if self.kaiming else (self.block_size * self.n_embd) ** 0.5)

    def with_gain(self, gain: float) -> "MLPConfig":
        """The same net, its hidden weights drawn with another gain."""
        return replace(self, kaiming=True, hidden_scale=gain / (5 / 3))

    def _norm(self, seed: int) -> BatchNorm1d:
        if not self.norm_noise:
            return DeviationBatchNorm1d(self.n_hidden, momentum=0.001)
        norm = BatchNorm1d(self.n_hidden, momentum=0.001)
        # lecture 4 forgets its generator here, so that its batches are the other nets' batches
        apart = Generator().manual_seed(seed)
        norm.gamma = norm.gamma + torch.randn(self.n_hidden, generator=apart) * self.norm_noise
        norm.beta = torch.randn(self.n_hidden, generator=apart) * self.norm_noise
        return norm
