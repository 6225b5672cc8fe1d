"""Lecture 4's forward pass, one line a function: each is named after what it gives and takes what stands before it.

After Karpathy's makemore, part 4: embedding, linear, BatchNorm, tanh, linear and cross-entropy, chopped into atoms.
"""

import torch
from torch import Tensor


def emb(C: Tensor, x: Tensor) -> Tensor:
    """Each character's vector."""
    return C[x]


def embcat(emb: Tensor) -> Tensor:
    """The vectors of a context side by side."""
    return emb.view(emb.shape[0], -1)


def hprebn(embcat: Tensor, W1: Tensor, b1: Tensor) -> Tensor:
    """A linear layer: every row times the weights, plus the bias."""
    return embcat @ W1 + b1


def bnmeani(hprebn: Tensor) -> Tensor:
    """The mean of each neuron over the batch."""
    return 1 / len(hprebn) * hprebn.sum(0, keepdim=True)


def bndiff(hprebn: Tensor, bnmeani: Tensor) -> Tensor:
    """How far each example is from the mean."""
    return hprebn - bnmeani


def bndiff2(bndiff: Tensor) -> Tensor:
    """The same squared."""
    return bndiff**2


def bnvar(bndiff2: Tensor) -> Tensor:
    """The variance; Bessel's correction, n - 1 in place of n, makes it unbiased."""
    return 1 / (len(bndiff2) - 1) * bndiff2.sum(0, keepdim=True)


def bnvar_inv(bnvar: Tensor) -> Tensor:
    """One over the deviation; 1e-5 keeps it finite."""
    return (bnvar + 1e-5) ** -0.5


def bnraw(bndiff: Tensor, bnvar_inv: Tensor) -> Tensor:
    """Each neuron with mean 0 and deviation 1 over the batch."""
    return bndiff * bnvar_inv


def hpreact(bngain: Tensor, bnraw: Tensor, bnbias: Tensor) -> Tensor:
    """Scaled and moved as the net likes it: what tanh takes."""
    return bngain * bnraw + bnbias


def h(hpreact: Tensor) -> Tensor:
    """The hidden layer."""
    return torch.tanh(hpreact)


def logits(h: Tensor, W2: Tensor, b2: Tensor) -> Tensor:
    """The last linear layer: a score for each next character."""
    return h @ W2 + b2


def logit_maxes(logits: Tensor) -> Tensor:
    """The best score of each example."""
    return logits.max(1, keepdim=True).values


def norm_logits(logits: Tensor, logit_maxes: Tensor) -> Tensor:
    """Scores of at most 0, so that exp cannot overflow."""
    return logits - logit_maxes


def counts(norm_logits: Tensor) -> Tensor:
    """What takes the place of lecture 1's counts: positive numbers."""
    return norm_logits.exp()


def counts_sum(counts: Tensor) -> Tensor:
    """Their sum over all next characters."""
    return counts.sum(1, keepdim=True)


def counts_sum_inv(counts_sum: Tensor) -> Tensor:
    """One over it, as a power: 1 / counts_sum is rounded otherwise, and the check would not be exact."""
    return counts_sum**-1


def probs(counts: Tensor, counts_sum_inv: Tensor) -> Tensor:
    """Probabilities: each row sums to 1."""
    return counts * counts_sum_inv


def logprobs(probs: Tensor) -> Tensor:
    """Their logarithms."""
    return probs.log()


def loss(logprobs: Tensor, y: Tensor) -> Tensor:
    """How surprised the net is by the characters that came, in nats, on average."""
    return -logprobs[range(len(y)), y].mean()
