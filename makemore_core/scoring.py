"""How much a name surprises a model: the bits it would take to write it down, one character after the other.

log2(V) bits a character are what a model that knows nothing needs (Shannon 1948). A name's percentile tells how many
of the data set's own words the model finds more likely. Long names always cost more, so there are bits per character
too. The bits of a split's words, in nats and per character, are that split's loss.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import torch
from numpy.typing import NDArray

from makemore_core.datasets import Dataset
from makemore_core.errors import InputError
from makemore_core.layouts import SEQUENCES, WINDOWS, Tokens
from makemore_core.models.language_model import LanguageModel
from makemore_core.ngrams import NGram
from makemore_core.vocabulary import Vocabulary

BUDGET = 2e10  # what a second's work is: parameters times characters
CHARACTER = 4_000  # what finding equal contexts adds to a character, in the same unit
AT_ONCE = 1e9  # between two reports
TIE = 1e-4  # bits; float32 tells no finer, and its last digits depend on how many contexts go in at once
NO_NUMBERS = "What this model says is no longer a number; look at a step before it ran off."
Tell = Callable[[float, str], object]  # the share that is done, and what comes next


@dataclass(frozen=True, eq=False)
class WordSurprise:
    """The bits (N) of words of a data set under one model, and their characters (N), each with its end.

    They are an even selection of each split where they are fewer than the `all_words` of the data set. `lists` are
    the splits' names, `split` (N) tells which of them each word is of.
    """

    words: tuple[str, ...]
    bits: NDArray[np.float64]
    sizes: NDArray[np.int64]
    split: NDArray[np.int64]
    lists: tuple[str, ...]
    all_words: int

    @cached_property
    def each(self) -> NDArray[np.float64]:
        """The bits per character (N)."""
        return self.bits / self.sizes

    def values(self, per_character: bool) -> NDArray[np.float64]:
        """The bits (N), in all or per character."""
        return self.each if per_character else self.bits

    @cached_property
    def ranked(self) -> NDArray[np.float64]:
        """The bits (N), the least surprising first."""
        return np.sort(self.bits)

    @cached_property
    def ranked_each(self) -> NDArray[np.float64]:
        """The bits per character (N), the least surprising first."""
        return np.sort(self.each)

    def percentile(self, bits: float, size: int = 1, per_character: bool = False) -> float:
        """The share in percent of the words that are less surprising than so many bits for `size` characters."""
        if per_character:
            return 100 * int(np.searchsorted(self.ranked_each, (bits - TIE) / size)) / len(self.words)
        return 100 * int(np.searchsorted(self.ranked, bits - TIE)) / len(self.words)

    def among_its_length(self, bits: float, size: int) -> tuple[float, int]:
        """The same percentile among the words of `size` characters with the end, and how many those are."""
        same = self.bits[self.sizes == size]
        return (100 * int((same < bits - TIE).sum()) / len(same) if len(same) else math.nan), len(same)

    def of(self, split: str | None) -> NDArray[np.int64]:
        """The places of a split's words, or of all."""
        return np.flatnonzero(self.split == self.lists.index(split)) if split else np.arange(len(self.words))

    def mean(self, split: str) -> float:
        """A split's bits per character."""
        here = self.of(split)
        return float(self.bits[here].sum() / self.sizes[here].sum())

    def extremes(self, n: int, per_character: bool, split: str | None, most: bool) -> list[int]:
        """The places of the n distinct words that surprise least, or most, the extreme one first."""
        here = self.of(split)
        values = self.values(per_character)[here]
        order = here[np.argsort(-values if most else values, kind="stable")]
        first: dict[str, int] = {}
        for i in order.tolist():
            first.setdefault(self.words[i], i)
            if len(first) == n:
                break
        return list(first.values())


@dataclass(frozen=True)
class NameSurprise:
    """One name's bits: in total, and for each character with the boundary at the end."""

    name: str
    bits: float
    percentile: float
    per_character: tuple[tuple[str, float], ...]

    @property
    def size(self) -> int:
        """Its characters, with the end."""
        return len(self.per_character)

    @property
    def each(self) -> float:
        """Its bits per character."""
        return self.bits / self.size


def surprise_of_words(
    model: LanguageModel, dataset: Dataset, budget: float = BUDGET, tell: Tell | None = None
) -> WordSurprise:
    """The words of a data set scored at once: all 32,000 names by an MLP, an even selection by a large Transformer.

    A text's words are its lines, each by itself.
    """
    lists = dataset.lists
    apart = 1 + int(_cost(model, dataset) // budget)
    chosen = {name: words[::apart] for name, words in lists.items()}
    words = tuple(word for list in chosen.values() for word in list)
    tokens = dataset.vocabulary.encode_lines(words)
    starts = np.concatenate(([0], np.flatnonzero(tokens == 0)[:-1] + 1))
    bits = np.add.reduceat(_in_parts(model, tokens, starts, tell), starts)
    split = np.repeat(np.arange(len(lists)), [len(list) for list in chosen.values()])
    if np.isnan(bits).any():
        raise InputError(NO_NUMBERS)
    sizes = np.diff(np.append(starts, len(tokens)))
    return WordSurprise(words, bits, sizes, split, tuple(lists), sum(map(len, lists.values())))


def affordable_words(model: LanguageModel, dataset: Dataset, budget: float) -> int:
    """How many of a data set's words a budget is enough for."""
    words = sum(map(len, dataset.lists.values()))
    return words // (1 + int(_cost(model, dataset) // budget))


def _cost(model: LanguageModel, dataset: Dataset) -> float:
    """What scoring all words takes: parameters for each distinct context, of which a short window has not many."""
    characters = sum(len(words) + sum(map(len, words)) for words in dataset.lists.values())
    contexts = float(characters)
    if model.layout is WINDOWS:
        contexts = min(contexts, float(len(dataset.vocabulary)) ** min(8, model.block_size))
    return contexts * sum(p.numel() for p in model.parameters()) + characters * CHARACTER


def _in_parts(
    model: LanguageModel, tokens: Tokens, starts: NDArray[np.int64], tell: Tell | None
) -> NDArray[np.float64]:
    """The bits (N) of each character; between two parts there is a report, which may end the work."""
    if tell is None:
        return model.nats(tokens) / math.log(2)
    cost = len(tokens) * (CHARACTER + sum(p.numel() for p in model.parameters()))
    places = np.linspace(0, len(starts), 2 + int(cost // AT_ONCE)).astype(int)[:-1]
    edges = [*np.unique(starts[places]).tolist(), len(tokens)]
    bits = np.empty(len(tokens))
    for low, high in pairwise(edges):
        tell(low / len(tokens), "Scoring the real ones")
        bits[low:high] = model.nats(tokens[low:high]) / math.log(2)
    return bits


def surprise(name: str, model: LanguageModel, vocabulary: Vocabulary, words: WordSurprise) -> NameSurprise:
    """A name scored against the words; an InputError if it is empty or has a character that the words lack."""
    (scored,) = surprises([name], model, vocabulary, words)
    return scored


def surprises(
    names: Sequence[str], model: LanguageModel, vocabulary: Vocabulary, words: WordSurprise | None
) -> list[NameSurprise]:
    """Names scored against the words; without words their percentile is no number."""
    if "" in names:
        raise InputError("A name has at least 1 character, but got ''.")
    scored: list[NameSurprise] = []
    for name, bits in zip(names, bits_of(model, [vocabulary.encode(name) for name in names]), strict=True):
        total = math.fsum(bits)
        percentile = words.percentile(total) if words else math.nan
        characters = (*name, vocabulary.boundary)
        scored.append(NameSurprise(name, total, percentile, tuple(zip(characters, bits, strict=True))))
    return scored


def bits_of(model: LanguageModel, names: Sequence[list[int]]) -> list[list[float]]:
    """The bits of each character of names (tokens without the end), and of each end: -log2 p after all before it.

    What came before goes to the model as sampling hands it over, so that a name's bits are those of the
    probabilities with which it would be drawn.
    """
    ended = [[*name, 0] for name in names]
    bits: list[list[float]] = [[] for _ in ended]
    with model.evaluating():
        for place in range(max(map(len, ended), default=0)):
            here = [i for i, name in enumerate(ended) if len(name) > place]
            prefixes = np.array([ended[i][:place] for i in here], dtype=np.int64).reshape(len(here), place)
            log_p = torch.log_softmax(model.after(prefixes).double().cpu(), dim=-1)  # (here, V)
            for i, row in zip(here, log_p, strict=True):
                bits[i].append(0.0 - row[ended[i][place]].item() / math.log(2))
    if any(math.isnan(b) for name in bits for b in name):
        raise InputError(NO_NUMBERS)
    return bits


def is_scored_in_pieces(model: LanguageModel, size: int) -> bool:
    """Whether real words of so many characters, with the end, are read in pieces, as for the loss, but a name is not.

    A model of sequences takes its loss on rows of block_size characters; sampling always hands over the last ones.
    """
    return model.layout is SEQUENCES and size > model.block_size


def bits_by_counting(name: str, vocabulary: Vocabulary, tables: Mapping[str, NGram]) -> dict[str, float]:
    """The bits of a name, in all, if it were guessed blindly, and under each count table."""
    tokens = np.array([*vocabulary.encode(name), 0])
    counted = {title: table.loss(tokens) * len(tokens) / math.log(2) for title, table in tables.items()}
    return {"blind guess": len(tokens) * math.log2(len(vocabulary))} | counted
