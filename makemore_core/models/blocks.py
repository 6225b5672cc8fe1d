"""What the models over sequences have in common besides layers.py: rows within rows, positions, LayerNorm, dropout.

Their weights are drawn as torch.nn draws them, because makemore.py leaves that to torch.
"""

import torch
from torch import Generator, Tensor
from torch.nn.functional import gelu, layer_norm

from makemore_core.errors import InputError
from makemore_core.models.layers import Activation, Layer, Linear


def uniform(*shape: int, fan_in: int, generator: Generator) -> Tensor:
    """Evenly between -1 / sqrt(fan_in) and 1 / sqrt(fan_in): torch.nn.Linear's kaiming_uniform_ with a = sqrt(5)."""
    return (2 * torch.rand(shape, generator=generator) - 1) / fan_in**0.5


def uniform_linear(fan_in: int, fan_out: int, generator: Generator, bias: bool = True) -> Linear:
    """A Linear layer as torch.nn.Linear starts it, weight and bias alike."""
    weight = uniform(fan_in, fan_out, fan_in=fan_in, generator=generator)
    return Linear(weight, uniform(fan_out, fan_in=fan_in, generator=generator) if bias else None)


class Row(Layer):
    """Layers one after the other, as one layer."""

    def __init__(self, layers: dict[str, Layer]) -> None:
        self.layers = layers

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.layers.values():
            x = layer(x)
        return x

    def children(self) -> dict[str, Layer]:
        return self.layers


class PositionEmbedding(Layer):
    """Adds a learned vector for each place, so that the order counts: (B, T, E) -> (B, T, E)."""

    def __init__(self, block_size: int, n_embd: int, generator: Generator) -> None:
        self.weight = torch.randn((block_size, n_embd), generator=generator)

    def forward(self, x: Tensor) -> Tensor:
        T, most = x.shape[1], len(self.weight)
        if most < T:
            raise InputError(f"`T <= {most}` must hold, but got T={T} characters; give the model the last {most}.")
        return x + self.weight[:T]

    def parameters(self) -> dict[str, Tensor]:
        return {"weight": self.weight}


class LayerNorm(Layer):
    """Each vector to mean 0 and deviation 1 by itself, whatever its batch, then scaled and moved: Ba et al. 2016."""

    eps = 1e-5

    def __init__(self, n_embd: int) -> None:
        self.gamma, self.beta = torch.ones(n_embd), torch.zeros(n_embd)

    def forward(self, x: Tensor) -> Tensor:
        # over the last dimension alone; seed 003's own LayerNorm takes the wrong one
        return layer_norm(x, self.gamma.shape, self.gamma, self.beta, self.eps)

    def parameters(self) -> dict[str, Tensor]:
        return {"gamma": self.gamma, "beta": self.beta}


class Dropout(Layer):
    """Zeroes a share of the numbers in training and enlarges the rest, so that the mean stays: Srivastava et al. 2014.

    One number of the run's generator seeds each mask, which is then drawn where x lies: a GPT's masks are hundreds
    of millions of numbers a step, too many to draw on the CPU.
    """

    def __init__(self, share: float, generator: Generator) -> None:
        self.share, self.generator = share, generator

    @property
    def is_active(self) -> bool:
        return self.training and self.share > 0

    def forward(self, x: Tensor) -> Tensor:
        if not self.is_active:
            return x
        keep = self.draw(x.shape, x.device) >= self.share
        return x * keep / (1 - self.share)

    def draw(self, shape: tuple[int, ...], device: torch.device | None = None) -> Tensor:
        """Uniform numbers in [0, 1), one for each that may be dropped."""
        seed = int(torch.randint(2**62, (1,), generator=self.generator).item())
        dice = Generator(device or "cpu").manual_seed(seed)
        return torch.rand(shape, generator=dice, device=device)


class GELU(Activation):
    """ReLU with a soft corner, by GPT-2's tanh formula: Hendrycks & Gimpel 2016.

    Left of x = -3 the output lies between -.004 and 0, and the slope below .012; right of 0, outputs are positive.
    """

    rule = "-0.004 < t <= 0"
    gain = 1.5336  # 1 / sqrt(E[gelu(x)^2]) for unit-normal x

    def forward(self, x: Tensor) -> Tensor:
        return gelu(x, approximate="tanh")

    def flat(self, out: Tensor) -> Tensor:
        return (out > -0.004) & (out <= 0)
