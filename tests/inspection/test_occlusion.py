"""Which letter mattered, where the answer is known: count tables, short contexts, and sums of what letters add."""

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from makemore_core.datasets import DataConfig
from makemore_core.inspection.occlusion import STAND_INS, average, boundary, occlusion, price
from makemore_core.models.counting import CountingConfig
from makemore_core.models.language_model import LanguageModel
from makemore_core.models.layers import Layer
from makemore_core.sampling import SamplingConfig, next_character
from tests.inspection.nets import built
from tests.inspection.trained import FAMILIES, trained

T, V = 4, 6
PREFIX = [1, 4, 2, 5]
each_stand_in = pytest.mark.parametrize("stand_in", STAND_INS)


class Sum(Layer):
    """Every place adds a row of its own table to the logits: (B, T) -> (B, V)."""

    def __init__(self, tables: Tensor) -> None:
        self.tables = tables  # (T, V, V)

    def forward(self, x: Tensor) -> Tensor:
        return sum((self.tables[i][x[:, i]] for i in range(x.shape[1])), torch.zeros(len(x), V))


def additive() -> tuple[LanguageModel, Tensor]:
    tables = torch.randn((T, V, V), generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    return LanguageModel({"sum": Sum(tables)}, block_size=T), tables


def only(token: int) -> np.ndarray:
    return np.eye(V)[token]


def test_in_a_sum_of_logits_each_letter_moves_the_odds_by_what_it_adds() -> None:
    model, tables = additive()
    found = occlusion(model, PREFIX, only(0))
    for i, token in enumerate(PREFIX):
        adds = (tables[i, token] - tables[i, 0]).numpy() / math.log(2)  # bits
        odds = found.change[i][:, None] - found.change[i][None, :]  # of each character against each other one
        assert odds == pytest.approx(adds[:, None] - adds[None, :], abs=1e-5)


def test_the_divergence_is_that_of_kullback_and_leibler() -> None:
    model, tables = additive()
    found = occlusion(model, PREFIX, only(3))
    logits = torch.stack([tables[i, token] for i, token in enumerate(PREFIX)]).sum(0)
    for i, token in enumerate(PREFIX):
        p, q = torch.softmax(logits, 0), torch.softmax(logits - tables[i, token] + tables[i, 3], 0)
        expected = torch.nn.functional.kl_div(q.log(), p, reduction="sum").item() / math.log(2)
        assert found.divergence[i] == pytest.approx(expected, abs=1e-5)


def test_an_average_letter_is_the_mean_of_the_probabilities() -> None:
    model, _ = additive()
    weights = np.array([0, 0.5, 0.25, 0, 0.25, 0])
    found = occlusion(model, PREFIX, weights)
    for i in range(T):
        replaced = [[*PREFIX[:i], token, *PREFIX[i + 1 :]] for token in range(V)]
        p = np.array([next_character(model, prefix, SamplingConfig()) for prefix in replaced])
        assert found.own / 2 ** found.change[i] == pytest.approx(weights @ p, rel=1e-4)


def test_a_letter_replaced_by_itself_changes_nothing() -> None:
    model, _ = additive()
    found = occlusion(model, [3, 3, 3, 3], only(3))
    assert found.change == pytest.approx(0, abs=1e-6)
    assert found.divergence == pytest.approx(0, abs=1e-6)


@each_stand_in
def test_a_bigram_depends_on_the_last_letter_only(stand_in: str, data: DataConfig) -> None:
    for family in ("counting", "bigram"):
        model, dataset = trained(family, data)
        found = occlusion(model, dataset.vocabulary.encode("bala"), STAND_INS[stand_in](dataset))
        assert not found.change[:-1].any()
        assert not found.divergence[:-1].any()
        assert found.divergence[-1] > 0.01


@each_stand_in
def test_an_mlp_of_three_characters_depends_on_three(stand_in: str, data: DataConfig) -> None:
    model, dataset = trained("mlp", data)
    found = occlusion(model, dataset.vocabulary.encode("dolinbala"), STAND_INS[stand_in](dataset))
    assert found.sight == model.block_size == 3
    assert not found.change[:-3].any()
    assert (np.abs(found.change[-3:]).max(1) > 1e-3).all()


@each_stand_in
@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_is_asked_alike(family: str, stand_in: str, data: DataConfig) -> None:
    model, dataset = trained(family, data)
    prefix = dataset.vocabulary.encode("balando")
    weights = STAND_INS[stand_in](dataset)
    found = occlusion(model, prefix, weights)
    own = np.array(next_character(model, prefix, SamplingConfig()))
    assert found.own == pytest.approx(own, abs=1e-5)
    assert (found.divergence >= 0).all()
    i = len(prefix) - 1
    replaced = [[*prefix[:i], token] for token in np.flatnonzero(weights).tolist()]
    p = np.array([next_character(model, other, SamplingConfig()) for other in replaced])
    assert own / 2 ** found.change[i] == pytest.approx(weights[weights > 0] @ p, abs=1e-4)


def test_counts_without_smoothing_stay_finite(data: DataConfig) -> None:
    dataset = data.load()
    model = built(CountingConfig(alpha=0), dataset)
    x, y = model.layout.examples(dataset.tokens("train"), 1, dataset.is_text)
    model.loss(x, y).backward()
    found = occlusion(model, dataset.vocabulary.encode("bala"), boundary(dataset))
    assert np.isfinite(found.change).all()
    assert np.isfinite(found.divergence).all()
    assert np.abs(found.change[-1]).max() > 20  # what is impossible on one side counts as 40 bits at most


def test_no_letters_no_answer(data: DataConfig) -> None:
    model, dataset = trained("mlp", data)
    found = occlusion(model, [], boundary(dataset))
    assert found.change.shape == (0, len(dataset.vocabulary))
    assert found.own == pytest.approx(next_character(model, [], SamplingConfig()), abs=1e-6)


def test_the_average_letter_has_the_frequencies_of_the_training_set(data: DataConfig) -> None:
    dataset = data.load()
    letters = "".join(dataset.parts["train"])
    for letter in dataset.vocabulary.characters:
        share = letters.count(letter) / len(letters)
        assert average(dataset)[dataset.vocabulary.stoi[letter]] == pytest.approx(share)
    assert average(dataset)[0] == 0


def test_the_work_tells_how_far_it_is_and_what_it_costs(data: DataConfig) -> None:
    model, dataset = trained("mlp", data)
    prefix, shares = dataset.vocabulary.encode("bala"), list[float]()
    occlusion(model, prefix, average(dataset), shares.append)
    assert shares[0] == 0
    assert price(model, prefix, average(dataset)) > price(model, prefix, boundary(dataset)) > 0
