"""Facts of letters: vowels of several alphabets, and shares that can be counted by hand."""

from pathlib import Path

import numpy as np
import pytest

from makemore_core.datasets import DataConfig, Dataset
from makemore_core.letters import is_letter, is_vowel, letter_facts


@pytest.mark.parametrize("vowels", ["aeiou", "AÉÎÕÜ", "åøæœ", "αάεηιουω", "аеёиоуыэюяЯ", "अआइईउऊएऐओऔ", "ािीुूेैोौ"])
def test_vowels_of_an_alphabet(vowels: str) -> None:
    assert [c for c in vowels if not is_vowel(c)] == []


@pytest.mark.parametrize("others", ["bcdfgy'-. 7", "ñçßł", "βγδ", "бвгйЙьъ", "कखगनम", "्ं", "🙂"])
def test_what_is_no_vowel(others: str) -> None:
    assert [c for c in others if is_vowel(c)] == []


def test_signs_of_letters_are_letters() -> None:
    assert [c for c in "aЯकि्ßé" if not is_letter(c)] == []
    assert [c for c in ".-7 🙂" if is_letter(c)] == []


def of(path: Path, content: str, kind: str = "words") -> Dataset:
    path.write_text(content)
    return DataConfig(str(path), kind=kind, split="whole").load()


def test_shares_and_places_by_hand(tmp_path: Path) -> None:
    dataset = of(tmp_path / "words.txt", "\n".join(["aba", "b"] * 5))
    facts = letter_facts(dataset)  # . a b
    np.testing.assert_allclose(facts.frequency, [2 / 6, 2 / 6, 2 / 6])
    np.testing.assert_allclose(facts.position, [np.nan, 0.5, 0.5])  # a: 0 and 1; b: a word's middle, and alone
    np.testing.assert_allclose(facts.first, [np.nan, 0.5, 0.5])
    np.testing.assert_allclose(facts.last, [np.nan, 0.5, 0.5])


def test_words_of_a_text_stand_between_blanks(tmp_path: Path) -> None:
    dataset = of(tmp_path / "text.txt", "ab cab\n" * 200, kind="text")
    itos, facts = dataset.vocabulary.itos, letter_facts(dataset)
    place = dict(zip(itos, facts.position, strict=True))
    assert place["a"] == pytest.approx((0 + 0.5) / 2)
    assert place["b"] == 1
    assert place["c"] == 0
    assert np.isnan(place[" "])
    assert dict(zip(itos, facts.first, strict=True))["a"] == pytest.approx(0.5)


def test_shares_sum_to_one(data: DataConfig) -> None:
    assert letter_facts(data.load()).frequency.sum() == pytest.approx(1)
