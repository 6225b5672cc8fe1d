"""What a name's bits must be: those of the probabilities that it is drawn with, and together the loss of a split."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Generator
from torch.nn.functional import cross_entropy

from makemore_core.catalogue import SHIPPED
from makemore_core.config import RunConfig
from makemore_core.datasets import SPLITS, DataConfig, Dataset, load_dataset
from makemore_core.errors import InputError
from makemore_core.models import MODELS, LanguageModel
from makemore_core.models.counting import CountingConfig
from makemore_core.models.mlp import MLPConfig
from makemore_core.models.transformer import TransformerConfig
from makemore_core.ngrams import yardstick_tables
from makemore_core.sampling import SamplingConfig, next_character
from makemore_core.scoring import (
    NameSurprise,
    WordSurprise,
    affordable_words,
    bits_by_counting,
    bits_of,
    is_scored_in_pieces,
    surprise,
    surprise_of_words,
    surprises,
)
from makemore_core.tasks import CancelledError, Report
from makemore_core.training.trainer import Trainer
from makemore_core.vocabulary import vocabulary_of

FEW = ("ab", "a", "abc", "ba", "abcabc")
RANDOM_NET = MLPConfig(n_hidden=16, n_embd=4, output_scale=1.0)
UNIFORM_NET = MLPConfig(n_hidden=4, output_scale=0, output_bias_scale=0)  # logits 0
NAMES = ("emma", "xqz", "a", "maximiliana", "bartholomew-the-very-long")


def dataset_of(words: tuple[str, ...]) -> Dataset:
    return Dataset("few", words, vocabulary_of(words), "", {"train": words})


def net_for(dataset: Dataset, config: MLPConfig) -> LanguageModel:
    return config.build(len(dataset.vocabulary), Generator().manual_seed(1))


def score(name: str, dataset: Dataset, config: MLPConfig) -> NameSurprise:
    model = net_for(dataset, config)
    return surprise(name, model, dataset.vocabulary, surprise_of_words(model, dataset))


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Trainer]:
    """Each family after a few steps on 1,600 names, one of them longer than any block of characters."""
    path = tmp_path_factory.mktemp("names") / "names.txt"
    path.write_text("\n".join((*load_dataset(SHIPPED).words[::20], NAMES[-1])))
    config = RunConfig(DataConfig(str(path)))
    trainers = {name: Trainer(config.with_values({"model": name}), config.data.load()) for name in MODELS}
    for trainer in trainers.values():
        trainer.advance(30)
        trainer.model.train(False)
    return trainers


@pytest.mark.parametrize("family", MODELS)
def test_a_names_bits_are_minus_log2_of_the_product_of_its_probabilities(
    family: str, trained: dict[str, Trainer]
) -> None:
    model, vocabulary = trained[family].model, trained[family].dataset.vocabulary
    for name in NAMES:
        tokens = [*vocabulary.encode(name), 0]
        p = [next_character(model, tokens[:i], SamplingConfig())[token] for i, token in enumerate(tokens)]
        (scored,) = surprises([name], model, vocabulary, None)
        assert scored.bits == pytest.approx(-math.log2(math.prod(p)), abs=1e-6)
        assert [2**-bits for _, bits in scored.per_character] == pytest.approx(p, abs=1e-9)


@pytest.mark.parametrize("family", MODELS)
def test_the_words_of_a_split_sum_to_its_loss(family: str, trained: dict[str, Trainer]) -> None:
    trainer = trained[family]
    words = surprise_of_words(trainer.model, trainer.dataset)
    assert words.lists == SPLITS
    for split in SPLITS:
        here = words.of(split)
        assert [words.words[i] for i in here] == list(trainer.dataset.parts[split])
        assert words.sizes[here].sum() == len(trainer.dataset.tokens(split))
        assert words.mean(split) * math.log(2) == pytest.approx(trainer.evaluate(split), rel=2e-6)


@pytest.mark.parametrize("family", MODELS)
def test_a_real_word_costs_what_it_costs_when_it_is_typed(family: str, trained: dict[str, Trainer]) -> None:
    model, dataset = trained[family].model, trained[family].dataset
    words = surprise_of_words(model, dataset)
    places = range(0, len(words.words), 97)
    typed = surprises([words.words[i] for i in places], model, dataset.vocabulary, words)
    for i, scored in zip(places, typed, strict=True):
        if not is_scored_in_pieces(model, scored.size):
            assert scored.bits == pytest.approx(words.bits[i], abs=2e-5)


def test_only_a_model_of_sequences_scores_long_words_in_pieces() -> None:
    windows, sequences = MLPConfig(block_size=3), TransformerConfig(block_size=8)
    built = [config.build(27, Generator().manual_seed(1)) for config in (windows, sequences)]
    assert [is_scored_in_pieces(model, 8) for model in built] == [False, False]
    assert [is_scored_in_pieces(model, 9) for model in built] == [False, True]


def test_a_model_that_knows_nothing_needs_log2_of_v_bits_for_each_character() -> None:
    scored = score("cab", dataset_of(FEW), UNIFORM_NET)
    assert [character for character, _ in scored.per_character] == ["c", "a", "b", "."]
    assert [bits for _, bits in scored.per_character] == pytest.approx([math.log2(4)] * 4)
    assert scored.bits == pytest.approx(4 * math.log2(4))
    assert scored.each == pytest.approx(math.log2(4))


def test_under_a_uniform_model_the_percentile_counts_the_shorter_words() -> None:
    # of the five words one is shorter than "cc", and three are shorter than "ccc"
    assert score("cc", dataset_of(FEW), UNIFORM_NET).percentile == pytest.approx(100 * 1 / 5)
    assert score("ccc", dataset_of(FEW), UNIFORM_NET).percentile == pytest.approx(100 * 3 / 5)


@pytest.mark.parametrize("name", ["emma", "xqzzj", "maximiliana", "bo"])
def test_percentiles_are_those_of_counting_one_by_one(name: str, trained: dict[str, Trainer]) -> None:
    model, dataset = trained["mlp"].model, trained["mlp"].dataset
    words = surprise_of_words(model, dataset)
    mine = surprise(name, model, dataset.vocabulary, words)
    cheaper = sum(bits < mine.bits - 1e-4 for bits in words.bits.tolist())
    assert mine.percentile == 100 * cheaper / len(dataset.words)
    each = [bits / (len(word) + 1) for word, bits in zip(words.words, words.bits.tolist(), strict=True)]
    cheaper = sum(bits < (mine.bits - 1e-4) / (len(name) + 1) for bits in each)
    assert words.percentile(mine.bits, mine.size, per_character=True) == 100 * cheaper / len(dataset.words)
    alike = [b for word, b in zip(words.words, words.bits.tolist(), strict=True) if len(word) == len(name)]
    percentile, n = words.among_its_length(mine.bits, mine.size)
    assert n == len(alike)
    assert percentile == pytest.approx(100 * sum(b < mine.bits - 1e-4 for b in alike) / len(alike))


def test_the_extremes_are_the_ends_of_the_sorted_words_each_once(trained: dict[str, Trainer]) -> None:
    words = surprise_of_words(trained["bigram"].model, trained["bigram"].dataset)
    for per_character in (False, True):
        values = dict(zip(words.words, words.values(per_character).tolist(), strict=True))
        ranked = sorted(values.values())
        least = words.extremes(10, per_character, None, most=False)
        most = words.extremes(10, per_character, None, most=True)
        assert [values[words.words[i]] for i in least] == pytest.approx(ranked[:10], abs=1e-5)
        assert [values[words.words[i]] for i in most] == pytest.approx(ranked[:-11:-1], abs=1e-5)
        assert len({words.words[i] for i in (*least, *most)}) == 20


def test_the_extremes_of_a_split_are_words_of_it(trained: dict[str, Trainer]) -> None:
    dataset = trained["mlp"].dataset
    words = surprise_of_words(trained["mlp"].model, dataset)
    val = [words.words[i] for i in words.extremes(10, per_character=True, split="val", most=True)]
    assert set(val) <= set(dataset.parts["val"])


def test_a_name_that_cannot_be_is_infinitely_surprising() -> None:
    dataset = dataset_of(("ab",) * 10)
    model = CountingConfig(alpha=0).build(3, Generator())
    model.loss(*model.layout.examples(dataset.tokens("train"), 1, is_text=False)).backward()
    words = surprise_of_words(model, dataset)
    assert words.bits.tolist() == [0.0] * 10
    scored = surprise("ba", model, dataset.vocabulary, words)
    assert scored.bits == math.inf
    assert scored.percentile == 100
    assert surprise("ab", model, dataset.vocabulary, words).bits == 0


def test_an_even_selection_is_as_large_as_the_budget_allows(trained: dict[str, Trainer]) -> None:
    model, dataset = trained["transformer"].model, trained["transformer"].dataset
    budget = 1e9
    words = surprise_of_words(model, dataset, budget)
    n = affordable_words(model, dataset, budget)
    assert words.all_words == len(dataset.words)
    assert 0 < n < len(dataset.words)
    assert len(words.words) == pytest.approx(n, abs=3)  # each of the splits begins anew
    whole = surprise_of_words(model, dataset)
    bits = dict(zip(whole.words, whole.bits.tolist(), strict=True))
    assert words.bits == pytest.approx([bits[word] for word in words.words], abs=2e-5)


def test_scoring_in_parts_gives_the_same_and_can_be_cancelled(trained: dict[str, Trainer]) -> None:
    model, dataset = trained["wavenet"].model, trained["wavenet"].dataset
    told: list[float] = []
    words = surprise_of_words(model, dataset, tell=lambda share, _: told.append(share))
    assert words.bits == pytest.approx(surprise_of_words(model, dataset).bits, abs=2e-5)
    assert told == sorted(told)
    assert told[0] == 0
    report = Report()
    report.cancelled.set()
    with pytest.raises(CancelledError):
        surprise_of_words(model, dataset, tell=report)


def test_a_text_is_scored_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_text("To be, or not to be:\nthat is the question\n\n" * 40)
    dataset = DataConfig(str(path), kind="text").load()
    model = RANDOM_NET.build(len(dataset.vocabulary), Generator().manual_seed(1))
    words = surprise_of_words(model, dataset)
    assert set(words.words) >= {"To be, or not to be:", "that is the question"}
    assert "" not in words.words
    typed = surprise("that is the question", model, dataset.vocabulary, words)
    assert typed.bits == pytest.approx(words.bits[words.words.index("that is the question")], abs=2e-5)
    assert typed.per_character[-1][0] == "\n"


@pytest.mark.parametrize("prefix", ["", "a", "ab", "cabb"])
def test_probabilities_of_all_next_characters_sum_to_1(prefix: str) -> None:
    dataset = dataset_of(FEW)
    model, start = net_for(dataset, RANDOM_NET), dataset.vocabulary.encode(prefix)
    (ended,) = bits_of(model, [start])
    bits = [bits_of(model, [[*start, token]])[0][len(prefix)] for token in range(1, 4)] + [ended[-1]]
    assert sum(2**-b for b in bits) == pytest.approx(1, abs=1e-9)


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


def test_counting_scores_a_name_by_its_table() -> None:
    dataset = dataset_of(("ab", "ab", "ba", "b"))
    bits = bits_by_counting("ab", dataset.vocabulary, yardstick_tables(dataset))
    assert list(bits) == ["blind guess", "bigram", "4-gram"]
    assert bits["blind guess"] == pytest.approx(3 * math.log2(3))
    a = 0.3  # after the start: a a b b; after a: b b ., after b: . . a .
    p = (2 + a) / (4 + 3 * a) * (2 + a) / (3 + 3 * a) * (3 + a) / (4 + 3 * a)
    assert bits["bigram"] == pytest.approx(-math.log2(p))


@given(st.text("abc", min_size=1, max_size=20))
def test_a_name_has_the_bits_of_its_characters_and_of_its_end(name: str) -> None:
    scored = score(name, dataset_of(FEW), RANDOM_NET)
    assert "".join(character for character, _ in scored.per_character) == f"{name}."
    assert sum(bits for _, bits in scored.per_character) == pytest.approx(scored.bits)
    assert 0 <= scored.percentile <= 100


@given(st.lists(st.floats(0, 100), min_size=1, max_size=30), st.floats(0, 100), st.integers(1, 9))
def test_a_percentile_is_the_share_of_smaller_numbers(bits: list[float], mine: float, size: int) -> None:
    n = len(bits)
    words = WordSurprise(("a",) * n, np.array(bits), np.full(n, size), np.zeros(n, dtype=np.int64), ("train",), n)
    assert words.percentile(mine) == 100 * sum(b < mine - 1e-4 for b in bits) / n
    per_character = words.percentile(mine, size, per_character=True)
    assert per_character == 100 * sum(b / size < (mine - 1e-4) / size for b in bits) / n


def test_scoring_leaves_the_model_in_training() -> None:
    dataset = dataset_of(FEW)
    model = net_for(dataset, RANDOM_NET)
    surprise_of_words(model, dataset)
    assert model.training


@pytest.mark.parametrize("name", ["", "abd", "a.b", "a\n"])
def test_what_is_no_name_of_this_vocabulary_is_refused(name: str) -> None:
    with pytest.raises(InputError):
        score(name, dataset_of(FEW), RANDOM_NET)


def test_a_model_that_ran_off_says_so() -> None:
    dataset = dataset_of(FEW)
    model = net_for(dataset, RANDOM_NET)
    with torch.no_grad():
        model.parameters()[-1].fill_(math.nan)
    with pytest.raises(InputError, match="no longer a number"):
        surprises(["ab"], model, dataset.vocabulary, None)
    with pytest.raises(InputError, match="no longer a number"):
        surprise_of_words(model, dataset)
