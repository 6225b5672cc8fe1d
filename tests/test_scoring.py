"""What a name's bits must be: those of probabilities, and equal to torch's own cross-entropy."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Generator
from torch.nn.functional import cross_entropy

from makemore_core.catalogue import SHIPPED
from makemore_core.datasets import Dataset, load_dataset
from makemore_core.errors import InputError
from makemore_core.models import LanguageModel
from makemore_core.models.mlp import MLPConfig
from makemore_core.scoring import NameSurprise, bits_of, surprise, surprise_of_words
from makemore_core.vocabulary import vocabulary_of

FEW = ("ab", "a", "abc", "ba", "abcabc")
RANDOM_NET = MLPConfig(n_hidden=16, n_embd=4, output_scale=1.0)
UNIFORM_NET = MLPConfig(n_hidden=4, output_scale=0, output_bias_scale=0)  # logits 0


def dataset_of(words: tuple[str, ...]) -> Dataset:
    return Dataset("few", words, vocabulary_of(words), "", {})


def net_for(dataset: Dataset, config: MLPConfig) -> LanguageModel:
    return config.build(len(dataset.vocabulary), Generator().manual_seed(1))


def score(name: str, dataset: Dataset, config: MLPConfig) -> NameSurprise:
    model = net_for(dataset, config)
    return surprise(name, model, dataset.vocabulary, surprise_of_words(model, dataset))


def test_a_model_that_knows_nothing_needs_log2_of_v_bits_for_each_character() -> None:
    scored = score("cab", dataset_of(FEW), UNIFORM_NET)
    assert [character for character, _ in scored.per_character] == ["c", "a", "b", "."]
    assert [bits for _, bits in scored.per_character] == pytest.approx([math.log2(4)] * 4)
    assert scored.bits == pytest.approx(4 * math.log2(4))


def test_under_a_uniform_model_the_percentile_counts_the_shorter_words() -> None:
    # of the five words one is shorter than "cc", and three are shorter than "ccc"
    assert score("cc", dataset_of(FEW), UNIFORM_NET).percentile == pytest.approx(100 * 1 / 5)
    assert score("ccc", dataset_of(FEW), UNIFORM_NET).percentile == pytest.approx(100 * 3 / 5)


@pytest.mark.parametrize("prefix", ["", "a", "ab", "cabb"])
def test_probabilities_of_all_next_characters_sum_to_1(prefix: str) -> None:
    dataset = dataset_of(FEW)
    model = net_for(dataset, RANDOM_NET)
    rows = [[*dataset.vocabulary.encode(prefix), token, 0] for token in range(1, 4)]
    bits = [bits_of(model, torch.tensor(row).numpy())[len(prefix)] for row in rows]
    bits.append(bits_of(model, torch.tensor([*dataset.vocabulary.encode(prefix), 0]).numpy())[-1])
    assert sum(2**-b for b in bits) == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("block_size", [3, 16])  # 27**16 contexts do not fit into an integer of 64 bits
def test_bits_of_all_words_equal_torch(block_size: int) -> None:
    dataset = load_dataset(SHIPPED)
    model = MLPConfig(n_hidden=16, n_embd=4, output_scale=1.0, block_size=block_size).build(
        27, Generator().manual_seed(1)
    )
    words = surprise_of_words(model, dataset)
    for word, bits in list(zip(words.words, words.bits, strict=True))[:: len(words.words) // 50]:
        tokens = [*dataset.vocabulary.encode(word), 0]
        contexts = [([0] * block_size + tokens[:i])[-block_size:] for i in range(len(tokens))]
        with model.evaluating():
            loss = cross_entropy(model(torch.tensor(contexts)), torch.tensor(tokens), reduction="sum")
        assert bits == pytest.approx(loss.item() / math.log(2), abs=1e-3)


def test_no_word_surprises_less_than_the_least_surprising_one() -> None:
    dataset = load_dataset(SHIPPED)
    model = net_for(dataset, RANDOM_NET)
    words = surprise_of_words(model, dataset)
    least, most = words.words[int(words.bits.argmin())], words.words[int(words.bits.argmax())]
    assert surprise(least, model, dataset.vocabulary, words).percentile == 0
    assert surprise(most, model, dataset.vocabulary, words).percentile > 99.9


@given(st.text("abc", min_size=1, max_size=20))
def test_a_name_has_the_bits_of_its_characters_and_of_its_end(name: str) -> None:
    scored = score(name, dataset_of(FEW), RANDOM_NET)
    assert "".join(character for character, _ in scored.per_character) == f"{name}."
    assert sum(bits for _, bits in scored.per_character) == pytest.approx(scored.bits)
    assert 0 <= scored.percentile <= 100


def test_scoring_leaves_the_model_in_training() -> None:
    dataset = dataset_of(FEW)
    model = net_for(dataset, RANDOM_NET)
    surprise_of_words(model, dataset)
    assert model.training


@pytest.mark.parametrize("name", ["", "abd", "a.b", "a\n"])
def test_what_is_no_name_of_this_vocabulary_is_refused(name: str) -> None:
    with pytest.raises(InputError):
        score(name, dataset_of(FEW), RANDOM_NET)
