"""The charts of a data set show what its facts say, each character as itself."""

from collections import Counter
from typing import Any

import plotly.graph_objects as go
import pytest

from makemore_core.charts.datasets import (
    MOST_LENGTHS,
    MOST_LETTERS,
    first_letters_figure,
    lengths_figure,
    letters_figure,
    split_figure,
)
from makemore_core.datasets import DataConfig, Dataset, dataset_of
from makemore_core.lint.facts import Facts, facts_of, samples_of
from tests.data.odd_files import HOSTILE, TEXT


def of(*words: str) -> Facts:
    return facts_of(dataset_of("own", "\n".join(words), "words", DataConfig()))


def trace(figure: go.Figure, i: int = 0) -> Any:
    return figure.data[i]


def layout(figure: go.Figure) -> Any:
    return figure.layout


def test_the_facts_of_names_are_the_published_ones(names: Dataset) -> None:
    facts = facts_of(names)
    assert (facts.words, facts.distinct, facts.vocab_size) == (32_033, 29_494, 27)
    assert facts.characters + facts.words == 228_146  # (context, next) pairs
    assert (facts.shortest, facts.longest) == (2, 15)
    assert facts.first_letters[0] == ("a", 4_410)  # as the first row of lecture 1's grid says
    assert facts.parts == {"train": 25_626, "val": 3_203, "test": 3_204}


@pytest.mark.parametrize("split", ["lectures", "whole"])
def test_a_text_is_counted_once(split: str) -> None:
    facts = facts_of(dataset_of("own", TEXT, "text", DataConfig(split=split)))
    assert dict(facts.letters) == {c: n for c, n in Counter(TEXT).items() if c != "\n"}
    assert facts.words == 2


def test_samples_are_words_and_another_seed_gives_others(names: Dataset) -> None:
    assert set(samples_of(names, 1)) <= names.known
    assert samples_of(names, 1) == samples_of(names, 1) != samples_of(names, 2)


def test_every_word_stands_in_the_bar_of_its_length() -> None:
    bars = trace(lengths_figure(of(*["ab"] * 7, *["abcd"] * 3), "name"))
    assert dict(zip(bars.x, bars.y, strict=True)) == {2: 7, 4: 3}


def test_many_lengths_share_bars_and_none_is_lost() -> None:
    bars = trace(lengths_figure(of(*("x" * n for n in range(1, 501))), "line"))
    assert len(bars.x) <= MOST_LENGTHS
    assert sum(bars.y) == 500


def test_a_large_alphabet_shows_its_most_frequent_and_says_so() -> None:
    words = [chr(ord("一") + i) * (100 - i) for i in range(90)]
    figure = letters_figure(of(*words))
    assert list(trace(figure).y) == list(range(100, 100 - MOST_LETTERS, -1))
    assert "the first 40 of 90" in layout(figure).title.text


def test_characters_are_never_markup() -> None:
    labels = layout(first_letters_figure(of(*HOSTILE), "name")).xaxis.ticktext
    assert "&lt;" in labels
    assert "<" not in labels


def test_the_split_is_one_bar() -> None:
    figure = split_figure({"train": 80, "val": 10, "test": 10}, "name")
    assert [trace(figure, i).x[0] for i in range(3)] == [80, 10, 10]
    assert layout(figure).xaxis.range == (0, 100)
