"""Lecture 4's 26 gradients, one line a function, in the lecture's order: a local derivative times what comes back.

dprobs is the gradient of the loss at probs. What is used twice gets a gradient from each use, and they add up.
"""

import torch
from torch import Tensor
from torch.nn.functional import one_hot


def dlogprobs(logprobs: Tensor, y: Tensor) -> Tensor:
    """The loss is minus the mean of the right entries: each of those has slope -1/n, all others 0."""
    return torch.zeros_like(logprobs).scatter(1, y[:, None], -1 / len(y))


def dprobs(dlogprobs: Tensor, probs: Tensor) -> Tensor:
    """The slope of log is 1/x: where the right character got little probability, the gradient is boosted."""
    return dlogprobs / probs


def dcounts_sum_inv(counts: Tensor, dprobs: Tensor) -> Tensor:
    """It is multiplied by counts, and used for the whole row: a broadcast forward is a sum backward."""
    return (counts * dprobs).sum(1, keepdim=True)


def dcounts_sum(counts_sum: Tensor, dcounts_sum_inv: Tensor) -> Tensor:
    """The slope of 1/x is -1/x²."""
    return -(counts_sum**-2) * dcounts_sum_inv


def dcounts(counts_sum_inv: Tensor, dprobs: Tensor, dcounts_sum: Tensor) -> Tensor:
    """Used twice: multiplied into probs, and added into counts_sum; a sum forward is a broadcast backward."""
    return counts_sum_inv * dprobs + dcounts_sum


def dnorm_logits(counts: Tensor, dcounts: Tensor) -> Tensor:
    """The slope of exp is exp itself, and that is counts."""
    return counts * dcounts


def dlogit_maxes(dnorm_logits: Tensor) -> Tensor:
    """Subtracted from the whole row. Close to 0: what is taken from all scores alike does not change the loss."""
    return (-dnorm_logits).sum(1, keepdim=True)


def dlogits(logits: Tensor, dnorm_logits: Tensor, dlogit_maxes: Tensor) -> Tensor:
    """Used twice: as it is, and where it is its row's largest."""
    return dnorm_logits + one_hot(logits.max(1).indices, logits.shape[1]) * dlogit_maxes


def dh(dlogits: Tensor, W2: Tensor) -> Tensor:
    """The only product with W2 whose shape is that of h."""
    return dlogits @ W2.T


def dW2(h: Tensor, dlogits: Tensor) -> Tensor:  # noqa: N802, the lecture's name
    """The only product with h whose shape is that of W2."""
    return h.T @ dlogits


def db2(dlogits: Tensor) -> Tensor:
    """Added to every row, so the rows' gradients add up."""
    return dlogits.sum(0)


def dhpreact(h: Tensor, dh: Tensor) -> Tensor:
    """The slope of tanh is 1 - tanh²: in the flat tails hardly anything gets through."""
    return (1 - h**2) * dh


def dbngain(bnraw: Tensor, dhpreact: Tensor) -> Tensor:
    """It is multiplied by bnraw, in every row."""
    return (bnraw * dhpreact).sum(0)


def dbnbias(dhpreact: Tensor) -> Tensor:
    """Added to every row."""
    return dhpreact.sum(0)


def dbnraw(bngain: Tensor, dhpreact: Tensor) -> Tensor:
    """It is multiplied by bngain."""
    return bngain * dhpreact


def dbnvar_inv(bndiff: Tensor, dbnraw: Tensor) -> Tensor:
    """It is multiplied by bndiff, in every row."""
    return (bndiff * dbnraw).sum(0, keepdim=True)


def dbnvar(bnvar: Tensor, dbnvar_inv: Tensor) -> Tensor:
    """The slope of x^-½ is -½ x^-1½."""
    return -0.5 * (bnvar + 1e-5) ** -1.5 * dbnvar_inv


def dbndiff2(bndiff2: Tensor, dbnvar: Tensor) -> Tensor:
    """A sum over n - 1: each row gets its share."""
    return 1 / (len(bndiff2) - 1) * torch.ones_like(bndiff2) * dbnvar


def dbndiff(bndiff: Tensor, bnvar_inv: Tensor, dbnraw: Tensor, dbndiff2: Tensor) -> Tensor:
    """Used twice: multiplied by bnvar_inv, and squared; the slope of x² is 2x."""
    return bnvar_inv * dbnraw + 2 * bndiff * dbndiff2


def dbnmeani(dbndiff: Tensor) -> Tensor:
    """Subtracted from every row."""
    return (-dbndiff).sum(0, keepdim=True)


def dhprebn(hprebn: Tensor, dbndiff: Tensor, dbnmeani: Tensor) -> Tensor:
    """Used twice: as it is, and as one n-th of the mean."""
    return dbndiff + 1 / len(hprebn) * dbnmeani


def dembcat(dhprebn: Tensor, W1: Tensor) -> Tensor:
    """The only product with W1 whose shape is that of embcat."""
    return dhprebn @ W1.T


def dW1(embcat: Tensor, dhprebn: Tensor) -> Tensor:  # noqa: N802, the lecture's name
    """The only product with embcat whose shape is that of W1."""
    return embcat.T @ dhprebn


def db1(dhprebn: Tensor) -> Tensor:
    """Added to every row. It is 0 to rounding: BatchNorm takes the mean away, and this bias with it."""
    return dhprebn.sum(0)


def demb(emb: Tensor, dembcat: Tensor) -> Tensor:
    """What was laid side by side goes back to its place."""
    return dembcat.view(emb.shape)


def dC(C: Tensor, x: Tensor, demb: Tensor) -> Tensor:  # noqa: N802, the lecture's name
    """Each use of a character adds to its row."""
    return torch.zeros_like(C).index_add(0, x.flatten(), demb.flatten(0, 1))
