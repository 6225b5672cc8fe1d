"""What stands before each character: contexts of any length, the counts after them, and the words behind a count."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from makemore_core.datasets import Dataset
from makemore_core.layouts import Tokens

BESIDE = 24  # characters of a text on both sides of what is marked


@dataclass(frozen=True, eq=False)
class CountGrid:
    """How often each character followed the contexts `prefix + one character`.

    Of a large alphabet only the most frequent characters have a row and a column; what else followed is in `others`.
    """

    prefix: tuple[int, ...]
    characters: tuple[int, ...]  # (S) numbers of the rows, and of the columns
    counts: NDArray[np.int64]  # (S, S)
    others: NDArray[np.int64]  # (S)
    vocab_size: int

    def probabilities(self, alpha: float) -> NDArray[np.float64]:
        """The smoothed share of each column in its row (S, S); a context never seen has none without smoothing."""
        totals = self.counts.sum(1) + self.others + alpha * self.vocab_size
        with np.errstate(invalid="ignore"):
            return (self.counts + alpha) / np.where(totals > 0, totals, np.nan)[:, None]


@dataclass(frozen=True)
class Marked:
    """A word between its boundaries or a stretch of a text, and from where to where it is marked."""

    text: str
    marks: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Behind:
    """What a count is made of: how often, in how many different words (of a text: places), and the first of them."""

    times: int
    words: int
    first: tuple[Marked, ...]


def looking_back(tokens: Tokens, is_text: bool) -> Iterator[Tokens]:
    """The character 1, 2, 3, ... places before each token (N); 0 before a word's start and before a text's."""
    goes_on = is_text | (tokens[:-1] > 0)
    back = tokens
    while True:
        before = np.zeros_like(tokens)
        np.multiply(back[:-1], goes_on, out=before[1:])
        yield before
        back = before


def stands_before(tokens: Tokens, context: Sequence[int], is_text: bool, skip: int = 0) -> NDArray[np.bool_]:
    """Before which tokens (N) this context stands, `skip` characters further back."""
    found = np.ones(len(tokens), dtype=np.bool_)
    wanted = (None,) * skip + tuple(reversed(context))
    for number, before in zip(wanted, looking_back(tokens, is_text), strict=False):
        if number is not None:
            found &= before == number
    return found


def context_at(tokens: Tokens, place: int, length: int, is_text: bool) -> tuple[int, ...]:
    """The characters before one token, 0 before the word's start."""
    columns = zip(range(length), looking_back(tokens[max(0, place - length) : place + 1], is_text), strict=False)
    return tuple(int(before[-1]) for _, before in columns)[::-1]


def counts_after(tokens: Tokens, context: Sequence[int], vocab_size: int, is_text: bool) -> NDArray[np.int64]:
    """How often each character (V) followed one context."""
    found = stands_before(tokens, context, is_text) if context else slice(None)
    return np.bincount(tokens[found], minlength=vocab_size)


def count_grid(tokens: Tokens, prefix: tuple[int, ...], vocab_size: int, is_text: bool, most: int) -> CountGrid:
    """Count pairs after a prefix; with at most `most` rows and columns."""
    frequency = np.bincount(tokens, minlength=vocab_size)
    characters = np.sort(np.argsort(-frequency, kind="stable")[:most])
    S = len(characters)
    place = np.full(vocab_size, S)  # of a character in the grid; the last row and column are for all others
    place[characters] = np.arange(S)
    found = stands_before(tokens, prefix, is_text, skip=1) if prefix else slice(None)
    row = place[next(looking_back(tokens, is_text))[found]]
    cells = np.bincount(row * (S + 1) + place[tokens[found]], minlength=(S + 1) ** 2).reshape(S + 1, S + 1)
    return CountGrid(prefix, tuple(characters.tolist()), cells[:S, :S], cells[:S, S], vocab_size)


def words_behind(dataset: Dataset, context: tuple[int, ...], following: int, most: int) -> Behind:
    """The training words in which a character follows a context, in the list's order, each once with its places."""
    tokens = dataset.tokens("train")
    places = np.flatnonzero((tokens == following) & stands_before(tokens, context, dataset.is_text))
    if dataset.is_text:
        first = tuple(_stretch(dataset, tokens, int(place), len(context)) for place in places[:most])
        return Behind(len(places), len(places), first)
    ends = np.flatnonzero(tokens == 0)
    part = dataset.parts["train"]
    found = {part[i] for i in np.searchsorted(ends, places)}
    ordered = [word for word in dict.fromkeys(dataset.words) if word in found]
    return Behind(len(places), len(found), tuple(_word(dataset, word, context, following) for word in ordered[:most]))


def _stretch(dataset: Dataset, tokens: Tokens, place: int, length: int) -> Marked:
    start = max(0, place - length - BESIDE)
    text = dataset.vocabulary.decode(tokens[start : place + 1 + BESIDE].tolist())
    return Marked(text, ((max(0, place - length - start), place + 1 - start),))


def _word(dataset: Dataset, word: str, context: tuple[int, ...], following: int) -> Marked:
    vocabulary = dataset.vocabulary
    tokens = np.array([*vocabulary.encode(word), 0])
    ends = np.flatnonzero((tokens == following) & stands_before(tokens, context, is_text=False)) + 1
    marks = tuple((max(0, int(end) - len(context)), int(end) + 1) for end in ends)
    return Marked(f"{vocabulary.boundary}{word}{vocabulary.boundary}", marks)
