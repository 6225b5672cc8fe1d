"""Drawing characters: the probabilities keep their rules, and the draws keep the probabilities."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats
from torch import Tensor

from makemore_core.datasets import DataConfig
from makemore_core.errors import InputError
from makemore_core.inspection.completions import likeliest
from makemore_core.models.language_model import LanguageModel
from makemore_core.models.layers import Embedding, Flatten
from makemore_core.models.mlp import MLPConfig
from makemore_core.sampling import (
    LONGEST_NAME,
    SAMPLERS,
    SamplingConfig,
    _hit,
    next_character,
    probabilities,
    rolls,
    sample,
)
from tests.inspection.trained import FAMILIES, trained

V = 6
DRAWS = 4_000
UNLIKELY = 1e-4  # a true hypothesis is refused so rarely; the seeds are fixed
FEWEST_EXPECTED = 5  # Cochran 1954: fewer in a cell, and the statistic is not chi-square
each_family = pytest.mark.parametrize("family", FAMILIES)
each_setting = pytest.mark.parametrize(
    "setting",
    [
        SamplingConfig(),
        SamplingConfig(temperature=0.5),
        SamplingConfig(temperature=2.0),
        SamplingConfig(top_k=4),
        SamplingConfig(top_p=0.8),
        SamplingConfig(temperature=1.5, top_k=6, top_p=0.9),
    ],
    ids=["as it is", "cold", "hot", "top-k", "top-p", "all three"],
)
LOGITS = st.lists(st.floats(-10, 10, width=32), min_size=V, max_size=V).map(lambda row: torch.tensor([row]))
TEMPERATURES = st.floats(0.05, 5)
each_sampler = pytest.mark.parametrize("draw", SAMPLERS)


def bigram(logits: Tensor) -> LanguageModel:
    """A net whose logits after character i are row i of a table (V, V)."""
    table = Embedding(len(logits), len(logits), torch.Generator())
    table.weight.copy_(logits)
    return LanguageModel({"embedding": table, "flatten": Flatten()}, block_size=1)


def one_letter_names(p: Tensor) -> LanguageModel:
    """Draws the first character with probabilities p (V), then always ends the name."""
    logits = torch.full((len(p), len(p)), -math.inf)
    logits[:, 0] = 0
    logits[0] = p.log()
    return bigram(logits)


def small_net() -> LanguageModel:
    return MLPConfig(n_hidden=8, n_embd=4, output_scale=1.0).build(V, torch.Generator().manual_seed(1))


def chi_square(counts: NDArray[np.int64], p: NDArray[np.float64]) -> float:
    """The p-value of Pearson's test of counts (V) against probabilities (V); rare ones share a cell."""
    expected = p / p.sum() * counts.sum()
    rare = expected < FEWEST_EXPECTED
    observed = np.append(counts[~rare], counts[rare].sum())
    wanted = np.append(expected[~rare], expected[rare].sum())
    kept = wanted > 0
    assert observed[~kept].sum() == 0
    return float(stats.chisquare(observed[kept], wanted[kept]).pvalue) if kept.sum() > 1 else 1.0


def drawn_next(model: LanguageModel, prefix: list[int], setting: SamplingConfig, V: int) -> NDArray[np.int64]:
    """How often each character (V) is drawn after a prefix."""
    names = sample(model, DRAWS, replace(setting, longest=1, seed=11), prefix)
    return np.bincount([(*name[len(prefix) :], 0)[0] for name in names], minlength=V)


def entropy(p: Tensor) -> float:
    return float(-torch.xlogy(p, p).sum())


@given(LOGITS, TEMPERATURES, st.integers(0, V + 1), st.floats(0.01, 1))
def test_probabilities_sum_to_1_and_only_the_unlikely_are_cut(
    logits: Tensor, temperature: float, top_k: int, top_p: float
) -> None:
    p = probabilities(logits, SamplingConfig(temperature, top_k, top_p))
    assert p.sum().item() == pytest.approx(1, abs=1e-5)
    assert (p >= 0).all()
    assert (p > 0).all() or logits[p == 0].max() <= logits[p > 0].min() + 1e-4


@given(LOGITS, TEMPERATURES)
def test_top_1_is_the_likeliest_character(logits: Tensor, temperature: float) -> None:
    p = probabilities(logits, SamplingConfig(temperature, top_k=1))
    assert p.max() == 1
    assert logits[0, p.argmax()] >= logits.max() - 1e-4


@given(LOGITS, st.integers(1, V))
@example(torch.tensor([[0.0, 0.0, 0.0, 0.0, 10.0, -6.0]]), V)  # the likely ones alone round to 1
def test_top_k_keeps_k_characters(logits: Tensor, top_k: int) -> None:
    assert (probabilities(logits, SamplingConfig(top_k=top_k)) > 0).sum() == top_k


@given(LOGITS, st.floats(0.05, 0.95))
def test_top_p_keeps_the_fewest_characters_that_hold_the_share(logits: Tensor, top_p: float) -> None:
    p = torch.softmax(logits, dim=-1)[0]
    kept = p[probabilities(logits, SamplingConfig(top_p=top_p))[0] > 0]
    assert kept.sum() >= top_p - 1e-5
    assert kept.sum() - kept.min() <= top_p + 1e-5


@pytest.mark.parametrize(
    ("top_k", "top_p", "kept"),
    [(0, 0.5, 2), (0, 0.6, 3), (1, 0.6, 1), (3, 0.3, 2)],  # the first two hold the share, no third is needed
)
def test_both_cuts_hold_at_once_and_for_each_row_by_itself(top_k: int, top_p: float, kept: int) -> None:
    config = SamplingConfig(top_k=top_k, top_p=top_p)
    p = probabilities(torch.zeros(3, 4), config)  # a quarter each
    assert (p > 0).sum(1).tolist() == [kept] * 3
    torch.testing.assert_close(p.sum(1), torch.ones(3))


@given(LOGITS, st.integers(1, V), st.floats(0.01, 1))
def test_among_the_kept_characters_the_odds_stay(logits: Tensor, top_k: int, top_p: float) -> None:
    p = probabilities(logits, SamplingConfig(1.0, top_k, top_p))[0]
    kept = p > 0
    torch.testing.assert_close(p[kept], torch.softmax(logits[0][kept], dim=0), rtol=1e-4, atol=1e-6)


@given(LOGITS, TEMPERATURES, TEMPERATURES)
def test_a_higher_temperature_is_more_open(logits: Tensor, one: float, other: float) -> None:
    cold, hot = (entropy(probabilities(logits, SamplingConfig(t))) for t in sorted((one, other)))
    assert cold <= hot + 1e-5


def test_the_temperature_reaches_from_certain_to_nearly_uniform() -> None:
    logits = torch.tensor([[0.5, 0.0, 0.0]])
    assert probabilities(logits, SamplingConfig(0.05)).max() > 0.9999  # exp(.5 / .05) = 22,026 to 1
    assert entropy(probabilities(logits, SamplingConfig(5))) == pytest.approx(math.log(3), abs=0.01)


@each_sampler
def test_the_draws_have_the_nets_frequencies(draw: str) -> None:
    p = torch.tensor([0.4, 0.3, 0.2, 0.1])
    n = 4_000
    drawn = sample(one_letter_names(p), n, SamplingConfig(draw=draw, seed=7))
    counts = np.bincount([(*name, 0)[0] for name in drawn], minlength=4)
    sigma = np.sqrt(n * p.numpy() * (1 - p.numpy()))  # of a binomial count
    assert (np.abs(counts - n * p.numpy()) < 4 * sigma).all()


@each_family
@each_setting
def test_every_family_draws_with_the_probabilities_that_it_shows(
    family: str, setting: SamplingConfig, data: DataConfig
) -> None:
    model, dataset = trained(family, data)
    for prefix in ([], dataset.vocabulary.encode("ba")):
        p = np.array(next_character(model, prefix, setting))
        counts = drawn_next(model, prefix, setting, len(dataset.vocabulary))
        assert counts[p == 0].sum() == 0  # what is cut never comes
        assert chi_square(counts, p) > UNLIKELY


@each_family
def test_the_test_refuses_another_temperature(family: str, data: DataConfig) -> None:
    model, dataset = trained(family, data)
    counts = drawn_next(model, [], SamplingConfig(), len(dataset.vocabulary))
    for wrong in (SamplingConfig(temperature=0.7), SamplingConfig(temperature=1.4), SamplingConfig(top_p=0.9)):
        p = np.maximum(next_character(model, [], wrong), 1e-9)
        assert chi_square(counts, p) < UNLIKELY


@pytest.mark.parametrize("family", ["counting", "mlp", "gru", "transformer"])
def test_whole_names_come_as_often_as_the_product_of_their_probabilities(family: str, data: DataConfig) -> None:
    model, _ = trained(family, data)
    common = likeliest(model, [], n=60, width=400)
    p = np.array([2**-name.bits for name in common])
    names = [tuple(name) for name in sample(model, DRAWS, SamplingConfig(seed=5))]
    counts = np.array([names.count(name.tokens) for name in common])
    rest = DRAWS - counts.sum()
    assert (p * DRAWS >= FEWEST_EXPECTED).sum() >= 5  # of so many names by themselves it is a test
    assert chi_square(np.append(counts, rest), np.append(p, 1 - p.sum())) > UNLIKELY


@each_family
def test_the_slow_roll_throws_what_the_first_name_is_drawn_with(family: str, data: DataConfig) -> None:
    model, dataset = trained(family, data)
    prefix = dataset.vocabulary.encode("ba")
    for seed in range(8):
        setting = SamplingConfig(temperature=1.3, top_k=8, longest=12, seed=seed)
        thrown = rolls(model, setting, prefix)
        tokens = [roll.token for roll in thrown]
        assert prefix + [token for token in tokens if token] == sample(model, 5, setting, prefix)[0]
        assert 0 not in tokens[:-1]
        assert len(tokens) == 12 or tokens[-1] == 0
        for roll in thrown:
            ends = np.cumsum(roll.probabilities, dtype=np.float64)
            below = ends[roll.token] - roll.probabilities[roll.token]
            assert below - 1e-6 <= roll.number * ends[-1] <= ends[roll.token] + 1e-6


def test_the_slow_roll_uses_the_seeds_uniform_numbers() -> None:
    thrown = rolls(small_net(), SamplingConfig(seed=9))
    uniform = torch.rand((1, LONGEST_NAME), generator=torch.Generator().manual_seed(9))[0]
    assert [roll.number for roll in thrown] == uniform[: len(thrown)].tolist()


@given(LOGITS, st.floats(0, 1, width=32), st.integers(1, V))
@example(torch.tensor([[0.0, 0.0, 0.0, 0.0, -20.0, -20.0]]), 1.0, 2)  # the number 1 lies beside the bar
def test_a_number_falls_on_what_is_possible(logits: Tensor, number: float, top_k: int) -> None:
    p = probabilities(logits, SamplingConfig(top_k=top_k))
    token = int(_hit(p, torch.tensor([number])).item())
    assert p[0, token] > 0


def test_what_rounding_has_added_up_to_more_than_1_is_shared_out() -> None:
    p = torch.tensor([[1.0, 1.0]]).expand(4, 2)
    assert _hit(p, torch.tensor([0.0, 0.49, 0.51, 1.0])).tolist() == [0, 0, 1, 1]


def test_a_net_that_ran_off_still_gives_tokens() -> None:
    token = _hit(torch.full((1, V), math.nan), torch.tensor([0.5])).item()
    assert 0 <= token < V


@given(LOGITS, st.integers(1, V), st.integers(1, V))
def test_a_larger_k_keeps_all_that_a_smaller_keeps(logits: Tensor, one: int, other: int) -> None:
    few, many = (probabilities(logits, SamplingConfig(top_k=k)) > 0 for k in sorted((one, other)))
    assert (many | ~few).all()


@given(LOGITS, st.floats(0.01, 1), st.floats(0.01, 1))
def test_a_larger_share_keeps_all_that_a_smaller_keeps(logits: Tensor, one: float, other: float) -> None:
    few, many = (probabilities(logits, SamplingConfig(top_p=p)) > 0 for p in sorted((one, other)))
    assert (many | ~few).all()


@given(LOGITS, TEMPERATURES, st.integers(0, V), st.floats(0.01, 1))
def test_a_likelier_character_stays_likelier(logits: Tensor, temperature: float, top_k: int, top_p: float) -> None:
    p = probabilities(logits, SamplingConfig(temperature, top_k, top_p))[0]
    likelier = logits[0][:, None] > logits[0][None, :] + 1e-3  # (V, V); equals may be cut apart
    assert (p[:, None] >= p[None, :] - 1e-6)[likelier].all()


@each_sampler
def test_an_impossible_character_is_never_drawn(draw: str) -> None:
    p = torch.tensor([0.5, 0.0, 0.5, 0.0])
    drawn = sample(one_letter_names(p), 500, SamplingConfig(draw=draw))
    assert {token for name in drawn for token in name} == {2}


@each_sampler
def test_the_same_seed_gives_the_same_names(draw: str) -> None:
    net = small_net()
    assert sample(net, 20, SamplingConfig(draw=draw, seed=3)) == sample(net, 20, SamplingConfig(draw=draw, seed=3))
    assert sample(net, 20, SamplingConfig(draw=draw, seed=3)) != sample(net, 20, SamplingConfig(draw=draw, seed=4))


@each_sampler
def test_a_name_does_not_depend_on_how_many_are_drawn(draw: str) -> None:
    net, config = small_net(), SamplingConfig(draw=draw)
    assert sample(net, 5, config) == sample(net, 50, config)[:5]


@each_sampler
@pytest.mark.parametrize("prefix", [(2, 1, 5, 3), (2, 0, 5)], ids=["longer than the context", "with a boundary"])
def test_a_name_starts_with_its_prefix(draw: str, prefix: tuple[int, ...]) -> None:
    asked = [*prefix]
    drawn = sample(small_net(), 20, SamplingConfig(draw=draw), asked)
    assert all(name[: len(prefix)] == asked for name in drawn)
    assert len({tuple(name) for name in drawn}) > 1
    assert asked == [*prefix]
    assert {type(token) for name in drawn for token in name} == {int}


@each_sampler
@pytest.mark.parametrize("longest", [1, LONGEST_NAME])
def test_a_net_that_never_ends_a_name_is_cut(draw: str, longest: int) -> None:
    logits = torch.zeros(V, V)
    logits[:, 0] = -math.inf
    drawn = sample(bigram(logits), 3, SamplingConfig(draw=draw, longest=longest))
    assert [len(name) for name in drawn] == [longest] * 3


@each_sampler
def test_no_names_are_no_names(draw: str) -> None:
    assert sample(small_net(), 0, SamplingConfig(draw=draw)) == []


def test_fewer_than_no_names_are_refused() -> None:
    with pytest.raises(InputError, match="`0 <= n` must hold, but got n=-1"):
        sample(small_net(), -1, SamplingConfig())


def test_sampling_leaves_the_net_in_training() -> None:
    net = small_net()
    sample(net, 1, SamplingConfig())
    assert all(layer.training for layer in net.layers.values())
    assert all(parameter.grad is None for parameter in net.parameters())


def test_the_next_character_has_the_nets_probabilities() -> None:
    logits = torch.arange(9.0).reshape(3, 3)
    expected = torch.softmax(logits[2], dim=0)
    assert next_character(bigram(logits), [1, 2], SamplingConfig()) == pytest.approx(expected.tolist())
    assert next_character(bigram(logits), [], SamplingConfig()) == pytest.approx(expected.tolist())  # rows differ by 3
