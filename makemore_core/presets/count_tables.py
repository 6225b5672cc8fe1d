"""Count tables whose losses were printed, and the same tables counted by us.

Lecture 1 adds up 228,146 logarithms in float32, one after the other, which loses the fourth digit; ours are added the
same way beside the exact sum. EurekaLabs' ngram reads its names as one running text: a context reaches back into the
name before, and the first characters of a split, which have no whole context, are not predicted.
"""

import random
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from makemore_core.datasets import DataConfig, Dataset
from makemore_core.layouts import Tokens, sliding_windows
from makemore_core.ngrams import count

LECTURE_1 = "makemore part 1 (bigrams)"
EUREKA = "EurekaLabsAI/ngram"
HELD_OUT = 1000  # names of val, and of test, in EurekaLabs' split
Losses = dict[str, float]


@dataclass(frozen=True)
class KnownTable:
    """A count table of names.txt with what its author printed, in nats by split; `all` is fitted and scored on all."""

    source: str
    context: int
    alpha: float
    printed: Losses
    digits: int

    @property
    def title(self) -> str:
        return f"{self.context + 1}-gram, alpha {self.alpha:g}"


EUREKA_TABLE = {
    (2, 0.03): (2.1843, 2.2443),
    (2, 0.1): (2.1870, 2.2401),
    (2, 0.3): (2.1935, 2.2404),
    (2, 1.0): (2.2117, 2.2521),
    (3, 0.03): (1.8703, 2.1376),
    (3, 0.1): (1.9028, 2.1118),
    (3, 0.3): (1.9677, 2.1269),
    (3, 1.0): (2.1006, 2.2114),
    (4, 0.03): (1.4955, 2.3540),
    (4, 0.1): (1.6335, 2.2814),
    (4, 0.3): (1.8610, 2.3210),
    (4, 1.0): (2.2132, 2.4903),
}
EUREKA_TEST = (3, 0.1, 2.106370)
KNOWN_TABLES = (
    KnownTable(LECTURE_1, 1, 0.0, {"all": 2.454094}, 6),
    KnownTable(LECTURE_1, 1, 1.0, {"all": 2.454356}, 6),
    *(
        KnownTable(EUREKA, context, alpha, {"train": train, "val": val}, 4)
        for (context, alpha), (train, val) in EUREKA_TABLE.items()
    ),
    KnownTable(EUREKA, *EUREKA_TEST[:2], {"test": EUREKA_TEST[2]}, 6),
)


def recounted(known: KnownTable, names: Dataset) -> Losses:
    """The same losses of makemore's names.txt, counted here; `exact` is added up in float64."""
    if known.source == LECTURE_1:
        return _lecture_1(names, known.context, known.alpha)
    return _eureka(names, known.context, known.alpha, tuple(known.printed))


def _lecture_1(names: Dataset, context: int, alpha: float) -> Losses:
    tokens = names.vocabulary.encode_lines(names.words)
    table = count(tokens, len(names.vocabulary), context, alpha)
    x, y = sliding_windows(tokens, context)
    p = (table.counts + alpha).astype(np.float32)
    p /= p.sum(1, keepdims=True)
    added = np.add.accumulate(np.log(p[x[:, 0], y]), dtype=np.float32)[-1]
    return {"all": float(-added) / len(tokens), "exact": table.loss(tokens)}


def _eureka(names: Dataset, context: int, alpha: float, splits: tuple[str, ...]) -> Losses:
    V = len(names.vocabulary)
    parts = eureka_split(names)
    train, train_next = _whole_windows(parts["train"], context, V)
    counts = np.bincount(train * V + train_next, minlength=V ** (context + 1)).reshape(-1, V)
    log_p = np.log((counts + alpha) / (counts.sum(1, keepdims=True) + alpha * V))
    return {
        split: float(-log_p[contexts, following].mean())
        for split in splits
        for contexts, following in [_whole_windows(parts[split], context, V)]
    }


def eureka_split(names: Dataset) -> dict[str, Tokens]:
    """1,000 names for test, 1,000 for val, the rest to train. The file's last name has no line end after it."""
    shuffled = list(names.words)
    random.Random(DataConfig().split_seed).shuffle(shuffled)
    parts = {
        "test": shuffled[:HELD_OUT],
        "val": shuffled[HELD_OUT : 2 * HELD_OUT],
        "train": shuffled[2 * HELD_OUT :],
    }
    return {split: _joined(names, part) for split, part in parts.items()}


def _joined(names: Dataset, words: list[str]) -> Tokens:
    text = "".join(word if word == names.words[-1] else f"{word}\n" for word in words)
    return names.vocabulary.encode_lines(tuple(text.split("\n")))[:-1]


def _whole_windows(tokens: Tokens, context: int, vocab_size: int) -> tuple[NDArray[np.int64], Tokens]:
    """Each context without padding as one number in base V, and what follows it."""
    x, y = sliding_windows(tokens, context, is_text=True)
    return x[context:] @ (vocab_size ** np.arange(context)), y[context:]
