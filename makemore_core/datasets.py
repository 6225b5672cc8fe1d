"""Lists of words, their splits, and the (context, next character) examples that a model learns from.

The split is the lectures': shuffle with `random.Random(42)`, then 80 % train, 10 % val, 10 % test.
"""

import hashlib
import os
import random
import urllib.request
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from http.client import HTTPException
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from makemore_core.errors import InputError
from makemore_core.knobs import Config, knob
from makemore_core.vocabulary import Vocabulary, vocabulary_of

DATA_FOLDER = Path(__file__).parent.parent / "data"
SPLITS = ("train", "val", "test")
SPLIT_SEED = 42
FEWEST_WORDS = 10
LARGEST_FILE = 64_000_000  # bytes
FETCH_TIMEOUT = 20.0  # seconds


@dataclass(frozen=True)
class Source:
    """Where a data set of the catalogue comes from; the SHA-256 tells whether a file is it."""

    name: str
    file: str
    sha256: str
    about: str
    address: str = ""


CATALOGUE = {
    source.name: source
    for source in (
        Source(
            "us-names-2018",
            "us-names-2018.txt",
            "bd02dfd33179e23ec2dd093cbd4de619834f75d660ef1ae04d3127e7a0110053",
            "US Social Security names of 2018 as published today; ships with the project.",
        ),
        Source(
            "names",
            "names.txt",
            "0a30b5557f192f32ab962680889aac5f6fda0f4cecf40a6d0b5694f58ea8cc4d",
            "makemore's names.txt: all published numbers of the lectures are on it.",
            "https://raw.githubusercontent.com/karpathy/makemore/master/names.txt",
        ),
        Source(
            "tinyshakespeare",
            "tinyshakespeare.txt",
            "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",
            "char-rnn's input.txt: 40,000 lines of Shakespeare; read line by line.",
            "https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt",
        ),
    )
}
SHIPPED = "us-names-2018"


@dataclass(frozen=True)
class DataConfig(Config):
    """Which words, and how they are shuffled before the split."""

    dataset: str = knob(SHIPPED, help="A name of the catalogue, or the path of a text file with one word a line.")
    shuffles: int = knob(
        1,
        low=0,
        high=10,
        help="How often the split cell was run: each run shuffles with random.Random(42); 0 keeps the list's order.",
    )

    def load(self) -> "Dataset":
        return load_dataset(self.dataset, self.shuffles)


@dataclass(frozen=True)
class Dataset:
    """Words, their vocabulary, and the three parts into which they are split."""

    name: str
    words: tuple[str, ...]
    vocabulary: Vocabulary
    sha256: str
    parts: dict[str, tuple[str, ...]] = field(repr=False)

    @cached_property
    def known(self) -> frozenset[str]:
        """The distinct words: what is not among them is a new name."""
        return frozenset(self.words)

    def examples(self, split: str, block_size: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """All examples of a split: contexts X (N, T) and next characters Y (N), in the order of the words."""
        return sliding_windows(self.vocabulary.encode_lines(self.parts[split]), block_size)

    def context_counts(self, split: str, block_size: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The distinct contexts (U, T) of a split and how often each next character follows: counts (U, V)."""
        x, y = self.examples(split, block_size)
        first, row = distinct_contexts(x)
        size = len(self.vocabulary)
        counts = np.bincount(row * size + y, minlength=len(first) * size)
        return x[first], counts.reshape(len(first), size)


def sliding_windows(tokens: NDArray[np.int64], block_size: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Windows over words in one row, each word ended by 0; a context never reaches over its word's start.

    tokens (N) -> X (N, T), Y (N): row i predicts tokens[i] from the T characters before it, padded with 0.
    """
    position = np.arange(len(tokens))
    starts = np.concatenate(([0], np.flatnonzero(tokens == 0)[:-1] + 1)) if len(tokens) else position
    lengths = np.diff(np.append(starts, len(tokens)))
    offset = position - np.repeat(starts, lengths)  # place within the word
    back = np.arange(block_size, 0, -1)
    inside = offset[:, None] >= back
    x = np.where(inside, tokens[np.maximum(position[:, None] - back, 0)], 0)  # (N, T)
    return x, tokens


def distinct_contexts(x: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where each of the U distinct rows of x (N, T) stands first (U), and which of them each row is (N).

    Rows are numbered column by column, because sorting numbers is twenty times as fast as sorting rows.
    """
    first, row = np.zeros(1, dtype=np.int64), np.zeros(len(x), dtype=np.int64)
    for column in x.T:
        _, first, row = np.unique(row * (x.max() + 1) + column, return_index=True, return_inverse=True)
    return first, row


def load_dataset(name: str, shuffles: int = 1) -> Dataset:
    """A data set of the catalogue, or any text file with one word a line."""
    source = CATALOGUE.get(name)
    path = _find(source) if source else _expanded(name)
    content = _read(path, known=source is not None)
    return _split(name if source else path.name, content, shuffles)


@lru_cache(maxsize=8)
def _split(name: str, content: bytes, shuffles: int) -> Dataset:
    """The words of a file's content, split. Remembered by content, so that a file that changed is read anew."""
    words = _words_in(content, name)
    shuffled = list(words)
    for _ in range(shuffles):
        random.Random(SPLIT_SEED).shuffle(shuffled)
    first, second = int(0.8 * len(words)), int(0.9 * len(words))
    parts = {
        "train": tuple(shuffled[:first]),
        "val": tuple(shuffled[first:second]),
        "test": tuple(shuffled[second:]),
    }
    digest = hashlib.sha256(content).hexdigest()
    return Dataset(name, words, vocabulary_of(words), digest, parts)


def is_here(source: Source) -> bool:
    """Whether a data set of the catalogue is on this machine."""
    return _located(source) is not None


def folders() -> tuple[Path, ...]:
    """Where data sets are looked for: the project's data/, then the folder MAKEMORE_DATA."""
    extra = os.environ.get("MAKEMORE_DATA")
    return (DATA_FOLDER, Path(extra)) if extra else (DATA_FOLDER,)


def fetch(source: Source) -> Path:
    """Bring a data set from its public address into data/, checked by its SHA-256."""
    found = _located(source)
    if found:
        return found
    try:
        with urllib.request.urlopen(source.address, timeout=FETCH_TIMEOUT) as answer:
            content: bytes = answer.read(LARGEST_FILE)
    except (OSError, HTTPException, ValueError) as error:
        raise InputError(
            f"{source.name!r} could not be reached at {source.address!r} ({error}); use {SHIPPED!r}, "
            "or put the file into the folder MAKEMORE_DATA."
        ) from None
    if hashlib.sha256(content).hexdigest() != source.sha256:
        raise InputError(
            f"{source.address} holds another text than {source.name!r} (SHA-256 differs); nothing was kept."
        )
    path = DATA_FOLDER / source.file
    path.write_bytes(content)
    return path


def _located(source: Source) -> Path | None:
    for folder in folders():
        path = folder / source.file
        if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == source.sha256:
            return path
    return None


def _find(source: Source) -> Path:
    path = _located(source)
    if path is None:
        raise InputError(
            f"The data set {source.name!r} is not on this machine; fetch it with "
            f"`python -m makemore_core data fetch {source.name}`, or use {SHIPPED!r}."
        )
    return path


def _expanded(name: str) -> Path:
    """`~/names.txt` as the path in the user's home folder."""
    try:
        return Path(name).expanduser()
    except (RuntimeError, ValueError):  # there is no such user
        return Path(name)


def _read(path: Path, known: bool) -> bytes:
    try:
        if not path.is_file():
            way_out = f"choose one of: {', '.join(CATALOGUE)}; or give the path of a text file"
            raise InputError(f"There is no data set or file {str(path)!r}; {way_out}.")
        if not known and path.stat().st_size > LARGEST_FILE:
            raise InputError(f"{path.name!r} has {path.stat().st_size:,} bytes; at most {LARGEST_FILE:,} are read.")
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"The file {str(path)!r} cannot be read ({error.strerror}).") from None


def _words_in(content: bytes, name: str) -> tuple[str, ...]:
    """One word a line. Lines end with \\n alone: str.splitlines() would also split on U+2028 and others."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{name!r} is not UTF-8 text (byte {error.start:,}); save it as UTF-8.") from None
    if "\0" in text:
        raise InputError(f"{name!r} is a binary file, not a text; give a list with one word a line.")
    words = tuple(word for line in text.split("\n") if (word := line.strip("\r ")))
    if len(words) < FEWEST_WORDS:
        raise InputError(f"{name!r} has {len(words)} words; at least {FEWEST_WORDS} are needed to split them.")
    return words
