"""Characters to integers and back, for every alphabet that a list of words may bring."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from makemore_core.errors import InputError
from makemore_core.vocabulary import BOUNDARIES, Vocabulary, shown, shown_text, vocabulary_of

# anything but the line end, which separates words in a file; surrogates cannot stand in one
CHARACTERS = st.characters(exclude_characters="\n", exclude_categories=["Cs"]) | st.sampled_from(
    [".", "|", "\N{LINE SEPARATOR}", "\N{COMBINING ACUTE ACCENT}", "\N{OTTER}", "\v", "é", "א"]
)
WORDS = st.lists(st.text(CHARACTERS, min_size=1), min_size=1).map(tuple)


@given(WORDS)
def test_words_come_back_from_their_numbers(words: tuple[str, ...]) -> None:
    vocabulary = vocabulary_of(words)
    assert tuple(vocabulary.decode(vocabulary.encode(word)) for word in words) == words


@given(WORDS)
def test_lines_are_the_encoded_words_each_ended_by_0(words: tuple[str, ...]) -> None:
    vocabulary = vocabulary_of(words)
    expected = [token for word in words for token in (*vocabulary.encode(word), 0)]
    np.testing.assert_array_equal(vocabulary.encode_lines(words), expected)


@given(WORDS)
def test_a_word_never_holds_the_boundary(words: tuple[str, ...]) -> None:
    vocabulary = vocabulary_of(words)
    assert vocabulary.boundary not in "".join(words)
    assert all(token > 0 for word in words for token in vocabulary.encode(word))


@given(WORDS)
def test_each_character_has_one_number(words: tuple[str, ...]) -> None:
    vocabulary = vocabulary_of(words)
    assert len(vocabulary) == len(vocabulary.itos) == len(vocabulary.stoi)
    assert vocabulary.itos[1:] == tuple(sorted(set("".join(words))))


def test_the_lectures_alphabet_has_27_tokens() -> None:
    vocabulary = vocabulary_of(("the quick brown fox jumps over the lazy dog".replace(" ", ""),))
    assert vocabulary.itos == tuple(".abcdefghijklmnopqrstuvwxyz")
    assert vocabulary.encode("emma") == [5, 13, 13, 1]  # as printed in makemore part 1


def test_data_with_dots_get_another_boundary() -> None:
    vocabulary = vocabulary_of(("dr. no",))
    assert vocabulary.boundary == "|"
    assert vocabulary.decode(vocabulary.encode("dr. no")) == "dr. no"


def test_data_with_every_usual_boundary_get_an_unusual_one() -> None:
    vocabulary = vocabulary_of((BOUNDARIES, "\N{SYMBOL FOR NEWLINE}"))
    assert vocabulary.boundary not in vocabulary.characters


def test_a_strange_character_is_refused_by_name() -> None:
    with pytest.raises(InputError, match="The data set has no 'ß'; it knows 'abc'"):
        Vocabulary("abc").encode("aß")


@pytest.mark.parametrize(
    ("character", "expected"),
    [
        ("a", "a"), ("", ""), ("bias", "bias"),
        ("é", "é"), ("🦦", "🦦"), (" ", "␣"), ("\n", "↵"), ("\t", "␉"), ("\x1b", "␛"), ("\x7f", "␡"),
        ("\u0301", "◌\u0301"), ("ि", "◌ि"), ("\u200b", "200B"), ("\u200d", "200D"),
        ("\u2028", "2028"), ("\ue000", "E000"),
    ],
)  # fmt: skip
def test_every_character_can_be_seen(character: str, expected: str) -> None:
    assert shown(character) == expected


def test_accents_stay_on_their_letters() -> None:
    assert shown_text("e\u0301 नि\t") == "e\u0301␣नि␉"
    assert shown_text("\u0301e") == "◌\u0301e"
