"""What is expected along a text is what each prefix by itself is answered with."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from makemore_core.datasets import DataConfig
from makemore_core.inspection.expectations import AS_IT_IS, bits_after, entropy, expectations
from makemore_core.sampling import SamplingConfig, next_character
from makemore_core.scoring import bits_of
from tests.inspection.trained import FAMILIES, trained

WORDS = ("", "b", "bala", "balandolinbala")  # the last is longer than any of the contexts
SETTING = SamplingConfig(temperature=0.7, top_k=5, top_p=0.9)


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("family", FAMILIES)
def test_each_step_is_the_answer_to_its_prefix(family: str, word: str, data: DataConfig) -> None:
    model, dataset = trained(family, data)
    tokens = dataset.vocabulary.encode(word)
    seen = expectations(model, tokens, SETTING)
    assert seen.own.shape == seen.drawn.shape == (len(word) + 1, len(dataset.vocabulary))
    for i in range(len(word) + 1):
        assert seen.own[i] == pytest.approx(next_character(model, tokens[:i], AS_IT_IS), abs=1e-5)
        assert seen.drawn[i] == pytest.approx(next_character(model, tokens[:i], SETTING), abs=1e-5)


@pytest.mark.parametrize("family", FAMILIES)
def test_every_row_sums_to_1(family: str, data: DataConfig) -> None:
    model, dataset = trained(family, data)
    seen = expectations(model, dataset.vocabulary.encode("bala"), SETTING)
    assert seen.own.sum(1) == pytest.approx(1, abs=1e-6)
    assert seen.drawn.sum(1) == pytest.approx(1, abs=1e-6)
    assert ((seen.drawn > 0).sum(1) <= 5).all()


@pytest.mark.parametrize("family", FAMILIES)
def test_the_bits_are_those_of_the_score(family: str, data: DataConfig) -> None:
    model, dataset = trained(family, data)
    tokens = dataset.vocabulary.encode("bal")
    (scored,) = bits_of(model, [tokens])
    assert expectations(model, tokens, AS_IT_IS).bits == pytest.approx(scored[:-1], abs=1e-4)
    assert bits_after(model, tokens, 1, ended=True) == pytest.approx(sum(scored[1:]), abs=1e-4)
    assert bits_after(model, tokens, 1, ended=False) == pytest.approx(sum(scored[1:-1]), abs=1e-4)


@given(st.integers(2, 40))
def test_the_entropy_of_n_equal_choices_is_log2_of_n(n: int) -> None:
    even = np.full((1, n), 1 / n, dtype=np.float32)
    assert entropy(even) == pytest.approx(np.log2(n), abs=1e-5)
    assert entropy(np.eye(n, dtype=np.float32)) == pytest.approx(0)


def test_the_expected_bits_are_the_mean_of_the_bits() -> None:
    p = np.array([0.5, 0.25, 0.25, 0], dtype=np.float32)
    assert entropy(p) == pytest.approx(0.5 * 1 + 0.25 * 2 + 0.25 * 2)
