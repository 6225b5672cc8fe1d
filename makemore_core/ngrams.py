"""Count tables: how often each character follows each context, and the loss of predicting by counts.

Lecture 1 counts pairs (context 1); the same table with context 3 is a 4-gram, which beats most small MLPs.
"""

import math
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from makemore_core.datasets import SPLITS, DataConfig, Dataset
from makemore_core.errors import InputError
from makemore_core.layouts import Tokens, sliding_windows

LONGEST_CONTEXT = 8
LARGEST_TABLE = 50_000_000  # cells, of 8 bytes each
YARDSTICKS = {"bigram": (1, 0.3), "4-gram": (3, 0.1)}  # context and smoothing of the tables beside a net


@dataclass(frozen=True)
class NGram:
    """Counts (U, V) of next characters after each of the U contexts seen, smoothed by adding `alpha`."""

    contexts: Tokens  # (U), each context as one number in base V, sorted
    counts: NDArray[np.int64]  # (U, V)
    alpha: float
    context: int
    is_text: bool = False

    def loss(self, tokens: Tokens) -> float:
        """Mean negative log-likelihood in nats of words or a text in one row; infinite if a pair has probability 0."""
        vocab_size = self.counts.shape[1]
        x, y = sliding_windows(tokens, self.context, self.is_text)
        number = _numbered(x, vocab_size)
        row = np.minimum(np.searchsorted(self.contexts, number), len(self.contexts) - 1)
        seen = self.contexts[row] == number
        hits = np.where(seen, self.counts[row, y], 0) + self.alpha
        totals = np.where(seen, self.counts.sum(1)[row], 0) + self.alpha * vocab_size
        with np.errstate(divide="ignore", invalid="ignore"):
            probability = np.where(totals > 0, hits / totals, 0.0)
            return float(-np.log(probability).mean())


def count(tokens: Tokens, vocab_size: int, context: int, alpha: float, is_text: bool = False) -> NGram:
    """Fit a count table on words in one row, each ended by 0, or on a running text."""
    if not 0 <= context <= LONGEST_CONTEXT:
        raise InputError(f"`0 <= context <= {LONGEST_CONTEXT}` must hold, but got context={context}.")
    if not 0 <= alpha < np.inf:
        raise InputError(f"`0 <= alpha` must hold, but got alpha={alpha}.")
    if vocab_size ** (context + 1) > np.iinfo(np.int64).max:
        raise InputError(f"A context of {context} is too long for {vocab_size} characters; take a shorter one.")
    x, y = sliding_windows(tokens, context, is_text)
    contexts, row = np.unique(_numbered(x, vocab_size), return_inverse=True)
    if len(contexts) * vocab_size > LARGEST_TABLE:
        raise InputError(
            f"A table of {len(contexts):,} contexts by {vocab_size:,} characters has more than {LARGEST_TABLE:,} "
            "cells; take a shorter context."
        )
    counts = np.bincount(row * vocab_size + y, minlength=len(contexts) * vocab_size)
    return NGram(contexts, counts.reshape(len(contexts), vocab_size), alpha, context, is_text)


def split_losses(dataset: Dataset, context: int, alpha: float) -> dict[str, float]:
    """The losses of train, val and test of a table fitted on train."""
    table = count(dataset.tokens("train"), len(dataset.vocabulary), context, alpha, dataset.is_text)
    return {split: table.loss(dataset.tokens(split)) for split in SPLITS}


def yardsticks(data: DataConfig) -> dict[str, float]:
    """What a net has to beat on val, in nats: a blind guess, and the count tables of 2 and of 4 characters."""
    return _yardsticks(data, data.load().sha256)


@lru_cache(maxsize=16)
def _yardsticks(data: DataConfig, sha256: str) -> dict[str, float]:
    """Remembered by what the data are: another data set may come to have the same name."""
    dataset = data.load()
    val = dataset.tokens("val")
    losses = {name: table.loss(val) for name, table in yardstick_tables(dataset).items()}
    return {"uniform": math.log(len(dataset.vocabulary))} | losses


def yardstick_tables(dataset: Dataset) -> dict[str, NGram]:
    """The count tables of 2 and of 4 characters, fitted on train."""
    tokens, vocab_size, tables = dataset.tokens("train"), len(dataset.vocabulary), dict[str, NGram]()
    for name, (context, alpha) in YARDSTICKS.items():
        with suppress(InputError):  # of a large alphabet the table may be too large
            tables[name] = count(tokens, vocab_size, context, alpha, dataset.is_text)
    return tables


def _numbered(x: Tokens, vocab_size: int) -> Tokens:
    """Each context (N, T) as one number in base V: (N)."""
    return x @ (vocab_size ** np.arange(x.shape[1], dtype=np.int64))
