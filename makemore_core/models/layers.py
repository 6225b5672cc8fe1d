"""The lecture's own layers, on raw torch tensors: what torch.nn does, written out.

After Karpathy's makemore, part 3; BatchNorm after Ioffe & Szegedy 2015, the initial gains after He et al. 2015.
"""

from collections.abc import Callable, Iterator

import torch
from torch import Generator, Tensor

from makemore_core.errors import InputError


class Layer:
    """A function with parameters (learned), buffers (tracked) and a switch between training and evaluation.

    Layers may contain layers. `note`, where it is set, is told each output: that is how diagnostics look inside.
    """

    training = True
    note: Callable[[Tensor], None] | None = None

    def __call__(self, x: Tensor) -> Tensor:
        out = self.forward(x)
        if self.note is not None:
            self.note(out)
        return out

    def forward(self, x: Tensor) -> Tensor:
        raise NotImplementedError

    def parameters(self) -> dict[str, Tensor]:
        """What this layer itself learns, without the layers in it."""
        return {}

    def buffers(self) -> dict[str, Tensor]:
        """What this layer itself tracks, without the layers in it."""
        return {}

    def children(self) -> dict[str, "Layer"]:
        """The layers that this one is made of, by name."""
        return {}

    def to(self, device: torch.device) -> None:
        """Move this layer's own tensors."""
        for name, value in vars(self).items():
            if isinstance(value, Tensor):
                setattr(self, name, value.detach().to(device).requires_grad_(value.requires_grad))


def nested(layers: dict[str, Layer]) -> Iterator[tuple[str, Layer]]:
    """All layers with those inside them, shallow first, by dotted name."""
    for name, layer in layers.items():
        yield name, layer
        for inner, child in nested(layer.children()):
            yield f"{name}.{inner}", child


class Embedding(Layer):
    """A table of vectors, one for each character: (B, T) -> (B, T, E)."""

    def __init__(self, vocab_size: int, n_embd: int, generator: Generator) -> None:
        self.weight = torch.randn((vocab_size, n_embd), generator=generator)

    def forward(self, x: Tensor) -> Tensor:
        return self.weight[x]

    def parameters(self) -> dict[str, Tensor]:
        return {"weight": self.weight}


class Flatten(Layer):
    """All vectors of a context side by side: (..., T, E) -> (..., T*E)."""

    def forward(self, x: Tensor) -> Tensor:
        return x.flatten(-2)


class FlattenConsecutive(Layer):
    """Every n neighbouring vectors side by side, as lecture 5 fuses them: (B, T, E) -> (B, T/n, n*E).

    The last fusion leaves one vector a context, and the position's dimension goes: (B, n, E) -> (B, n*E).
    """

    def __init__(self, n: int) -> None:
        self.n = n

    def forward(self, x: Tensor) -> Tensor:
        B, T, E = x.shape
        if T % self.n:
            raise InputError(f"`T % n == 0` must hold to fuse n={self.n} neighbours, but got T={T} positions.")
        return x.view(B, T // self.n, E * self.n) if self.n < T else x.reshape(B, T * E)


class Linear(Layer):
    """x @ weight + bias, with weight (fan_in, fan_out) as in the lectures: (B, fan_in) -> (B, fan_out)."""

    def __init__(self, weight: Tensor, bias: Tensor | None = None) -> None:
        self.weight, self.bias = weight, bias

    @classmethod
    def scaled(cls, fan_in: int, fan_out: int, generator: Generator, gain: float = 1.0, bias: bool = True) -> "Linear":
        """Weights of standard deviation gain / sqrt(fan_in), so that the activations keep their spread; bias 0."""
        weight = torch.randn((fan_in, fan_out), generator=generator) / fan_in**0.5
        return cls(weight * gain, torch.zeros(fan_out) if bias else None)

    def forward(self, x: Tensor) -> Tensor:
        if x.ndim > 2 and self.bias is not None:  # product and sum at once: a tenth faster on sequences
            return torch.addmm(self.bias, x.flatten(0, -2), self.weight).unflatten(0, x.shape[:-1])
        out = x @ self.weight
        return out if self.bias is None else out + self.bias

    def parameters(self) -> dict[str, Tensor]:
        return {"weight": self.weight} | ({} if self.bias is None else {"bias": self.bias})


class BatchNorm1d(Layer):
    """Each neuron to mean 0 and deviation 1 over the batch, then scaled by gamma and moved by beta.

    Normalises with the unbiased variance throughout, as the lectures do (torch.nn.BatchNorm1d normalises with the
    biased one). In evaluation the running statistics stand in, so that one example alone has an answer.
    (B, H), or (B, T, H) with the positions counted as further examples.
    """

    def __init__(self, n: int, eps: float = 1e-5, momentum: float = 0.1) -> None:
        self.eps, self.momentum = eps, momentum
        self.gamma, self.beta = torch.ones(n), torch.zeros(n)
        self.running_mean, self.running_spread = torch.zeros(n), torch.ones(n)

    def forward(self, x: Tensor) -> Tensor:
        mean, spread = self.running_mean, self.running_spread
        if self.training:
            mean, spread = x.mean(self.over(x)), self.spread(x)
            with torch.no_grad():
                self.running_mean.mul_(1 - self.momentum).add_(self.momentum * mean)
                self.running_spread.mul_(1 - self.momentum).add_(self.momentum * spread)
        return self.gamma * ((x - mean) / self.deviation(spread)) + self.beta

    def over(self, x: Tensor) -> tuple[int, ...]:
        """The dimensions that hold the examples: all but the neurons'."""
        return tuple(range(x.ndim - 1))

    def spread(self, x: Tensor) -> Tensor:
        """What is tracked: the variance of each neuron over the batch."""
        return x.var(self.over(x))

    def deviation(self, spread: Tensor) -> Tensor:
        return torch.sqrt(spread + self.eps)

    def parameters(self) -> dict[str, Tensor]:
        return {"gamma": self.gamma, "beta": self.beta}

    def buffers(self) -> dict[str, Tensor]:
        return {"running_mean": self.running_mean, "running_spread": self.running_spread}


class DeviationBatchNorm1d(BatchNorm1d):
    """Lecture 3's batch normalisation by hand: tracks the deviation itself, divides by it without eps."""

    def spread(self, x: Tensor) -> Tensor:
        return x.std(self.over(x))

    def deviation(self, spread: Tensor) -> Tensor:
        return spread


class Activation(Layer):
    """A nonlinearity without parameters. `flat(out)` marks where it passes no (or hardly any) gradient back."""

    rule: str  # what `flat` tests, in the lecture's signs
    gain: float  # keeps the spread of unit-normal inputs, He et al. 2015
    bounded = False  # whether outputs stay between -1 and 1

    def flat(self, out: Tensor) -> Tensor:
        raise NotImplementedError


class Tanh(Activation):
    """Flat in both tails, where the lecture calls it saturated."""

    tails = "|t| > "
    rule, gain, bounded = f"{tails}0.97", 5 / 3, True

    def forward(self, x: Tensor) -> Tensor:
        return torch.tanh(x)

    def flat(self, out: Tensor) -> Tensor:
        return out.abs() > 0.97


class ReLU(Activation):
    """Flat below zero, where a neuron may die for good."""

    rule, gain = "t = 0", 2**0.5

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(x)

    def flat(self, out: Tensor) -> Tensor:
        return out == 0


class LeakyReLU(Activation):
    """Below zero a slope of .01 is left, so no neuron dies for good; seed 001 calls |t| < .01 dead."""

    slope = 0.01
    rule, gain = "|t| < 0.01", (2 / (1 + slope**2)) ** 0.5

    def forward(self, x: Tensor) -> Tensor:
        return torch.nn.functional.leaky_relu(x, self.slope)

    def flat(self, out: Tensor) -> Tensor:
        return out.abs() < 0.01


ACTIVATIONS: dict[str, type[Activation]] = {"tanh": Tanh, "relu": ReLU, "leaky-relu": LeakyReLU}
