"""What is new: shares against a plain count over sets, distances against a plain dynamic program."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from torch import Generator

from makemore_core.catalogue import SHIPPED
from makemore_core.datasets import DataConfig, Dataset, load_dataset
from makemore_core.errors import InputError
from makemore_core.models.mlp import MLPConfig
from makemore_core.ngrams import split_losses
from makemore_core.novelty import (
    ALPHA,
    CONTEXT,
    HELD_BACK,
    KINDS,
    NEW,
    TRAIN,
    Neighbour,
    Novelty,
    count_model,
    invented,
    invented_by_counting,
    nearest_in_train,
    new_among_val,
    novelty_of,
    pieces,
)
from makemore_core.sampling import SamplingConfig, sample
from makemore_core.tasks import CancelledError, Report
from makemore_core.vocabulary import vocabulary_of

PARTS = {"train": ("anna", "emma", "ava"), "val": ("mia", "ava"), "test": ("zoe",)}
DATASET = Dataset("few", sum(PARTS.values(), ()), vocabulary_of(sum(PARTS.values(), ())), "", PARTS)
WORDS = st.text("abcdé🙂", max_size=9)


def edit_distance(a: str, b: str) -> int:
    """Levenshtein's distance by Wagner & Fischer 1974, row by row."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (x != y))
    return row[-1]


def test_a_name_is_of_the_first_split_that_has_it() -> None:
    novelty = novelty_of(["ava", "mia", "zoe", "ava", "emmi", ""], DATASET)
    assert novelty.kinds == (TRAIN, HELD_BACK, HELD_BACK, TRAIN, NEW, NEW)
    assert novelty.shares == {TRAIN: 2 / 6, HELD_BACK: 2 / 6, NEW: 2 / 6}
    assert novelty.repeats == 1
    assert novelty.distinct(TRAIN) == ["ava"]


@given(st.lists(st.sampled_from(["anna", "ava", "mia", "zoe", "x", "", "emma "]), min_size=1))
def test_shares_are_those_of_counting_over_sets(names: list[str]) -> None:
    shares = novelty_of(names, DATASET).shares
    train, rest = set(PARTS["train"]), {*PARTS["val"], *PARTS["test"]} - set(PARTS["train"])
    n = len(names)
    assert shares[TRAIN] == sum(name in train for name in names) / n
    assert shares[HELD_BACK] == sum(name in rest for name in names) / n
    assert sum(shares.values()) == pytest.approx(1, abs=1e-12)


def test_what_a_net_invents_is_what_it_samples() -> None:
    dataset = load_dataset(SHIPPED)
    model = MLPConfig(n_hidden=16, n_embd=4).build(27, Generator().manual_seed(1))
    sampling = SamplingConfig(seed=7)
    found = invented(model, dataset, 230, sampling)
    drawn = [dataset.vocabulary.decode(tokens) for tokens in sample(model, 100, sampling)]
    assert list(found.names[:100]) == drawn
    assert len(found.names) == 230
    assert found.names[100:200] != found.names[:100]
    assert invented(model, dataset, 100, sampling).names == found.names[:100]


def test_sampling_can_be_cancelled_and_takes_at_least_one_name() -> None:
    model = MLPConfig(n_hidden=16, n_embd=4).build(len(DATASET.vocabulary), Generator().manual_seed(1))
    report = Report()
    report.cancelled.set()
    with pytest.raises(CancelledError):
        invented(model, DATASET, 10, SamplingConfig(), report)
    with pytest.raises(InputError):
        invented(model, DATASET, 0, SamplingConfig())


@given(WORDS, WORDS)
def test_the_pieces_of_two_names_spell_both_and_differ_as_little_as_can_be(a: str, b: str) -> None:
    cut = pieces(a, b)
    assert "".join(mine for mine, _ in cut) == a
    assert "".join(theirs for _, theirs in cut) == b
    assert sum(max(len(x), len(y)) for x, y in cut if x != y) == edit_distance(a, b)


@given(st.lists(WORDS, min_size=1, max_size=8), st.lists(WORDS, min_size=1, max_size=12))
def test_the_nearest_word_is_that_of_a_plain_dynamic_program(names: list[str], words: list[str]) -> None:
    dataset = Dataset("few", tuple(words), vocabulary_of(("abcdé🙂",)), "", {"train": tuple(words)})
    for name, found in zip(names, nearest_in_train(names, dataset), strict=True):
        distances = [edit_distance(name, word) for word in words]
        assert found == Neighbour(name, words[distances.index(min(distances))], min(distances))


def test_nearest_names_that_everybody_sees() -> None:
    found = nearest_in_train(["emmi", "anna", "avia", "xyz"], DATASET)
    assert [(n.nearest, n.distance) for n in found] == [("emma", 1), ("anna", 0), ("ava", 1), ("ava", 3)]
    assert pieces("emmi", "emma") == [("emm", "emm"), ("i", "a")]


def test_the_share_of_new_words_in_val() -> None:
    assert new_among_val(DATASET) == 1 / 2
    dataset = load_dataset(SHIPPED)
    train, val = set(dataset.parts["train"]), set(dataset.parts["val"])
    assert new_among_val(dataset) == sum(word not in train for word in val) / len(val)


def test_the_table_that_samples_is_the_one_that_is_the_yardstick_of_the_loss() -> None:
    dataset = load_dataset(SHIPPED)
    losses = split_losses(dataset, CONTEXT, ALPHA)
    nats = count_model(dataset).nats(dataset.tokens("val"))
    assert nats.mean() == pytest.approx(losses["val"], rel=1e-9)


def test_counting_invents_names_of_each_kind() -> None:
    found = invented_by_counting(load_dataset(SHIPPED), 1000, SamplingConfig())
    assert all(0.01 < found.shares[kind] < 0.9 for kind in KINDS)
    assert found.names == invented_by_counting(load_dataset(SHIPPED), 1000, SamplingConfig()).names


def test_an_empty_line_stands_in_a_text(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_text("To be, or not to be:\n\nthat is the question\n" * 40)
    dataset = DataConfig(str(path), kind="text").load()
    kinds = novelty_of(["", "To be, or not to be:", "to be"], dataset).kinds
    assert kinds == (TRAIN, TRAIN, NEW)


def test_large_alphabets_can_be_counted(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_text("\n".join(chr(0x4E00 + i) + chr(0x4E00 + 7 * i % 900) for i in range(900)))
    dataset = DataConfig(str(path)).load()
    novelty = invented_by_counting(dataset, 20, SamplingConfig())
    assert isinstance(novelty, Novelty)
    assert len(novelty.names) == 20
