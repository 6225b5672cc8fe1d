"""The lines that lecture 4's network does without: no bias, other nonlinearities, neighbours fused, positions.

Where several vectors stand for one example (B, T, H), its positions count as examples: n is B times T.
"""

import torch
from torch import Tensor


def linear(embcat: Tensor, W1: Tensor) -> Tensor:
    """A linear layer: every row times the weights."""
    return embcat @ W1


def logits_without_bias(h: Tensor, W2: Tensor) -> Tensor:
    """The last linear layer: a score for each next character, without a bias."""
    return h @ W2


def relu(hpreact: Tensor) -> Tensor:
    """What is below zero is cut off."""
    return hpreact.relu()


def drelu(hpreact: Tensor, dh: Tensor) -> Tensor:
    """A gate: open where its input was positive, and shut elsewhere, where the gradient is exactly 0."""
    return (hpreact > 0) * dh


def leaky_relu(hpreact: Tensor, *, slope: float) -> Tensor:
    """Below zero only a hundredth is left."""
    return torch.where(hpreact > 0, hpreact, slope * hpreact)


def dleaky_relu(hpreact: Tensor, dh: Tensor, *, slope: float) -> Tensor:
    """A gate that lets a hundredth through where it is shut: no neuron dies for good."""
    return torch.where(hpreact > 0, dh, slope * dh)


def fused(emb: Tensor, *, n: int) -> Tensor:
    """Neighbouring vectors side by side, as lecture 5 fuses them."""
    return emb.unflatten(1, (-1, n)).flatten(2)


def dbias(dhprebn: Tensor) -> Tensor:
    """Added to every row, so the rows' gradients add up."""
    return dhprebn.sum(0)


def dweight_of_positions(embcat: Tensor, dhprebn: Tensor) -> Tensor:
    """The only product with embcat whose shape is that of W1; every position of every example adds to it."""
    return embcat.flatten(0, 1).T @ dhprebn.flatten(0, 1)


def dbias_of_positions(dhprebn: Tensor) -> Tensor:
    """Added to every position of every row. It is 0 to rounding: BatchNorm takes the mean away, and this bias too."""
    return dhprebn.sum((0, 1))


def bnvar_inv_without_eps(bnvar: Tensor) -> Tensor:
    """One over the deviation, as lecture 3 divides by it: without an epsilon."""
    return bnvar**-0.5


def dbnvar_without_eps(bnvar: Tensor, dbnvar_inv: Tensor) -> Tensor:
    """The slope of x^-½ is -½ x^-1½."""
    return -0.5 * bnvar**-1.5 * dbnvar_inv


def dgain_of_positions(bnraw: Tensor, dhpreact: Tensor) -> Tensor:
    """It is multiplied by bnraw, at every position of every row."""
    return (bnraw * dhpreact).sum((0, 1))


def dmoved_of_positions(dhpreact: Tensor) -> Tensor:
    """Added at every position of every row."""
    return dhpreact.sum((0, 1))


def mean_over_positions(hprebn: Tensor) -> Tensor:
    """The mean of each neuron over the batch and its positions."""
    return 1 / len(hprebn.flatten(0, 1)) * hprebn.sum((0, 1), keepdim=True)


def variance_over_positions(bndiff2: Tensor) -> Tensor:
    """The variance; Bessel's correction, n - 1 in place of n, makes it unbiased."""
    return 1 / (len(bndiff2.flatten(0, 1)) - 1) * bndiff2.sum((0, 1), keepdim=True)


def dinverse_over_positions(bndiff: Tensor, dbnraw: Tensor) -> Tensor:
    """It is multiplied by bndiff, at every position of every row."""
    return (bndiff * dbnraw).sum((0, 1), keepdim=True)


def dsquares_over_positions(bndiff2: Tensor, dbnvar: Tensor) -> Tensor:
    """A sum over n - 1: each number gets its share."""
    return 1 / (len(bndiff2.flatten(0, 1)) - 1) * torch.ones_like(bndiff2) * dbnvar


def dmean_over_positions(dbndiff: Tensor) -> Tensor:
    """Subtracted at every position of every row."""
    return (-dbndiff).sum((0, 1), keepdim=True)


def dinput_over_positions(hprebn: Tensor, dbndiff: Tensor, dbnmeani: Tensor) -> Tensor:
    """Used twice: as it is, and as one n-th of the mean."""
    return dbndiff + 1 / len(hprebn.flatten(0, 1)) * dbnmeani
