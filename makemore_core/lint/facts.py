"""What there is to know of a data set at a glance: counts, letters, lengths, and some of its words."""

import random
from collections import Counter
from dataclasses import dataclass

from makemore_core.datasets import SPLITS, Dataset

SAMPLES = 40
Counts = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Facts:
    """Counts of a data set. Letters and first letters come with how often, the most frequent first; lengths in order.

    A text is counted by its distinct lines, its letters by the whole text.
    """

    words: int
    distinct: int
    characters: int
    vocab_size: int
    letters: Counts
    first_letters: Counts
    lengths: tuple[tuple[int, int], ...]
    parts: dict[str, int]  # words in each split, characters of a text

    @property
    def shortest(self) -> int:
        """Characters of the shortest word."""
        return self.lengths[0][0]

    @property
    def longest(self) -> int:
        """Characters of the longest word."""
        return self.lengths[-1][0]

    @property
    def mean_length(self) -> float:
        """Characters of a word."""
        return sum(length * n for length, n in self.lengths) / self.words


def facts_of(dataset: Dataset) -> Facts:
    """The facts of a data set."""
    words = dataset.words
    letters = Counter("".join(_whole_text(dataset) if dataset.is_text else words))
    letters.pop("\n", None)
    return Facts(
        len(words),
        len(dataset.known),
        letters.total(),
        len(dataset.vocabulary),
        tuple(letters.most_common()),
        tuple(Counter(word[0] for word in words).most_common()),
        tuple(sorted(Counter(map(len, words)).items())),
        {split: sum(map(len, part)) if dataset.is_text else len(part) for split, part in dataset.parts.items()},
    )


def _whole_text(dataset: Dataset) -> tuple[str, ...]:
    """Train and the rest; a text's val and test are the same."""
    return tuple(dict.fromkeys(part for split in SPLITS for part in dataset.parts[split]))


def samples_of(dataset: Dataset, seed: int, n: int = SAMPLES) -> tuple[str, ...]:
    """Some words at random, or lines of a text that follow each other."""
    dice, words = random.Random(seed), dataset.words
    if not dataset.is_text:
        return tuple(dice.sample(words, min(n, len(words))))
    start = dice.randrange(max(1, len(words) - n + 1))
    return words[start : start + n]
