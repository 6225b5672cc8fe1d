"""Lists of words and running texts, their splits, and the examples that a model learns from.

The usual split is the lectures': shuffle with `random.Random(42)`, then 80 % train, 10 % val, 10 % test.
"""

import hashlib
import random
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

import torch
from torch import Generator

from makemore_core.catalogue import CATALOGUE, SHIPPED, TEXT, WORDS, content_of
from makemore_core.errors import InputError
from makemore_core.knobs import Config, knob
from makemore_core.layouts import Tokens
from makemore_core.vocabulary import Vocabulary, vocabulary_of, vocabulary_of_text

SPLITS = ("train", "val", "test")
SPLIT_SEED = 42
MAKEMORE_SEED, MAKEMORE_TEST_WORDS = 3407, 1000
FEWEST_WORDS = 10
FEWEST_CHARACTERS = 1000  # of a text
Parts = dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class DataConfig(Config):
    """Which words or text, and how they are split."""

    dataset: str = knob(SHIPPED, help="A name of the catalogue, or the path of a text file.")
    shuffles: int = knob(
        1,
        low=0,
        high=10,
        help="How often the split cell was run: each run shuffles with random.Random(42); 0 keeps the list's order.",
    )
    kind: str = knob(
        "auto",
        options=("auto", WORDS, TEXT),
        help="One word a line, or running text; auto = words, but for known texts.",
    )
    split: str = knob(
        "lectures",
        options=("lectures", "makemore", "whole"),
        help="80/10/10 as in the lectures; makemore.py's 1,000 words for val and test; or all for all (lecture 1).",
    )

    def load(self) -> "Dataset":
        """The data set; an InputError if it is not there, or is not a text."""
        source = CATALOGUE.get(self.dataset)
        kind = self.kind if self.kind != "auto" else source.kind if source else WORDS
        name = self.dataset if source else Path(self.dataset).name
        return _load(name, content_of(self.dataset), kind, self.split, self.shuffles)


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
def _load(name: str, content: bytes, kind: str, split: str, shuffles: int) -> Dataset:
    """A file's content, split. Remembered by content, so that a file that changed is read anew."""
    text = _text_of(content, name)
    digest = hashlib.sha256(content).hexdigest()
    if kind == TEXT:
        words = tuple(dict.fromkeys(line for line in text.split("\n") if line))
        return Dataset(name, words, vocabulary_of_text(text), digest, _text_parts(text, name, split), True)
    words = _words_in(text, name)
    return Dataset(name, words, vocabulary_of(words), digest, WORD_SPLITS[split](words, shuffles))


def _text_of(content: bytes, name: str) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{name!r} is not UTF-8 text (byte {error.start:,}); save it as UTF-8.") from None
    if "\0" in text:
        raise InputError(f"{name!r} is a binary file, not a text; give a list with one word a line.")
    return text


def _words_in(text: str, name: str) -> tuple[str, ...]:
    """One word a line. Lines end with \\n alone: str.splitlines() would also split on U+2028 and others."""
    words = tuple(word for line in text.split("\n") if (word := line.strip("\r ")))
    if len(words) < FEWEST_WORDS:
        raise InputError(f"{name!r} has {len(words)} words; at least {FEWEST_WORDS} are needed to split them.")
    return words


def _text_parts(text: str, name: str, split: str) -> Parts:
    """The first 90 % to train, the rest for val and test, as char-rnn's users split it."""
    if len(text) < FEWEST_CHARACTERS:
        raise InputError(
            f"{name!r} has {len(text)} characters; a text to learn from has {FEWEST_CHARACTERS:,} or more."
        )
    first = len(text) if split == "whole" else int(0.9 * len(text))
    rest = text[first:] or text
    return {"train": (text[:first],), "val": (rest,), "test": (rest,)}


def _lectures_split(words: tuple[str, ...], shuffles: int) -> Parts:
    shuffled = list(words)
    for _ in range(shuffles):
        random.Random(SPLIT_SEED).shuffle(shuffled)
    first, second = int(0.8 * len(words)), int(0.9 * len(words))
    return {
        "train": tuple(shuffled[:first]),
        "val": tuple(shuffled[first:second]),
        "test": tuple(shuffled[second:]),
    }


def _makemore_split(words: tuple[str, ...], shuffles: int) -> Parts:
    """makemore.py's: a permutation of seed 3407, whose last 1,000 words (at most a tenth) are the test set."""
    order: list[int] = torch.randperm(len(words), generator=Generator().manual_seed(MAKEMORE_SEED)).tolist()
    held = min(MAKEMORE_TEST_WORDS, int(len(words) * 0.1))
    train, test = (tuple(words[i] for i in part) for part in (order[:-held], order[-held:]))
    return {"train": train, "val": test, "test": test}


def _whole(words: tuple[str, ...], shuffles: int) -> Parts:
    return dict.fromkeys(SPLITS, words)


WORD_SPLITS = {"lectures": _lectures_split, "makemore": _makemore_split, "whole": _whole}
