"""How a typed name is read: apart at commas and blanks, in another case, without accents, and never an error."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makemore_core.spelling import Spelling, names_in, spelled
from makemore_core.vocabulary import Vocabulary

LOWER = Vocabulary("abcdefghijklmnopqrstuvwxyz")
FRENCH = Vocabulary("-abcdefghijklmnopqrstuvwxyzàèé")
TITLE = Vocabulary("ABCDEFabcdefmn")
HINDI = Vocabulary("".join(sorted(set("नीना"))))
RUSSIAN = Vocabulary("абвгдежзийклмнопрстуфхцчшщъыьэюя")


@pytest.mark.parametrize(
    ("typed", "vocabulary", "name", "lacking"),
    [
        ("emma", LOWER, "emma", ()),
        ("Emma", LOWER, "emma", ("E",)),
        ("José", LOWER, "jose", ("J", "é")),
        ("José", FRENCH, "josé", ("J",)),
        ("Anne-Marie", LOWER, "annemarie", ("A", "-", "M")),
        ("Anne-Marie", FRENCH, "anne-marie", ("A", "M")),
        ("Øyvind", LOWER, "oyvind", ("Ø",)),
        ("Straße", LOWER, "strasse", ("S", "ß")),
        ("abcM", TITLE, "abcm", ("M",)),
        ("नीना", HINDI, "नीना", ()),
        ("नीना", LOWER, "", ("न", "ी", "ा")),
        ("Анна", RUSSIAN, "анна", ("А",)),
        ("x🙂", LOWER, "x", ("🙂",)),
        ("\N{KELVIN SIGN}arl", LOWER, "karl", ("\N{KELVIN SIGN}",)),
    ],
)
def test_the_nearest_spelling(typed: str, vocabulary: Vocabulary, name: str, lacking: tuple[str, ...]) -> None:
    assert spelled(typed, vocabulary) == Spelling(typed, name, lacking)


def test_two_ways_to_write_the_same_letter_are_the_same() -> None:
    whole, apart = unicodedata.normalize("NFC", "é"), unicodedata.normalize("NFD", "é")
    assert (len(whole), len(apart)) == (1, 2)
    assert spelled(apart, Vocabulary(whole)) == Spelling(apart, whole)
    assert spelled(whole, Vocabulary("".join(sorted(apart)))) == Spelling(whole, apart)


@pytest.mark.parametrize(
    ("text", "vocabulary", "names"),
    [
        ("emma, ava; mia  zoe,", LOWER, ["emma", "ava", "mia", "zoe"]),
        ("emma emma", LOWER, ["emma"]),
        ("mary ann, zoe", Vocabulary(" abcdefghijklmnopqrstuvwxyz"), ["mary ann", " zoe"]),
        ("To be, or not; to", Vocabulary(" ,;Tbenort"), ["To be, or not; to"]),
        (" , ", LOWER, []),
        ("", LOWER, []),
    ],
)
def test_several_names_stand_apart_where_the_data_have_no_such_character(
    text: str, vocabulary: Vocabulary, names: list[str]
) -> None:
    assert names_in(text, vocabulary) == names


@given(st.text())
def test_whatever_is_typed_becomes_what_the_data_can_spell(typed: str) -> None:
    read = spelled(typed, LOWER)
    assert LOWER.decode(LOWER.encode(read.name)) == read.name
    assert set(read.lacking) == set(typed) - set(LOWER.characters)
    for name in names_in(typed, LOWER):
        assert name
