"""Lecture 1's table of counts."""

# pyright: basic
import torch
from torch.nn import functional as F

from makemore_core.eject.lecture import given
from makemore_core.eject.lecture.given import alpha, block_size, vocab_size


def row(x):
    """Each context as one number, its row in the table: (B, T) -> (B)."""
    return (x * vocab_size ** torch.arange(block_size - 1, -1, -1)).sum(1)


def model(x):
    """The logarithm of each next character's share after a context: (B, T) -> (B, V)."""
    counts = given.N[row(x)].double() + alpha
    return (counts / counts.sum(1, keepdim=True)).log()


def model_without_smoothing(x):
    """The logarithm of each next character's share after a context: (B, T) -> (B, V)."""
    counts = given.N[row(x)].double()
    total = counts.sum(1, keepdim=True)
    return torch.where(total > 0, counts / total, 1 / vocab_size).log()  # an unseen context: all alike


@torch.no_grad()
def mean_loss_without_context(X, Y):
    """The mean loss in nats; every context is the same, empty one."""
    target, times = torch.unique(Y, return_counts=True)
    log_p = F.log_softmax(given.model(X[:1]), dim=-1)
    return (-log_p[0, target] @ times.double()).item() / len(Y)
