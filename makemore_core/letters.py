"""What is known of letters apart from any net: which are vowels, how frequent they are, where in words they stand."""

import unicodedata
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from makemore_core.datasets import Dataset

VOWELS = frozenset("aeiouæøœıαεηιουωаеиоуыэюяіє")  # Latin, Greek, Cyrillic, without their accents
CONSONANTS = frozenset("йў")  # that are written as a vowel with a mark
DEVANAGARI_VOWELS = frozenset(chr(code) for code in range(0x0904, 0x0915))
MOST_TOKENS = 1_000_000  # of the training set; more would not move a share


def is_vowel(character: str) -> bool:
    """Whether a letter is a vowel, accented or not: in Latin, Greek, Cyrillic and Devanagari, or a vowel sign."""
    base = unicodedata.normalize("NFD", character.lower())[0]
    if character.lower() in CONSONANTS:
        return False
    return base in VOWELS or character in DEVANAGARI_VOWELS or " VOWEL SIGN " in unicodedata.name(character, "")


def is_letter(character: str) -> bool:
    """Whether it is a letter, or a sign that belongs to one."""
    return unicodedata.category(character[0])[0] in "LM"


@dataclass(frozen=True, eq=False)
class LetterFacts:
    """Facts of each character in the training set, each (V).

    Its share of all; its mean place in words, from 0 at their beginning to 1 at their end (NaN: in no word); the shares
    of its places that are a word's first and last.
    """

    frequency: NDArray[np.float64]
    position: NDArray[np.float64]
    first: NDArray[np.float64]
    last: NDArray[np.float64]


def letter_facts(dataset: Dataset) -> LetterFacts:
    """Counted in the training set, or a million characters of it. Words of a text stand between blanks."""
    tokens = dataset.tokens("train", MOST_TOKENS)
    itos = dataset.vocabulary.itos
    n = len(itos)
    counts = np.bincount(tokens, minlength=n)
    blank = np.array([i == 0 or (dataset.is_text and c.isspace()) for i, c in enumerate(itos)])
    place, length = _places(blank[tokens])
    inside = ~blank[tokens]
    inner, place, length = tokens[inside], place[inside], length[inside]
    relative = np.divide(place, length - 1, out=np.full(len(place), 0.5), where=length > 1)
    here = np.bincount(inner, minlength=n)

    def mean(values: NDArray[np.float64]) -> NDArray[np.float64]:
        sums = np.bincount(inner, weights=values, minlength=n)
        return np.divide(sums, here, out=np.full(n, np.nan), where=here > 0)

    first, last = (place == 0).astype(np.float64), (place == length - 1).astype(np.float64)
    return LetterFacts(counts / max(1, len(tokens)), mean(relative), mean(first), mean(last))


def _places(is_blank: NDArray[np.bool_]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Of each token its place in its word, and the word's length (N each); of blanks neither means anything."""
    i = np.arange(len(is_blank))
    before = np.maximum.accumulate(np.where(is_blank, i, -1))
    behind = np.minimum.accumulate(np.where(is_blank, i, len(is_blank))[::-1])[::-1]
    return (i - before - 1).astype(np.float64), (behind - before - 1).astype(np.float64)
