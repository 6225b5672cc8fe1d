"""Smoothing and longer contexts: against tables that count example by example, and against what must hold."""

import math
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from makemore_core.count_losses import (
    ADDED,
    FORMS,
    SHORTER,
    ladder,
    loss_on_test,
    pairs_of,
    smoothing,
    tuned,
)
from makemore_core.datasets import DataConfig, Dataset
from makemore_core.errors import InputError
from makemore_core.ngrams import LONGEST_CONTEXT, count, split_losses
from makemore_core.vocabulary import vocabulary_of
from tests.test_ngrams import pairs

WORDS = st.lists(st.text("abc", max_size=6), min_size=1, max_size=30).map(tuple)
ABC = vocabulary_of(("abc",))
V = len(ABC)


@given(WORDS, WORDS, st.integers(0, 5), st.booleans())
def test_losses_from_counts_equal_losses_from_examples(
    fitted: tuple[str, ...], scored: tuple[str, ...], context: int, is_text: bool
) -> None:
    splits = {"train": ABC.encode_lines(fitted), "val": ABC.encode_lines(scored)}
    *_, found = pairs_of(splits, context, V, is_text)
    alphas = [0.0, 0.01, 1.0, 30.0]
    for split, tokens in splits.items():
        by_example = [count(splits["train"], V, context, alpha, is_text).loss(tokens) for alpha in alphas]
        assert found.tally(split).losses(alphas).tolist() == pytest.approx(by_example, rel=1e-12)


@given(WORDS, st.integers(1, 4))
def test_pairs_know_how_often_they_come_and_their_shorter_ones(words: tuple[str, ...], longest: int) -> None:
    tokens = ABC.encode_lines(words)
    before = None
    for context, found in enumerate(pairs_of({"train": tokens}, longest, V, is_text=False)):
        assert sorted(found.hits.tolist()) == sorted(Counter(pairs(words, context)).values())
        assert found.contexts_seen == len({b for b, _ in pairs(words, context)})
        assert (tokens[found.first] == found.following).all()
        if before is not None and found.shorter is not None:
            assert np.bincount(found.shorter, weights=found.hits).tolist() == before.hits.tolist()
            assert (before.following[found.shorter] == found.following).all()
        before = found


def test_tuning_finds_the_bottom_of_a_valley() -> None:
    assert tuned(lambda alphas: np.log10(alphas / 0.0123) ** 2) == pytest.approx(0.0123, rel=1e-4)
    assert tuned(lambda alphas: -alphas) == pytest.approx(1e6)  # falling to the end


@pytest.mark.parametrize("context", [1, 2, 3])
def test_no_other_alpha_is_better_on_val(context: int, data: DataConfig) -> None:
    dataset = data.load()
    best = smoothing(dataset, context).best
    others = [split_losses(dataset, context, alpha)["val"] for alpha in np.geomspace(1e-6, 1e6, 200)]
    assert split_losses(dataset, context, best)["val"] <= min(others) + 1e-9


def test_a_missing_pair_is_named(data: DataConfig) -> None:
    dataset = data.load()
    context = 3
    known = set(pairs(dataset.parts["train"], context))
    missing = Counter(pair for pair in pairs(dataset.parts["val"], context) if pair not in known)
    found = smoothing(dataset, context).unseen
    assert found is not None
    named = "".join(dataset.vocabulary.itos[i] for i in found.context), dataset.vocabulary.itos[found.following]
    assert missing[named] == max(missing.values())
    assert (found.pairs, found.characters) == (len(missing), missing.total())


def test_where_val_is_train_no_pair_is_missing(data: DataConfig) -> None:
    whole = DataConfig(data.dataset, split="whole").load()
    assert smoothing(whole, 2).unseen is None


def interpolated(words: tuple[str, ...], context: str, after: str, strengths: list[float]) -> float:
    """(hits + strength * p of the shorter context) / (total + strength), down to a uniform guess, by a loop."""
    p = 1 / V
    for length in range(len(context) + 1):
        before = context[len(context) - length :]
        seen = [c for b, c in pairs(words, length) if b == before]
        p = (seen.count(after) + strengths[length] * p) / (len(seen) + strengths[length])
    return p


def test_pulled_to_the_shorter_context_equals_a_loop() -> None:
    words = ("abc", "abba", "cab", "ba", "cc", "abc", "bac", "acb", "bb", "ca", "cba", "aa")
    dataset = Dataset("abc", words, ABC, "", {"train": words[:8], "val": words[8:10], "test": words[10:]})
    rungs = ladder(dataset, 3)
    for rung in rungs:
        strengths = [r.smoothing[SHORTER] for r in rungs]
        for split, loss in {
            **rung.losses[SHORTER],
            "test": loss_on_test(dataset, rungs[: rung.context + 1], SHORTER),
        }.items():
            asked = pairs(dataset.parts[split], rung.context)
            nats = [-math.log(interpolated(words[:8], b, c, strengths)) for b, c in asked]
            assert loss == pytest.approx(math.fsum(nats) / len(nats), rel=1e-9), (rung.context, split)


def test_each_rungs_losses_are_those_of_its_table(data: DataConfig) -> None:
    dataset = data.load()
    for rung in ladder(dataset, 3):
        losses = split_losses(dataset, rung.context, rung.smoothing[ADDED])
        assert rung.losses[ADDED] == pytest.approx({split: losses[split] for split in ("train", "val")}, rel=1e-9)
        rungs = ladder(dataset, rung.context)
        assert loss_on_test(dataset, rungs, ADDED) == pytest.approx(losses["test"], rel=1e-9)
        assert rung.contexts == len({b for b, _ in pairs(dataset.parts["train"], rung.context)})
        assert rung.cells == rung.contexts * len(dataset.vocabulary)
        assert rung.pairs == len(set(pairs(dataset.parts["train"], rung.context)))


def test_a_longer_context_never_hurts_where_the_shorter_one_answers_for_it(data: DataConfig) -> None:
    val = [rung.losses[SHORTER]["val"] for rung in ladder(data.load(), 5)]
    assert all(longer <= shorter + 1e-5 for shorter, longer in pairwise(val))


def test_the_ladder_does_not_look_at_test(data: DataConfig) -> None:
    dataset = data.load()
    other = Dataset("other", dataset.words, dataset.vocabulary, "", {**dataset.parts, "test": ("b",)})
    assert ladder(dataset, 2) == ladder(other, 2)
    assert loss_on_test(dataset, ladder(dataset, 2), ADDED) != loss_on_test(other, ladder(other, 2), ADDED)


def test_the_names_have_the_4_gram_of_the_reference_runs_and_a_better_5_gram(names: Dataset) -> None:
    rungs = ladder(names, 4)
    assert rungs[1].losses[ADDED]["val"] == pytest.approx(2.4530, abs=1e-4)
    assert rungs[3].smoothing[ADDED] == pytest.approx(0.1, rel=0.2)
    assert rungs[3].losses[ADDED]["val"] <= 2.1018
    assert loss_on_test(names, rungs[:4], ADDED) == pytest.approx(2.1044, abs=1e-3)
    assert rungs[4].losses[SHORTER]["val"] < rungs[3].losses[SHORTER]["val"] < rungs[3].losses[ADDED]["val"]


@pytest.mark.parametrize("longest", [-1, LONGEST_CONTEXT + 1])
def test_ladders_that_cannot_be_are_refused(longest: int, data: DataConfig) -> None:
    with pytest.raises(InputError, match="`0 <= context <= 8` must hold"):
        ladder(data.load(), longest)


def test_both_forms_begin_alike(data: DataConfig) -> None:
    first = ladder(data.load(), 0)[0]
    assert len({round(first.losses[form]["val"], 4) for form in FORMS}) == 1  # V alphas, or as many uniform counts
