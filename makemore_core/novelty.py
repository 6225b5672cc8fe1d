"""How much of what a model invents is new: not in the training set, nor among the names that were held back.

For a new name the nearest training name is the one with the fewest insertions, deletions and replacements
(Levenshtein 1966). A sampler that copies its training set has learned it by heart.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from makemore_core import ngrams
from makemore_core.datasets import Dataset
from makemore_core.errors import InputError
from makemore_core.models.language_model import LanguageModel
from makemore_core.models.layers import Layer
from makemore_core.sampling import SamplingConfig, sample
from makemore_core.scoring import Tell

TRAIN, HELD_BACK, NEW = KINDS = ("in train", "in val or test", "new")
COMPARED_AT_ONCE = 2_000_000  # pairs of names between two reports; a fifth of a second
SAMPLED_AT_ONCE = 100
CONTEXT, ALPHA = 3, 0.1  # of the count table that draws as a yardstick


@dataclass(frozen=True)
class Novelty:
    """Names, and of which of the KINDS each is."""

    names: tuple[str, ...]
    kinds: tuple[str, ...]

    @property
    def shares(self) -> dict[str, float]:
        """The share of each kind; they sum to 1."""
        return {kind: self.kinds.count(kind) / len(self.kinds) for kind in KINDS}

    @property
    def repeats(self) -> int:
        """How many of the names had come before among them."""
        return len(self.names) - len(set(self.names))

    def distinct(self, kind: str) -> list[str]:
        """The names of a kind, each once."""
        return list(dict.fromkeys(name for name, k in zip(self.names, self.kinds, strict=True) if k == kind))


@dataclass(frozen=True)
class Neighbour:
    """The training name that is nearest to another name, and how far it is in edits."""

    name: str
    nearest: str
    distance: int


def novelty_of(names: Sequence[str], dataset: Dataset) -> Novelty:
    """Which names stand in the training set, which in val or test, and which nowhere."""
    train = _in(dataset, "train")
    held_back = _in(dataset, "val") | _in(dataset, "test")
    kinds = (TRAIN if name in train else HELD_BACK if name in held_back else NEW for name in names)
    return Novelty(tuple(names), tuple(kinds))


def _in(dataset: Dataset, split: str) -> frozenset[str]:
    """The words of a split, or the lines of its text: an empty one, too, is a line."""
    part = dataset.parts[split]
    return frozenset(part[0].split("\n") if dataset.is_text else part)


def invented(
    model: LanguageModel, dataset: Dataset, n: int, sampling: SamplingConfig, tell: Tell | None = None
) -> Novelty:
    """n names that a model invents, in portions with a report between them."""
    if n < 1:
        raise InputError(f"`1 <= n` must hold, but got n={n}.")
    drawn: list[list[int]] = []
    for start in range(0, n, SAMPLED_AT_ONCE):
        if tell:
            tell(start / n, "Sampling")
        portion = replace(sampling, seed=_seed(sampling.seed, start))
        drawn += sample(model, min(SAMPLED_AT_ONCE, n - start), portion)
    return novelty_of([dataset.vocabulary.decode(name) for name in drawn], dataset)


def _seed(seed: int, start: int) -> int:
    """Each portion has dice of its own; the first one those that were asked for."""
    return (seed + 7919 * start) % 2**63


def invented_by_counting(dataset: Dataset, n: int, sampling: SamplingConfig) -> Novelty:
    """What a 4-gram of the training set invents: a yardstick for the nets."""
    return invented(count_model(dataset), dataset, n, sampling)


def count_model(dataset: Dataset) -> LanguageModel:
    """The count table after 3 characters of context as a model. It holds seen contexts alone: any alphabet fits."""
    tokens, vocab_size = dataset.tokens("train"), len(dataset.vocabulary)
    table = ngrams.count(tokens, vocab_size, CONTEXT, ALPHA, dataset.is_text)
    return LanguageModel({"table": CountTable(table)}, CONTEXT)


class CountTable(Layer):
    """The smoothed counts after contexts (B, T), as log p (B, V); after one that was not seen all are alike."""

    def __init__(self, table: ngrams.NGram) -> None:
        self.table = table

    def forward(self, x: Tensor) -> Tensor:
        table, vocab_size = self.table, self.table.counts.shape[1]
        number = x.numpy() @ vocab_size ** np.arange(CONTEXT)
        row = np.minimum(np.searchsorted(table.contexts, number), len(table.contexts) - 1)
        seen = table.contexts[row] == number
        counts = np.where(seen[:, None], table.counts[row], 0) + table.alpha
        return torch.from_numpy(np.log(counts / counts.sum(axis=1, keepdims=True)))


def new_among_val(dataset: Dataset) -> float:
    """The share of val's distinct words that the training set lacks: real names are new in this sense as well."""
    val = _in(dataset, "val")
    return len(val - _in(dataset, "train")) / max(1, len(val))


def nearest_in_train(names: Sequence[str], dataset: Dataset, tell: Tell | None = None) -> list[Neighbour]:
    """The nearest training word of each name; of several the first in the list."""
    from rapidfuzz.distance import Levenshtein  # compiled code that only this question needs
    from rapidfuzz.process import cdist

    words = dataset.lists["train"]
    found: list[Neighbour] = []
    at_once = max(1, COMPARED_AT_ONCE // len(words))
    for start in range(0, len(names), at_once):
        if tell:
            tell(start / len(names), "Looking for the nearest")
        some = names[start : start + at_once]
        distances = cdist(some, words, scorer=Levenshtein.distance, dtype=np.uint16)  # (some, words)
        best = distances.argmin(axis=1)
        found += [
            Neighbour(name, words[i], int(row[i])) for name, i, row in zip(some, best.tolist(), distances, strict=True)
        ]
    return found


def pieces(name: str, other: str) -> list[tuple[str, str]]:
    """Two names cut where they differ: each piece of the one beside that of the other, equal where they agree."""
    from rapidfuzz.distance import Levenshtein

    steps = Levenshtein.opcodes(name, other)
    return [(name[s.src_start : s.src_end], other[s.dest_start : s.dest_end]) for s in steps]
