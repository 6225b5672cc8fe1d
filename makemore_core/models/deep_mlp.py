"""Several hidden layers, with or without batch normalisation: the second half of lecture 3, and seed 001."""

from dataclasses import dataclass, replace
from typing import ClassVar

import torch
from torch import Generator

from makemore_core.knobs import knob
from makemore_core.models.language_model import LanguageModel, ModelConfig
from makemore_core.models.layers import ACTIVATIONS, BatchNorm1d, Embedding, Flatten, Layer, Linear


@dataclass(frozen=True)
class DeepMLPConfig(ModelConfig):
    """Embedding, then Linear, BatchNorm and nonlinearity again and again, then Linear (and BatchNorm) to logits."""

    name: ClassVar[str] = "deep-mlp"
    title: ClassVar[str] = "Deep MLP"

    n_hidden: int = knob(100, low=4, high=1024, log=True, help="Neurons in each hidden layer.")
    n_layers: int = knob(5, low=1, high=20, help="Hidden layers.")
    n_embd: int = knob(10, low=2, high=128, log=True, help="Numbers that describe one character.")
    block_size: int = knob(3, low=1, high=16, help="Characters of context that the model sees.")
    batch_norm: bool = knob(True, help="Normalise each layer over the batch (Ioffe & Szegedy 2015).")
    norm_output: bool = knob(True, help="Whether BatchNorm, if there is any, also normalises the logits.")
    activation: str = knob("tanh", options=tuple(ACTIVATIONS), help="The nonlinearity after each hidden layer.")
    gain: float = knob(1.0, low=0.01, high=10, log=True, help="Factor on the initial weights; tanh wants 5/3.")
    gain_on_output: bool = knob(False, help="Whether the gain reaches the output layer too (seed 001's loop does).")
    bias: bool = knob(False, help="Biases in the Linear layers; superfluous before BatchNorm.")
    output_scale: float = knob(0.1, low=0, high=10, help="Factor on the initial last layer; small = unsure.")

    def build(self, vocab_size: int, generator: Generator) -> LanguageModel:
        layers: dict[str, Layer] = {"embedding": Embedding(vocab_size, self.n_embd, generator), "flatten": Flatten()}
        fan_in = self.block_size * self.n_embd
        for i in range(1, self.n_layers + 1):
            layers |= self._block(str(i), fan_in, self.n_hidden, self.gain, self.batch_norm, generator)
            layers[f"{self.activation}{i}"] = ACTIVATIONS[self.activation]()
            fan_in = self.n_hidden
        gain = self.gain if self.gain_on_output else 1.0
        norm_output = self.batch_norm and self.norm_output
        output = self._block("_output", fan_in, vocab_size, gain, norm_output, generator)
        last = list(output.values())[-1].parameters()
        with torch.no_grad():
            last["gamma" if norm_output else "weight"].mul_(self.output_scale)
        return LanguageModel(layers | output, self.block_size)

    def with_gain(self, gain: float) -> "DeepMLPConfig":
        """The same net, drawn with another gain."""
        return replace(self, gain=gain)

    def _block(
        self, suffix: str, fan_in: int, fan_out: int, gain: float, norm: bool, generator: Generator
    ) -> dict[str, Layer]:
        linear: Layer = Linear.scaled(fan_in, fan_out, generator, gain, self.bias)
        block: dict[str, Layer] = {f"linear{suffix}": linear}
        return block | {f"batch_norm{suffix}": BatchNorm1d(fan_out)} if norm else block
