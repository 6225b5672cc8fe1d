"""Count tables: the published losses, the limits that mathematics knows, and a dictionary that counts by hand."""

import math
import random
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from makemore_core.datasets import DataConfig, Dataset
from makemore_core.errors import InputError
from makemore_core.ngrams import count, split_losses, yardsticks
from makemore_core.vocabulary import vocabulary_of

WORDS = st.lists(st.text("abc", max_size=6), min_size=1, max_size=30).map(tuple)


def pairs(words: tuple[str, ...], context: int) -> list[tuple[str, str]]:
    """(context, next character) of every place in the words."""
    padded = [("." * context + word + ".", len(word) + 1) for word in words]
    return [(text[i : i + context], text[i + context]) for text, length in padded for i in range(length)]


def loss_on_all(data: DataConfig, context: int, alpha: float) -> float:
    """Fitted and scored on all words, as lecture 1 does."""
    return split_losses(replace(data, split="whole").load(), context, alpha)["train"]


def naive_loss(fitted: tuple[str, ...], scored: tuple[str, ...], context: int, alpha: float, vocab_size: int) -> float:
    both = Counter(pairs(fitted, context))
    alone = Counter(before for before, _ in pairs(fitted, context))
    losses = [-math.log((both[b, c] + alpha) / (alone[b] + alpha * vocab_size)) for b, c in pairs(scored, context)]
    return math.fsum(losses) / len(losses)


@given(WORDS, WORDS, st.integers(0, 4), st.floats(0.01, 10))
def test_a_table_equals_a_dictionary_that_counts(
    fitted: tuple[str, ...], scored: tuple[str, ...], context: int, alpha: float
) -> None:
    vocabulary = vocabulary_of(("abc",))
    table = count(vocabulary.encode_lines(fitted), len(vocabulary), context, alpha)
    loss = table.loss(vocabulary.encode_lines(scored))
    assert loss == pytest.approx(naive_loss(fitted, scored, context, alpha, len(vocabulary)), rel=1e-12)


@pytest.mark.parametrize(("alpha", "published"), [(0, 2.454014), (1, 2.454577)])
def test_the_bigram_on_all_names_costs_what_lecture_1_says(names: Dataset, alpha: float, published: float) -> None:
    assert loss_on_all(DataConfig(names.name), context=1, alpha=alpha) == pytest.approx(published, abs=1e-6)


@pytest.mark.parametrize(
    ("context", "alpha", "reference"), [(1, 0.3, (2.4543, 2.4530, 2.4580)), (3, 0.1, (1.9187, 2.1018, 2.1044))]
)
def test_the_splits_cost_what_the_reference_runs_say(
    names: Dataset, context: int, alpha: float, reference: tuple[float, ...]
) -> None:
    assert tuple(split_losses(names, context, alpha).values()) == pytest.approx(reference, abs=1e-4)


def test_unsmoothed_counts_reach_the_conditional_entropy(data: DataConfig) -> None:
    dataset = data.load()
    both = Counter(pairs(dataset.words, 2))
    alone = Counter(before for before, _ in pairs(dataset.words, 2))
    total = sum(both.values())
    entropy = -sum(n / total * math.log(n / alone[before]) for (before, _), n in both.items())
    assert loss_on_all(data, context=2, alpha=0) == pytest.approx(entropy, rel=1e-12)


def test_without_context_the_loss_is_the_entropy_of_the_characters(data: DataConfig) -> None:
    dataset = data.load()
    shares = np.bincount(dataset.vocabulary.encode_lines(dataset.words)) / sum(len(w) + 1 for w in dataset.words)
    assert loss_on_all(data, context=0, alpha=0) == pytest.approx(-(shares * np.log(shares)).sum(), rel=1e-12)


@pytest.mark.parametrize("context", [0, 1, 3])
def test_endless_smoothing_makes_a_uniform_guess(data: DataConfig, context: int) -> None:
    dataset = data.load()
    uniform = math.log(len(dataset.vocabulary))
    assert loss_on_all(data, context, alpha=1e12) == pytest.approx(uniform, abs=1e-6)


def test_a_text_is_counted_across_its_lines(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_text("a\nb\n" * 500)
    text = DataConfig(str(path), kind="text")
    assert loss_on_all(text, context=2, alpha=0) == pytest.approx(0, abs=1e-12)  # the line before tells how one starts
    assert loss_on_all(text, context=1, alpha=0) == pytest.approx(math.log(2) / 2, abs=1e-3)


def test_a_pair_never_seen_costs_infinity_without_smoothing() -> None:
    table = count(np.array([1, 0]), vocab_size=3, context=1, alpha=0)
    assert table.loss(np.array([2, 0])) == math.inf


def test_a_context_never_seen_is_a_uniform_guess_with_smoothing() -> None:
    table = count(np.array([1, 0]), vocab_size=3, context=1, alpha=1)
    after_start, after_strange = 1 / 4, 1 / 3  # (0 + 1) / (1 + 3) and (0 + 1) / (0 + 3)
    assert table.loss(np.array([2, 0])) == pytest.approx(-(math.log(after_start) + math.log(after_strange)) / 2)


@pytest.mark.parametrize(
    ("context", "alpha", "sentence"),
    [
        (-1, 1.0, "`0 <= context <= 8` must hold, but got context=-1"),
        (9, 1.0, "`0 <= context <= 8` must hold"),
        (1, -0.1, "`0 <= alpha` must hold, but got alpha=-0.1"),
        (1, math.nan, "`0 <= alpha` must hold"),
        (1, math.inf, "`0 <= alpha` must hold"),
    ],
)
def test_tables_that_cannot_be_are_refused(context: int, alpha: float, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        count(np.array([1, 0]), 3, context, alpha)


def test_a_table_beyond_64_bits_is_refused() -> None:
    with pytest.raises(InputError, match="too long for 5000 characters"):
        count(np.array([1, 0]), vocab_size=5_000, context=8, alpha=1)


def test_a_table_that_would_fill_the_memory_is_refused_and_no_yardstick(tmp_path: Path) -> None:
    dice = random.Random(1)
    letters = [chr(0x4E00 + i) for i in range(900)]
    path = tmp_path / "names.txt"
    path.write_text("\n".join("".join(dice.choices(letters, k=4)) for _ in range(30_000)), encoding="utf-8")
    data = DataConfig(str(path))
    tokens, vocab_size = data.load().tokens("train"), 901
    with pytest.raises(InputError, match="contexts by 901 characters has more than 50,000,000 cells; take a shorter"):
        count(tokens, vocab_size, context=3, alpha=0.1)
    assert list(yardsticks(data)) == ["uniform", "bigram"]


def test_the_yardsticks_fall_with_the_context() -> None:
    yards = yardsticks(DataConfig())
    assert yards["uniform"] == math.log(27)
    assert yards["4-gram"] < yards["bigram"] < yards["uniform"]
