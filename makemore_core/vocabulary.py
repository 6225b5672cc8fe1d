"""Characters to integers and back. Number 0 is the boundary that stands before and after each word."""

import sys
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from makemore_core.errors import InputError

BOUNDARIES = ".|\N{BULLET}"
FURTHER_BOUNDARIES = range(ord("\N{SYMBOL FOR NEWLINE}"), sys.maxunicode)  # for data that hold all of the above

BLANKS = {" ": "\N{OPEN BOX}", "\n": "\N{DOWNWARDS ARROW WITH CORNER LEFTWARDS}"}


JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"  # part of emoji, and of words in many scripts
TAGS = range(0xE0000, 0xE0080)  # part of flags
INVISIBLE = ("Cc", "Cf", "Co", "Zl", "Zp", "Zs")  # categories of Unicode
PICTURES = 0x2400  # of the control characters, in their order
DELETE = "\x7f"


def is_invisible(character: str) -> bool:
    """Whether nothing is seen of a character, and it is neither a space nor part of how a script is written."""
    if character in BLANKS or character in JOINERS or ord(character) in TAGS:
        return False
    return unicodedata.category(character) in INVISIBLE


def is_mark(character: str) -> bool:
    """Whether a character stands on the one before: an accent, a vowel sign."""
    return unicodedata.category(character).startswith("M")


def shown(character: str) -> str:
    """A character as one that can be seen: blanks have marks of their own, accents a circle to stand on.

    A label that is no character stays as it is.
    """
    if len(character) != 1:
        return character
    if character in BLANKS:
        return BLANKS[character]
    if is_mark(character):
        return "\N{DOTTED CIRCLE}" + character
    if character < " ":
        return chr(PICTURES + ord(character))
    if character == DELETE:
        return "\N{SYMBOL FOR DELETE}"
    return f"{ord(character):04X}" if is_invisible(character) or character in JOINERS else character


def shown_text(text: str) -> str:
    """A text of which every character can be seen; accents stay on their letters."""
    return "".join(c if i and (is_mark(c) or c in JOINERS) else shown(c) for i, c in enumerate(text))


@dataclass(frozen=True)
class Vocabulary:
    """The characters of a data set, sorted; `itos[0]` is the boundary: a dot unless the data hold dots.

    Where the boundary stands in the data themselves, as a text's line ends do, it is given in `inside`.

    >>> Vocabulary("aemov").encode("emma")
    [2, 3, 3, 1]
    >>> Vocabulary("aemov").decode([0, 2, 3, 3, 1, 0])
    '.emma.'
    """

    characters: str
    inside: str = ""

    @cached_property
    def boundary(self) -> str:
        """What stands for 0: the boundary inside the data, or the first mark that the data lack."""
        marks = chain(self.inside or BOUNDARIES, map(chr, FURTHER_BOUNDARIES))
        return next(mark for mark in marks if mark not in self.characters)

    @cached_property
    def itos(self) -> tuple[str, ...]:
        return (self.boundary, *self.characters)

    @cached_property
    def stoi(self) -> dict[str, int]:
        return {character: i for i, character in enumerate(self.itos)}

    def __len__(self) -> int:
        return len(self.characters) + 1

    def encode(self, word: str) -> list[int]:
        """The numbers of a word's characters; an InputError names a character that the data set lacks."""
        strange = sorted(set(word) - set(self.characters + self.inside))
        if strange:
            raise InputError(f"The data set has no {strange[0]!r}; it knows {self.characters!r}.")
        return [self.stoi[character] for character in word]

    def decode(self, tokens: list[int]) -> str:
        return "".join(self.itos[token] for token in tokens)

    def encode_lines(self, words: tuple[str, ...]) -> NDArray[np.int64]:
        """All words in one row, each followed by the boundary 0: `emma.olivia.ava.` as numbers."""
        codes = np.frombuffer("\n".join((*words, "")).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        return self._number_of_code[codes]

    @cached_property
    def _number_of_code(self) -> NDArray[np.int64]:
        """The number of each code point, up to the largest that there is; 0 for the line's end."""
        codes = [ord("\n"), *map(ord, self.characters)]
        numbers = np.zeros(max(codes) + 1, dtype=np.int64)
        numbers[codes] = np.arange(len(codes))
        return numbers

    def encode_text(self, text: str) -> NDArray[np.int64]:
        """A running text (N) whose line ends are the boundary."""
        return self.encode_lines(tuple(text.split("\n")))[:-1]


def vocabulary_of(words: tuple[str, ...]) -> Vocabulary:
    """The vocabulary of a list of words: its distinct characters, sorted by code point."""
    return Vocabulary("".join(sorted(set("".join(words)))))


def vocabulary_of_text(text: str) -> Vocabulary:
    """The vocabulary of a running text, whose line's end is number 0."""
    return Vocabulary("".join(sorted(set(text) - {"\n"})), inside="\n")
