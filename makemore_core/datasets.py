"""Lists of words and running texts, their splits, and the examples that a model learns from.

The usual split is the lectures': shuffle with `random.Random(42)`, then 80 % train, 10 % val, 10 % test.
"""

import hashlib
import random
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path

import torch
from torch import Generator

from makemore_core.catalogue import SHIPPED, content_of, is_named, kind_of
from makemore_core.data.decoding import decode
from makemore_core.data.own import TEXT, WORDS
from makemore_core.data.reading import lines_of_text, words_in
from makemore_core.errors import InputError
from makemore_core.knobs import Config, knob
from makemore_core.layouts import Tokens
from makemore_core.vocabulary import Vocabulary, vocabulary_of, vocabulary_of_text

SPLITS = ("train", "val", "test")
MAKEMORE_SEED, MAKEMORE_TEST_WORDS = 3407, 1000
Parts = dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class DataConfig(Config):
    """Which words or text, and how they are split."""

    dataset: str = knob(SHIPPED, help="A name of the catalogue, a data set of your own, or the path of a text file.")
    shuffles: int = knob(
        1,
        low=0,
        high=10,
        help="How often the split cell was run: each run shuffles with random.Random(42); 0 keeps the list's order.",
    )
    kind: str = knob(
        "auto",
        options=("auto", WORDS, TEXT),
        help="One word a line, or running text; auto = as is known of the data set, words for a file.",
    )
    split: str = knob(
        "lectures",
        options=("lectures", "makemore", "whole"),
        help="By shares as in the lectures; makemore.py's 1,000 words for val and test; or all for all (lecture 1).",
    )
    train_share: float = knob(
        0.8, low=0.01, high=1, help="The share of the words to learn from, in the lectures' split."
    )
    val_share: float = knob(0.1, low=0.01, high=1, help="The share of the words for val; the rest are the test set.")
    split_seed: int = knob(42, low=0, high=2**63 - 1, help="Shuffles the words before the lectures' split.")
    most_words: int = knob(
        0, low=0, high=1_000_000, log=True, help="Only so many words, the first of a list; 0 takes all."
    )
    copies: int = knob(
        1, low=0, high=10, help="How often a list is repeated before the split, which leaks; 0 keeps each word once."
    )

    def load(self) -> "Dataset":
        """The data set; an InputError if it is not there, is not a text, or cannot be split so."""
        name = self.dataset if is_named(self.dataset) else Path(self.dataset).name
        content = content_of(self.dataset)
        kind = kind_of(self.dataset) if self.kind == "auto" else self.kind
        return _load(name, content, kind, replace(self, dataset=SHIPPED, kind=kind))


@dataclass(frozen=True)
class Dataset:
    """Words or a text, the vocabulary, and the three parts into which they are split.

    A text's words are its distinct lines; its parts hold one string each, and its vocabulary's boundary is the
    line's end.
    """

    name: str
    words: tuple[str, ...]
    vocabulary: Vocabulary
    sha256: str
    parts: Parts = field(repr=False)
    is_text: bool = False

    @property
    def noun(self) -> str:
        """What one of its words is called."""
        return "line" if self.is_text else "name"

    @cached_property
    def known(self) -> frozenset[str]:
        """The distinct words: what is not among them is a new name."""
        return frozenset(self.words)

    @cached_property
    def lists(self) -> dict[str, tuple[str, ...]]:
        """The words of each split, of a text its distinct lines; without a split that only repeats another one."""
        lists: dict[str, tuple[str, ...]] = {}
        for split, part in self.parts.items():
            words = tuple(dict.fromkeys(line for line in part[0].split("\n") if line)) if self.is_text else part
            if words and words not in lists.values():
                lists[split] = words
        return lists

    def tokens(self, split: str, most: int | None = None) -> Tokens:
        """A split in one row (N): words each ended by 0, or the text; of a longer one at most about `most`.

        Words are thinned evenly over the list, a text is cut.
        """
        part = self.parts[split]
        if self.is_text:
            return self.vocabulary.encode_text(part[0][:most])
        thinned = part[:: 1 + sum(map(len, part)) // most] if most else part
        return self.vocabulary.encode_lines(thinned)


def load_dataset(name: str, shuffles: int = 1) -> Dataset:
    """A data set of the catalogue or a file, split as in the lectures."""
    return DataConfig(name, shuffles).load()


@lru_cache(maxsize=8)
def _load(name: str, content: bytes, kind: str, how: DataConfig) -> Dataset:
    """A file's content, split. Remembered by content, so that a file that changed is read anew."""
    return dataset_of(name, decode(content, name), kind, how, hashlib.sha256(content).hexdigest())


def dataset_of(name: str, text: str, kind: str, how: DataConfig, sha256: str = "") -> Dataset:
    """A text as a data set, split as a config says."""
    if kind == TEXT:
        lines = lines_of_text(text, name)
        return Dataset(name, lines, vocabulary_of_text(text), sha256, _text_parts(text, how), True)
    words = _repeated(words_in(text, name)[: how.most_words or None], how.copies)
    return Dataset(name, words, vocabulary_of(words), sha256, WORD_SPLITS[how.split](words, how))


def _repeated(words: tuple[str, ...], copies: int) -> tuple[str, ...]:
    return words * copies if copies else tuple(dict.fromkeys(words))


def _text_parts(text: str, how: DataConfig) -> Parts:
    """The first 90 % to train, the rest for val and test, as char-rnn's users split it."""
    first = len(text) if how.split == "whole" else int(0.9 * len(text))
    rest = text[first:] or text
    return {"train": (text[:first],), "val": (rest,), "test": (rest,)}


def _lectures_split(words: tuple[str, ...], how: DataConfig) -> Parts:
    shuffled = list(words)
    for _ in range(how.shuffles):
        random.Random(how.split_seed).shuffle(shuffled)
    first, second = (_share_of(len(words), share) for share in (how.train_share, how.train_share + how.val_share))
    if not 0 < first < second < len(words):
        raise _too_few_left(len(words), how)
    return {
        "train": tuple(shuffled[:first]),
        "val": tuple(shuffled[first:second]),
        "test": tuple(shuffled[second:]),
    }


def _share_of(n: int, share: float) -> int:
    """int(share * n), were .7 + .2 as much as .9."""
    return int(round(share * n, 6))


def _too_few_left(n: int, how: DataConfig) -> InputError:
    shares = f"train_share={how.train_share:g} and val_share={how.val_share:g}"
    return InputError(
        f"Train, val and test each need a word, but {shares} leave one of them without any of {n:,} words; "
        "the nearest usual shares are 0.8 and 0.1."
    )


def _makemore_split(words: tuple[str, ...], how: DataConfig) -> Parts:
    """makemore.py's: a permutation of seed 3407, whose last 1,000 words (at most a tenth) are the test set."""
    order: list[int] = torch.randperm(len(words), generator=Generator().manual_seed(MAKEMORE_SEED)).tolist()
    held = min(MAKEMORE_TEST_WORDS, int(len(words) * 0.1))
    train, test = (tuple(words[i] for i in part) for part in (order[:-held], order[-held:]))
    return {"train": train, "val": test, "test": test}


def _whole(words: tuple[str, ...], how: DataConfig) -> Parts:
    return dict.fromkeys(SPLITS, words)


WORD_SPLITS = {"lectures": _lectures_split, "makemore": _makemore_split, "whole": _whole}
