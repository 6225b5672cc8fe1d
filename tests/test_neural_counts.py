"""The neural bigram beside the counted one: torch's gradient at the solution, and the limits that lecture 1 names."""

import math
from collections import Counter

import numpy as np
import pytest
import torch
from torch import Generator

from makemore_core.datasets import DataConfig, Dataset
from makemore_core.errors import InputError
from makemore_core.models.bigram import BigramConfig
from makemore_core.models.mlp import MLPConfig
from makemore_core.neural_counts import (
    PairCounts,
    closest,
    decays,
    distance,
    minimum,
    pair_counts,
    smoothed,
    softmax,
    softmax_table,
    table_loss,
)
from makemore_core.ngrams import split_losses
from makemore_core.vocabulary import vocabulary_of
from tests.test_ngrams import pairs


@pytest.fixture(scope="module")
def counts(data: DataConfig) -> PairCounts:
    return pair_counts(data.load())


def test_all_pairs_are_counted(data: DataConfig, counts: PairCounts) -> None:
    dataset = data.load()
    itos = dataset.vocabulary.itos
    for split, table in (("train", counts.train), ("val", counts.val)):
        both = Counter(pairs(dataset.parts[split], 1))
        assert table.tolist() == [[both[a, b] for b in itos] for a in itos]


@pytest.mark.parametrize("alpha", [0.1, 1.0, 50.0])
def test_the_counted_tables_losses_are_the_count_tables(alpha: float, data: DataConfig, counts: PairCounts) -> None:
    losses, p = split_losses(data.load(), 1, alpha), smoothed(counts.train, alpha)
    assert p.sum(1) == pytest.approx(1)
    assert table_loss(p, counts.train) == pytest.approx(losses["train"])
    assert table_loss(p, counts.val) == pytest.approx(losses["val"])


def test_a_neural_table_is_torchs_softmax() -> None:
    model = BigramConfig().build(5, Generator().manual_seed(1))
    table = softmax_table(model)
    assert table == pytest.approx(torch.softmax(model.parameters()[0], dim=1).detach().numpy())
    assert softmax_table(MLPConfig(n_hidden=4, n_embd=2).build(5, Generator().manual_seed(1))) is None


def test_the_log_of_the_counts_is_the_net_that_counting_finds(counts: PairCounts) -> None:
    assert softmax(np.log(counts.train + 1.0)) == pytest.approx(smoothed(counts.train, 1.0))


def test_the_largest_difference_is_found_in_its_cell() -> None:
    one = np.full((3, 3), 1 / 3)
    other = one.copy()
    other[1] = [0.1, 0.8, 0.1]
    apart = distance(one, other)
    assert (apart.row, apart.column) == (1, 1)
    assert apart.largest == pytest.approx(0.8 - 1 / 3)
    assert apart.mean == pytest.approx(2 * (0.8 - 1 / 3) / 9)


@pytest.mark.parametrize("alpha", [0.02, 1.0, 300.0])
def test_a_counted_table_is_closest_to_itself(alpha: float, counts: PairCounts) -> None:
    match = closest(smoothed(counts.train, alpha), counts)
    assert match.alpha == pytest.approx(alpha, rel=1e-3)
    assert match.divergence == pytest.approx(0, abs=1e-9)


def test_no_other_alpha_is_closer(counts: PairCounts) -> None:
    p = softmax(minimum(counts.train, 0.05, np.zeros(counts.train.shape)))

    def divergence(alpha: float) -> float:
        return float((counts.share[:, None] * p * np.log(p / smoothed(counts.train, alpha))).sum())

    match = closest(p, counts)
    assert match.divergence == pytest.approx(divergence(match.alpha))
    assert all(divergence(alpha) > match.divergence for alpha in (0.9 * match.alpha, 1.1 * match.alpha))


@pytest.mark.parametrize("l2", [1e-4, 0.01, 1.0])
def test_torchs_gradient_vanishes_at_the_solution(l2: float, counts: PairCounts) -> None:
    weight = torch.tensor(minimum(counts.train, l2, np.zeros(counts.train.shape)), requires_grad=True)
    n = torch.tensor(counts.train)
    loss = -(n * torch.log_softmax(weight, dim=1)).sum() / n.sum() + l2 * (weight**2).mean()
    loss.backward()
    assert weight.grad is not None
    assert weight.grad.abs().max().item() < 1e-8


def test_stronger_decay_is_more_smoothing(counts: PairCounts) -> None:
    found = decays(counts)
    assert [d.l2 for d in found] == sorted((d.l2 for d in found), reverse=True)
    alphas = [d.match.alpha for d in found]
    assert alphas == sorted(alphas, reverse=True)
    assert [d.train for d in found] == sorted((d.train for d in found), reverse=True)
    assert found[-1].train == pytest.approx(table_loss(smoothed(counts.train, 0), counts.train), abs=0.01)


def test_endless_decay_makes_a_uniform_guess(counts: PairCounts) -> None:
    (found,) = decays(counts, [1e6])
    assert found.train == pytest.approx(math.log(len(counts.train)), abs=1e-3)


def test_a_character_that_train_lacks_is_followed_by_all_alike() -> None:
    counts = np.array([[0, 3, 0], [3, 0, 0], [0, 0, 0]])
    assert smoothed(counts, 0)[2].tolist() == [1 / 3] * 3
    assert softmax(minimum(counts, 0.01, np.zeros((3, 3))))[2] == pytest.approx([1 / 3] * 3)


def test_large_alphabets_are_refused() -> None:
    letters = "".join(map(chr, range(0x4E00, 0x4E00 + 1200)))
    many = Dataset("many", (letters,), vocabulary_of((letters,)), "", {"train": (letters,)})
    with pytest.raises(InputError, match="up to 1,000 characters"):
        pair_counts(many)
