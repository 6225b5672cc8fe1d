"""From a text to its words, within the limits; what is beyond them gets one sentence with the place and the way out."""

from collections.abc import Sequence

from makemore_core.data.limits import (
    FEWEST_CHARACTERS,
    FEWEST_WORDS,
    LARGEST_ALPHABET,
    LONGEST_WORD,
    MOST_WORDS,
)
from makemore_core.errors import InputError


def words_in(text: str, name: str) -> tuple[str, ...]:
    """One word a line, without the spaces around it; empty lines are none. InputError for what is no list."""
    words = tuple(word for line in text.split("\n") if (word := line.strip(" ")))
    if len(words) < FEWEST_WORDS:
        raise InputError(f"{name!r} has {len(words)} words; at least {FEWEST_WORDS} are needed to split them.")
    if len(words) > MOST_WORDS:
        raise InputError(f"{name!r} has {len(words):,} words; at most {MOST_WORDS:,} are read: take a part of it.")
    if len(max(words, key=len)) > LONGEST_WORD:
        line, long = next((i, s) for i, s in enumerate(text.split("\n"), 1) if len(s.strip(" ")) > LONGEST_WORD)
        raise InputError(
            f"Line {line:,} of {name!r} has {len(long):,} characters; a word has at most {LONGEST_WORD:,}. "
            "Put one word on a line, or read it as a text (kind=text)."
        )
    _check_alphabet(words, name)
    return words


def lines_of_text(text: str, name: str) -> tuple[str, ...]:
    """The distinct lines of a running text. InputError for one that is too short, or not in an alphabet."""
    if len(text) < FEWEST_CHARACTERS:
        raise InputError(
            f"{name!r} has {len(text)} characters; a text to learn from has {FEWEST_CHARACTERS:,} or more."
        )
    lines = tuple(dict.fromkeys(line for line in text.split("\n") if line))
    if not lines:
        raise InputError(f"{name!r} holds nothing but line ends; give a text with letters in it.")
    _check_alphabet(lines, name)
    return lines


def _check_alphabet(lines: Sequence[str], name: str) -> None:
    alphabet = set().union(*lines)
    if len(alphabet) > LARGEST_ALPHABET:
        raise InputError(
            f"{name!r} has {len(alphabet):,} distinct characters; at most {LARGEST_ALPHABET:,} can be learnt: "
            "write it in an alphabet (pinyin, romaji), or leave out the lines with rare ones."
        )
