"""The neural bigram: one table of scores for what follows each character (makemore part 1)."""

# pyright: basic
import torch
from torch.nn import functional as F

from makemore_core.eject.lecture import given
from makemore_core.eject.lecture.given import vocab_size

W = torch.zeros((1, 1))


def model(x):
    """The row of the character seen, which is its one-hot vector times the table: (B, 1) -> (B, V)."""
    return W[x].flatten(1)


def model_over_sequences(x):
    """The row of each character, which is its one-hot vector times the table: (B, T) -> (B, T, V)."""
    return W[x]


def loss_of_pairs(x, y):
    """The mean cross-entropy from how often each pair of characters occurs: quicker than one by one."""
    pairs = x.flatten() * vocab_size + y
    counts = torch.bincount(pairs, minlength=vocab_size**2).view(vocab_size, vocab_size).float()
    return -(counts * F.log_softmax(W, dim=1)).sum() / len(y)


def loss_of_many_or_few(x, y):
    """The mean cross-entropy; of a large batch from how often each pair occurs, which is quicker."""
    if len(y) <= vocab_size**2:
        return F.cross_entropy(given.model(x), y)
    return loss_of_pairs(x, y)
