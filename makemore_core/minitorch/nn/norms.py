"""Layers that keep activations at mean 0 and deviation 1: over the batch (lecture 3), or over each vector (GPT-2)."""

import numpy as np
from numpy.typing import DTypeLike

from makemore_core.minitorch.kernels import Array, moments
from makemore_core.minitorch.nn.module import Module
from makemore_core.minitorch.tensor import Tensor, apply


class BatchNorm1d(Module):
    """Ioffe & Szegedy 2015 as in the lectures: the unbiased variance normalises and is tracked.

    Averages over all axes but the last, so (B, H) and (B, T, H) both work. In evaluation the running statistics, which
    training moves in place, stand in for the batch's.
    """

    def __init__(
        self,
        gamma: Array,
        beta: Array,
        running_mean: Array,
        running_spread: Array,
        eps: float = 1e-5,
        momentum: float = 0.1,
    ) -> None:
        self.gamma, self.beta = Tensor(gamma), Tensor(beta)
        self.running_mean, self.running_spread = running_mean, running_spread
        self.eps, self.momentum = eps, momentum

    @classmethod
    def fresh(cls, n: int, dtype: DTypeLike = np.float32) -> "BatchNorm1d":
        """Before the first step: gamma 1, beta 0."""
        return cls(np.ones(n, dtype), np.zeros(n, dtype), np.zeros(n, dtype), np.ones(n, dtype))

    def __call__(self, x: Tensor) -> Tensor:
        if not self.training:
            raw = (x - self.running_mean) / self.deviation(self.running_spread)
        else:
            axis = tuple(range(x.ndim - 1))
            mean, variance = moments(x.data, axis=axis, correction=1)
            spread = self.spread(variance)
            raw = apply("normalise", x, mean=mean, deviation=self.deviation(spread), axis=axis, correction=1)
            self._track(self.running_mean, mean)
            self._track(self.running_spread, spread)
        return apply("scale", raw, self.gamma, self.beta)

    def spread(self, variance: Array) -> Array:
        """What is tracked: the variance of each neuron over the batch."""
        return variance

    def deviation(self, spread: Array) -> Array:
        return np.sqrt(spread + self.eps)

    def _track(self, running: Array, now: Array) -> None:
        running *= 1 - self.momentum
        running += self.momentum * now


class DeviationBatchNorm1d(BatchNorm1d):
    """Lecture 3's batch normalisation by hand: tracks the deviation itself, divides by it without eps."""

    def spread(self, variance: Array) -> Array:
        return np.sqrt(variance)

    def deviation(self, spread: Array) -> Array:
        return spread


class LayerNorm(Module):
    """Ba et al. 2016: each vector by itself, with the biased variance: (..., E) -> (..., E)."""

    def __init__(self, gamma: Array, beta: Array, eps: float = 1e-5) -> None:
        self.gamma, self.beta, self.eps = Tensor(gamma), Tensor(beta), eps

    @classmethod
    def fresh(cls, n: int, dtype: DTypeLike = np.float32) -> "LayerNorm":
        """Before the first step: gamma 1, beta 0."""
        return cls(np.ones(n, dtype), np.zeros(n, dtype))

    def __call__(self, x: Tensor) -> Tensor:
        axis = (x.ndim - 1,)
        mean, variance = moments(x.data, axis=axis, correction=0)
        raw = apply("normalise", x, mean=mean, deviation=np.sqrt(variance + self.eps), axis=axis, correction=0)
        return apply("scale", raw, self.gamma, self.beta)
