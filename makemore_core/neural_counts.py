"""The counted bigram beside the neural one: how far apart their tables are, and which smoothing equals which decay.

Lecture 1's argument: softmax(W) with W = log counts is the counted table, and a W that is pulled to 0 makes every row
even, as adding ever more to the counts does.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from makemore_core.contexts import looking_back
from makemore_core.count_losses import Numbers, splits_of, tuned
from makemore_core.datasets import Dataset
from makemore_core.errors import InputError
from makemore_core.models.bigram import Table
from makemore_core.models.language_model import LanguageModel

MOST_CHARACTERS = 1000  # in an alphabet whose table is compared
MOST_SOLVED = 150  # in an alphabet whose decays are solved: each row takes a system of that size
DECAYS = (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
NEWTON_STEPS, HALVINGS = 60, 30
SMALL = 1e-10  # of a gradient: solved

Counts = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class PairCounts:
    """How often each character followed each other one (V, V), in train and in val."""

    train: Counts
    val: Counts

    @property
    def share(self) -> Numbers:
        """The share of each row's character among all contexts of train (V)."""
        return self.train.sum(1) / self.train.sum()


def pair_counts(dataset: Dataset) -> PairCounts:
    """Count all pairs; InputError where the alphabet is too large for a table of all of them."""
    V = len(dataset.vocabulary)
    if V > MOST_CHARACTERS:
        raise InputError(f"Tables are compared up to {MOST_CHARACTERS:,} characters; {dataset.name!r} has {V:,}.")
    splits = splits_of(dataset, "train", "val")
    cells = (next(looking_back(tokens, dataset.is_text)) * V + tokens for tokens in splits.values())
    return PairCounts(*(np.bincount(cell, minlength=V * V).reshape(V, V) for cell in cells))


def softmax_table(model: LanguageModel) -> Numbers | None:
    """The probabilities (V, V) that a neural bigram gives; None for any other model."""
    table = next((layer for _, layer in model.all_layers() if isinstance(layer, Table)), None)
    return None if table is None else softmax(table.weight.detach().cpu().double().numpy())


def softmax(logits: Numbers) -> Numbers:
    """Logits (..., V) to probabilities."""
    positive = np.exp(logits - logits.max(-1, keepdims=True))
    return positive / positive.sum(-1, keepdims=True)


def smoothed(counts: Counts, alpha: float) -> Numbers:
    """The counted table (V, V); a character that was never seen is followed by all alike."""
    totals = counts.sum(1, keepdims=True) + alpha * counts.shape[1]
    return np.where(totals > 0, (counts + alpha) / np.maximum(totals, 1e-300), 1 / counts.shape[1])


def table_loss(p: Numbers, counts: Counts) -> float:
    """The mean surprise in nats of pairs that were counted; infinite if one of them has probability 0."""
    asked = counts > 0
    with np.errstate(divide="ignore"):
        return float(-np.log(p[asked]) @ counts[asked] / counts.sum())


@dataclass(frozen=True)
class Distance:
    """The largest difference of two tables in absolute value, the cell where it is, and the mean over all cells."""

    largest: float
    row: int
    column: int
    mean: float


def distance(one: Numbers, other: Numbers) -> Distance:
    """How far two tables of probabilities (V, V) are apart."""
    apart = np.abs(one - other)
    row, column = np.unravel_index(int(apart.argmax()), apart.shape)
    return Distance(float(apart.max()), int(row), int(column), float(apart.mean()))


@dataclass(frozen=True)
class Match:
    """The alpha whose counted table is closest to another, and how close: the divergence in nats a character."""

    alpha: float
    divergence: float


def closest(p: Numbers, counts: PairCounts) -> Match:
    """The smoothing that says most nearly the same as p: least KL(p || counted), rows weighed by their share."""
    weight, V = counts.share[:, None], p.shape[1]
    asked = weight[:, 0] > 0
    n, q, w = counts.train[asked], p[asked], weight[asked]
    known = float((w * q * np.log(np.maximum(q, 1e-300))).sum())

    def divergences(alphas: Numbers) -> Numbers:
        totals = n.sum(1, keepdims=True)
        return np.array([known - (w * q * (np.log(n + a) - np.log(totals + a * V))).sum() for a in alphas])

    alpha = tuned(divergences)
    return Match(alpha, float(divergences(np.array([alpha]))[0]))


@dataclass(frozen=True)
class Decayed:
    """Where gradient descent with a decay ends: its losses, and the smoothing that does most nearly the same."""

    l2: float
    train: float
    val: float
    match: Match
    matched_train: float
    matched_val: float
    mean_square: float  # of W


def decays(counts: PairCounts, l2s: Sequence[float] = DECAYS) -> tuple[Decayed, ...]:
    """The neural bigram trained to its end for each decay, from the strongest to the weakest."""
    V = len(counts.train)
    if V > MOST_SOLVED:
        raise InputError(f"Decays are solved for up to {MOST_SOLVED} characters; this alphabet has {V:,}.")
    logits = np.zeros((V, V))
    found: list[Decayed] = []
    for l2 in sorted(l2s, reverse=True):
        logits = minimum(counts.train, l2, logits)
        found.append(_decayed(logits, l2, counts))
    return tuple(found)


def _decayed(logits: Numbers, l2: float, counts: PairCounts) -> Decayed:
    p = softmax(logits)
    match = closest(p, counts)
    matched = smoothed(counts.train, match.alpha)
    losses = (table_loss(p, counts.train), table_loss(p, counts.val))
    of_match = (table_loss(matched, counts.train), table_loss(matched, counts.val))
    return Decayed(l2, *losses, match, *of_match, float((logits**2).mean()))


def minimum(counts: Counts, l2: float, start: Numbers) -> Numbers:
    """The logits W (V, V) with the least cross-entropy + l2 * mean(W**2), by Newton's method, all rows at once.

    A row seen in a share w of all cases is a problem of its own: w * cross-entropy + l2 / V**2 * |row|**2.
    """
    V = len(counts)
    totals = counts.sum(1, keepdims=True)
    q = counts / np.maximum(totals, 1)
    decay = 2 * l2 / V**2 / np.maximum(totals / counts.sum(), 1e-300)  # of a row, in units of its cross-entropy
    logits = np.where(totals > 0, start, 0.0)
    for _ in range(NEWTON_STEPS):
        p = softmax(logits)
        gradient = np.where(totals > 0, p - q + decay * logits, 0.0)
        if np.abs(gradient).max() < SMALL:
            break
        curvature = p[:, :, None] * (np.eye(V) - p[:, None, :]) + np.minimum(decay, 1e6)[:, :, None] * np.eye(V)
        logits = _descended(logits, -np.linalg.solve(curvature, gradient[:, :, None])[:, :, 0], q, decay)
    return logits


def _descended(W: Numbers, step: Numbers, q: Numbers, decay: Numbers) -> Numbers:
    """Each row along its step, halved as often as it takes to come down."""
    before, length = _cost(W, q, decay), np.ones((len(W), 1))
    for _ in range(HALVINGS):
        worse = _cost(W + length * step, q, decay) > before
        if not worse.any():
            break
        length[worse] /= 2
    return W + length * step


def _cost(W: Numbers, q: Numbers, decay: Numbers) -> Numbers:
    """Each row's cross-entropy and decay (V)."""
    highest = W.max(1, keepdims=True)
    log_p = W - highest - np.log(np.exp(W - highest).sum(1, keepdims=True))
    return -(q * log_p).sum(1) + (decay * W**2).sum(1) / 2
