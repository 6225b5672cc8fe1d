"""The likeliest completion is the likeliest of all, and each has the bits of its characters."""

from itertools import product

import numpy as np
import pytest
import torch

from makemore_core.datasets import DataConfig
from makemore_core.inspection.completions import drawn, likeliest
from makemore_core.models.counting import CountingConfig
from makemore_core.models.language_model import LanguageModel
from makemore_core.models.mlp import MLPConfig
from makemore_core.sampling import SamplingConfig, sample
from makemore_core.scoring import bits_of
from tests.inspection.trained import FAMILIES, trained

V, LONGEST = 4, 5


def peaked() -> LanguageModel:
    """A net over three letters whose probabilities are uneven."""
    return MLPConfig(n_hidden=16, n_embd=4, output_scale=2.0).build(V, torch.Generator().manual_seed(4))


def all_names(model: LanguageModel, prefix: list[int]) -> list[tuple[float, tuple[int, ...]]]:
    """Every completion by fewer than LONGEST letters with its bits, the likeliest first."""
    names = [(*prefix, *rest) for n in range(LONGEST) for rest in product(range(1, V), repeat=n)]
    bits = bits_of(model, [list(name) for name in names])
    return sorted((sum(b[len(prefix) :]), name) for b, name in zip(bits, names, strict=True))


@pytest.mark.parametrize("prefix", [[], [2], [1, 3, 3, 2]])
def test_a_wide_search_finds_the_likeliest_of_all_names(prefix: list[int]) -> None:
    model = peaked()
    found = likeliest(model, prefix, n=6, longest=LONGEST, width=V**LONGEST)
    for completion, (bits, name) in zip(found, all_names(model, prefix), strict=False):
        assert completion.tokens == name
        assert completion.bits == pytest.approx(bits, abs=1e-3)
        assert completion.ended


@pytest.mark.parametrize("family", FAMILIES)
def test_nothing_that_is_drawn_is_likelier_than_the_likeliest(family: str, data: DataConfig) -> None:
    model, dataset = trained(family, data)
    prefix = dataset.vocabulary.encode("ba")
    (best,) = likeliest(model, prefix)
    completions = drawn(model, prefix, 50, SamplingConfig(longest=20))
    assert best.tokens[:2] == tuple(prefix)
    assert min(c.bits for c in completions if c.ended) >= best.bits - 1e-4


@pytest.mark.parametrize("family", FAMILIES)
def test_a_drawn_completion_is_that_of_the_sampler_with_the_bits_of_the_score(family: str, data: DataConfig) -> None:
    model, dataset = trained(family, data)
    prefix = dataset.vocabulary.encode("b")
    setting = SamplingConfig(temperature=1.5, longest=4)
    found = drawn(model, prefix, 30, setting)
    assert [list(c.tokens) for c in found] == sample(model, 30, setting, prefix)
    for c in found:
        assert c.ended == (len(c.tokens) < 1 + 4)
        if c.ended and len(c.tokens) < 4:  # within every context
            assert c.bits == pytest.approx(sum(bits_of(model, [list(c.tokens)])[0][1:]), abs=1e-3)


def test_a_net_that_never_ends_a_name_has_likeliest_beginnings() -> None:
    model = CountingConfig(alpha=0).build(3, torch.Generator())
    x, y = torch.tensor([[0], [1], [1], [1], [2]]), torch.tensor([1, 1, 1, 2, 1])  # 1 follows 1 twice in three times
    model.loss(x, y).backward()
    (best,) = likeliest(model, [], longest=3)
    assert best.tokens == (1, 1, 1)
    assert not best.ended
    assert best.bits == pytest.approx(-2 * np.log2(2 / 3))
