"""The lectures' layers on our Tensors. Constructors take the parameters as arrays, never copied; `drawn` draws them."""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import DTypeLike

from makemore_core.minitorch.kernels import Array, Shape
from makemore_core.minitorch.nn.module import Module
from makemore_core.minitorch.tensor import Tensor, apply


class Embedding(Module):
    """A table of vectors, one for each character, looked up by an array of integers: (B, T) -> (B, T, E)."""

    def __init__(self, weight: Array) -> None:
        self.weight = Tensor(weight)  # (V, E)

    @classmethod
    def drawn(
        cls, vocab_size: int, n_embd: int, generator: np.random.Generator, dtype: DTypeLike = np.float32
    ) -> "Embedding":
        """Vectors of independent normal numbers."""
        return cls(generator.standard_normal((vocab_size, n_embd)).astype(dtype))

    def __call__(self, x: Array) -> Tensor:
        vocab_size = len(self.weight)
        if x.size and not 0 <= x.min() <= x.max() < vocab_size:
            wrong = x.min() if x.min() < 0 else x.max()
            raise ValueError(
                f"`0 <= token < {vocab_size}` must hold, but got {wrong}; use the vocabulary of this table."
            )
        return self.weight[x]


class Linear(Module):
    """x @ weight + bias, with weight (fan_in, fan_out) as in the lectures: (..., fan_in) -> (..., fan_out)."""

    def __init__(self, weight: Array, bias: Array | None = None) -> None:
        self.weight, self.bias = Tensor(weight), None if bias is None else Tensor(bias)

    @classmethod
    def drawn(
        cls,
        fan_in: int,
        fan_out: int,
        generator: np.random.Generator,
        gain: float = 1.0,
        bias: bool = True,
        dtype: DTypeLike = np.float32,
    ) -> "Linear":
        """Weights of standard deviation gain / sqrt(fan_in), so that the activations keep their spread; bias 0."""
        weight = generator.standard_normal((fan_in, fan_out)) * (gain / fan_in**0.5)
        return cls(weight.astype(dtype), np.zeros(fan_out, dtype) if bias else None)

    def __call__(self, x: Tensor | Array) -> Tensor:
        return x @ self.weight if self.bias is None else apply("linear", x, self.weight, self.bias)


class Dropout(Module):
    """Srivastava et al. 2014: in training, numbers fall out with probability p, the others grow by 1 / (1 - p).

    `draw` gives uniform numbers in [0, 1) for a shape; a number stays where its draw is at least p.
    """

    def __init__(self, p: float, draw: Callable[[Shape], Array]) -> None:
        if not 0 <= p < 1:
            raise ValueError(f"`0 <= p < 1` must hold, but got p={p}; 0 drops nothing.")
        self.p, self.draw = p, draw

    def __call__(self, x: Tensor) -> Tensor:
        if not self.training or self.p == 0:
            return x
        return x * ((self.draw(x.shape) >= self.p) / (1 - self.p))


class Tanh(Module):
    """Squashes to (-1, 1)."""

    def __call__(self, x: Tensor) -> Tensor:
        return x.tanh()


class ReLU(Module):
    """Zero below zero."""

    def __call__(self, x: Tensor) -> Tensor:
        return x.relu()


class LeakyReLU(Module):
    """A slope of .01 is left below zero."""

    def __init__(self, slope: float = 0.01) -> None:
        self.slope = slope

    def __call__(self, x: Tensor) -> Tensor:
        return x.leaky_relu(self.slope)


class GELU(Module):
    """Hendrycks & Gimpel 2016, in the tanh approximation of GPT-2 and makemore."""

    def __call__(self, x: Tensor) -> Tensor:
        return x.gelu()


class Flatten(Module):
    """All vectors of a context side by side: (B, T, E) -> (B, T*E)."""

    def __call__(self, x: Tensor) -> Tensor:
        return x.reshape(x.shape[0], math.prod(x.shape[1:]))


class FlattenConsecutive(Module):
    """Lecture 5: n neighbours side by side, (B, T, C) -> (B, T//n, C*n), or (B, C*n) when one group is left."""

    def __init__(self, n: int) -> None:
        self.n = n

    def __call__(self, x: Tensor) -> Tensor:
        B, T, C = x.shape
        if T % self.n:
            raise ValueError(f"`T % {self.n} == 0` must hold, but got T={T}; choose a block_size that n divides.")
        groups = T // self.n
        return x.reshape(B, C * self.n) if groups == 1 else x.reshape(B, groups, C * self.n)
