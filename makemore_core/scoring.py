"""How much a name surprises a model: the bits it would take to write it down, one character after the other.

log2(V) bits a character are what a model that knows nothing needs (Shannon 1948). A name's percentile tells how many
of the data set's own words the model finds more likely.
"""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from makemore_core.datasets import Dataset
from makemore_core.errors import InputError
from makemore_core.models.language_model import LanguageModel
from makemore_core.vocabulary import Vocabulary

BUDGET = 20_000_000_000  # parameters times characters: about a second on one core
TIE = 1e-4  # bits; float32 tells no finer, and its last digits depend on how many contexts go in at once


@dataclass(frozen=True, eq=False)
class WordSurprise:
    """The bits (N) of each word of a data set under one model: what a name is compared with."""

    words: tuple[str, ...]
    bits: NDArray[np.float64]

    @cached_property
    def ranked(self) -> NDArray[np.float64]:
        """The bits (N), the least surprising first."""
        return np.sort(self.bits)

    def percentile(self, bits: float) -> float:
        """The share in percent of the words that are less surprising than this many bits."""
        return 100 * int(np.searchsorted(self.ranked, bits - TIE)) / len(self.ranked)


@dataclass(frozen=True)
class NameSurprise:
    """One name's bits: in total, and for each character with the boundary at the end."""

    name: str
    bits: float
    percentile: float
    per_character: tuple[tuple[str, float], ...]


def surprise_of_words(model: LanguageModel, dataset: Dataset) -> WordSurprise:
    """The words of a data set scored at once: all 32,000 names by an MLP, an even selection by a large Transformer."""
    characters = sum(map(len, dataset.words)) + len(dataset.words)
    parameters = sum(parameter.numel() for parameter in model.parameters())
    words = dataset.words[:: 1 + characters * parameters // BUDGET]
    tokens = dataset.vocabulary.encode_lines(words)
    starts = np.concatenate(([0], np.flatnonzero(tokens == 0)[:-1] + 1))
    return WordSurprise(words, np.add.reduceat(bits_of(model, tokens), starts))


def surprise(name: str, model: LanguageModel, vocabulary: Vocabulary, words: WordSurprise) -> NameSurprise:
    """A name scored against the words; an InputError if it is empty or has a character that the words lack."""
    if not name:
        raise InputError("A name has at least 1 character, but got ''.")
    tokens = np.array([*vocabulary.encode(name), 0])
    bits = bits_of(model, tokens)
    characters = (*name, vocabulary.boundary)
    total = float(bits.sum())
    return NameSurprise(name, total, words.percentile(total), tuple(zip(characters, bits.tolist(), strict=True)))


def bits_of(model: LanguageModel, tokens: NDArray[np.int64]) -> NDArray[np.float64]:
    """The bits (N) of each character of words in one row (N), each ended by 0."""
    return model.nats(tokens) / math.log(2)
