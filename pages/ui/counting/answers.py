"""What is known about a data set's counts: worked out once, and shared by all tabs."""

import math
from dataclasses import dataclass, field

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from makemore_core.contexts import Behind, CountGrid, count_grid, counts_after, words_behind
from makemore_core.count_losses import Numbers, Smoothing, smoothing
from makemore_core.datasets import Dataset
from makemore_core.errors import InputError
from makemore_core.neural_counts import PairCounts, pair_counts
from makemore_core.vocabulary import BLANKS, Vocabulary
from pages.ui import session

MOST = 60  # rows and columns of a grid
MOST_WORDS = 80
ROUND = (1.0, 1.5, 2.0, 3.0, 5.0, 7.0)
ALPHAS = (0.0, *(float(f"{m * 10.0**e:.12g}") for e in range(-3, 5) for m in ROUND), 100_000.0)
FIRST_ALPHA = 1.0  # lecture 1's
ALPHA = "count_alpha"  # under which name the choice is kept


@dataclass(frozen=True)
class Counted:
    """The data set whose characters are counted, and the name of all that its counts depend on."""

    key: str
    dataset: Dataset = field(compare=False)


def counted() -> Counted:
    """That of what is shown."""
    dataset, data = session.dataset(), session.config().data
    return Counted(f"{dataset.sha256} {data}", dataset)


def nats(loss: float) -> str:
    """A loss, infinite where something of probability 0 happened."""
    return f"{loss:.4f}" if math.isfinite(loss) else "infinite"


def alpha() -> float:
    """What is added to every count."""
    return float(session.selected(ALPHA, [FIRST_ALPHA, *ALPHAS]))


def numbers_of(text: str, vocabulary: Vocabulary) -> tuple[int, ...]:
    """The characters of a context; the boundary and the marks of blanks may be typed. InputError for strange ones."""
    blanks = {mark: blank for blank, mark in BLANKS.items() if blank in vocabulary.stoi}
    typed = [blanks.get(c, c) if c not in vocabulary.stoi else c for c in text]
    strange = next((c for c in typed if c not in vocabulary.stoi), None)
    if strange is not None:
        raise InputError(f"The data set has no {strange!r}; type some of its {len(vocabulary):,} characters.")
    return tuple(vocabulary.stoi[c] for c in typed)


def grid_after(of: Counted, prefix: tuple[int, ...]) -> CountGrid:
    """The grid of contexts that begin with a prefix."""
    return _grid(of.key, prefix, of.dataset)


@st.cache_resource(max_entries=32, show_spinner=False)
def _grid(key: str, prefix: tuple[int, ...], _dataset: Dataset) -> CountGrid:
    return count_grid(_dataset.tokens("train"), prefix, len(_dataset.vocabulary), _dataset.is_text, MOST)


def row_after(of: Counted, context: tuple[int, ...]) -> NDArray[np.int64]:
    """How often each character followed a context (V)."""
    return _row(of.key, context, of.dataset)


@st.cache_resource(max_entries=128, show_spinner=False)
def _row(key: str, context: tuple[int, ...], _dataset: Dataset) -> NDArray[np.int64]:
    return counts_after(_dataset.tokens("train"), context, len(_dataset.vocabulary), _dataset.is_text)


def behind(of: Counted, context: tuple[int, ...], following: int) -> Behind:
    """The words behind a count."""
    return _behind(of.key, context, following, of.dataset)


@st.cache_resource(max_entries=128, show_spinner=False)
def _behind(key: str, context: tuple[int, ...], following: int, _dataset: Dataset) -> Behind:
    return words_behind(_dataset, context, following, MOST_WORDS)


@dataclass(frozen=True, eq=False)
class Curves:
    """The losses of train and val for each of ALPHAS, and what stands behind them."""

    train: Numbers
    val: Numbers
    known: Smoothing


def curves(of: Counted, context: int) -> Curves:
    """Losses over alpha, for contexts of one length."""
    return _curves(of.key, context, of.dataset)


@st.cache_resource(max_entries=16, show_spinner="Counting train and val …")
def _curves(key: str, context: int, _dataset: Dataset) -> Curves:
    known = smoothing(_dataset, context)
    return Curves(known.train.losses(ALPHAS), known.val.losses(ALPHAS), known)


def pairs(of: Counted) -> PairCounts:
    """All pairs of train and of val."""
    return _pairs(of.key, of.dataset)


@st.cache_resource(max_entries=8, show_spinner=False)
def _pairs(key: str, _dataset: Dataset) -> PairCounts:
    return pair_counts(_dataset)
