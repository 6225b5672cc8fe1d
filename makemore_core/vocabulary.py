"""Characters to integers and back. Number 0 is the boundary that stands before and after each word."""

import sys
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from makemore_core.errors import InputError

BOUNDARIES = ".|\N{BULLET}"
FURTHER_BOUNDARIES = range(ord("\N{SYMBOL FOR NEWLINE}"), sys.maxunicode)  # for data that hold all of the above

BLANKS = {" ": "\N{OPEN BOX}", "\n": "\N{DOWNWARDS ARROW WITH CORNER LEFTWARDS}"}


def shown(character: str) -> str:
    """A character as one that can be seen: blanks have marks of their own."""
    return BLANKS.get(character, character)


@dataclass(frozen=True)
class Vocabulary:
    """The characters of a data set, sorted; `itos[0]` is the boundary: a dot unless the data hold dots.

    Where the boundary stands in the data themselves, as a text's line ends do, it is given in `inside`.
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
