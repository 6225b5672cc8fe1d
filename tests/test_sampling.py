"""Drawing characters: the probabilities keep their rules, and the draws keep the probabilities."""

import math

import numpy as np
import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st
from torch import Tensor

from makemore_core.errors import InputError
from makemore_core.models.language_model import LanguageModel
from makemore_core.models.layers import Embedding, Flatten
from makemore_core.models.mlp import MLPConfig
from makemore_core.sampling import LONGEST_NAME, SAMPLERS, SamplingConfig, next_character, probabilities, sample

V = 6
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
def test_a_name_starts_with_its_prefix(draw: str) -> None:
    prefix = [2, 1, 5, 3]  # longer than the context
    drawn = sample(small_net(), 20, SamplingConfig(draw=draw), prefix)
    assert all(name[:4] == prefix for name in drawn)
    assert len({tuple(name) for name in drawn}) > 1
    assert prefix == [2, 1, 5, 3]


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
