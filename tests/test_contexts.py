"""Counts after any context, and the words behind a count, against plain Python that walks over the words."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from makemore_core.contexts import context_at, count_grid, counts_after, words_behind
from makemore_core.datasets import DataConfig, Dataset
from makemore_core.vocabulary import vocabulary_of
from tests.test_ngrams import pairs

WORDS = st.lists(st.text("abc", max_size=6), min_size=1, max_size=30).map(tuple)
ABC = vocabulary_of(("abc",))
V = len(ABC)


@given(WORDS, st.text(".abc", max_size=3))
def test_a_context_is_followed_by_what_a_loop_counts(words: tuple[str, ...], context: str) -> None:
    followed = Counter(after for before, after in pairs(words, len(context)) if before == context)
    counts = counts_after(ABC.encode_lines(words), [ABC.stoi[c] for c in context], V, is_text=False)
    assert {ABC.itos[i]: n for i, n in enumerate(counts) if n} == followed


@given(WORDS, st.text(".abc", max_size=2))
def test_a_grid_holds_what_a_loop_counts(words: tuple[str, ...], prefix: str) -> None:
    both = Counter(pairs(words, len(prefix) + 1))
    grid = count_grid(ABC.encode_lines(words), tuple(ABC.stoi[c] for c in prefix), V, is_text=False, most=V)
    assert grid.characters == tuple(range(V))
    counted = {(prefix + a, b): both[prefix + a, b] for a in ABC.itos for b in ABC.itos}
    assert [[counted[prefix + a, b] for b in ABC.itos] for a in ABC.itos] == grid.counts.tolist()
    assert grid.others.tolist() == [0] * V


@given(WORDS, st.integers(1, V), st.floats(0.01, 10))
def test_a_cut_grid_keeps_the_rest_in_one_column(words: tuple[str, ...], most: int, alpha: float) -> None:
    tokens = ABC.encode_lines(words)
    whole, cut = (count_grid(tokens, (), V, is_text=False, most=n) for n in (V, most))
    assert len(cut.characters) == most
    rows = np.array(cut.characters)
    assert cut.counts.tolist() == whole.counts[np.ix_(rows, rows)].tolist()
    assert (cut.counts.sum(1) + cut.others).tolist() == whole.counts.sum(1)[rows].tolist()
    assert cut.probabilities(alpha) == pytest.approx(whole.probabilities(alpha)[np.ix_(rows, rows)])
    assert whole.probabilities(alpha).sum(1) == pytest.approx(1)


def test_a_row_never_seen_has_no_probabilities_without_smoothing() -> None:
    grid = count_grid(ABC.encode_lines(("ab",)), (), V, is_text=False, most=V)
    shares = grid.probabilities(0.0)
    assert np.isnan(shares[ABC.stoi["c"]]).all()
    assert shares[ABC.stoi["a"]].tolist() == [0, 0, 1, 0]


def test_the_context_of_a_place_ends_at_the_words_start() -> None:
    tokens = ABC.encode_lines(("abc", "ba"))
    assert ABC.decode(list(context_at(tokens, 3, 2, is_text=False))) == "bc"
    assert ABC.decode(list(context_at(tokens, 5, 3, is_text=False))) == "..b"
    assert ABC.decode(list(context_at(tokens, 5, 3, is_text=True))) == "c.b"
    assert ABC.decode(list(context_at(tokens, 1, 3, is_text=True))) == "..a"


def test_the_words_behind_a_count_are_those_that_hold_the_pair(data: DataConfig) -> None:
    dataset = data.load()
    context, following = (dataset.vocabulary.stoi["n"],), dataset.vocabulary.stoi["a"]
    found = words_behind(dataset, context, following, most=1000)
    train = dataset.parts["train"]
    assert found.times == sum(word.count("na") for word in train)
    assert [marked.text.strip(".") for marked in found.first] == [w for w in dataset.words if "na" in w and w in train]
    assert found.words == len(found.first)
    assert all(marked.text[start:stop] == "na" for marked in found.first for start, stop in marked.marks)


def test_beginnings_and_ends_are_marked_with_the_boundary(data: DataConfig) -> None:
    dataset = data.load()
    stoi = dataset.vocabulary.stoi
    beginnings = words_behind(dataset, (0, 0), stoi["b"], most=5)
    assert {m.text[slice(*m.marks[0])] for m in beginnings.first} == {".b"}
    ends = words_behind(dataset, (stoi["r"], stoi["a"]), 0, most=5)
    assert {m.text[slice(*m.marks[0])] for m in ends.first} == {"ra."}


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    path: Path = tmp_path_factory.mktemp("text") / "text.txt"
    path.write_text("to be, or\nnot to be\n" * 60)
    return DataConfig(str(path), kind="text").load()


def test_in_a_text_a_context_reaches_over_the_lines_end(text: Dataset) -> None:
    train = text.parts["train"][0]
    stoi = text.vocabulary.stoi
    counts = counts_after(text.tokens("train"), [stoi["r"], stoi["\n"]], len(text.vocabulary), is_text=True)
    assert counts[stoi["n"]] == train.count("r\nn") == counts.sum()
    found = words_behind(text, (stoi["r"], stoi["\n"]), stoi["n"], most=3)
    assert found.times == train.count("r\nn")
    assert [m.text[slice(*m.marks[0])] for m in found.first] == ["r\nn"] * 3
    assert all(m.text in train for m in found.first)
