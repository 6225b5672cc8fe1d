"""Contexts: each distinct one once, and the layer's output is that after exactly this context."""

from collections import Counter, defaultdict
from dataclasses import replace

import numpy as np
import pytest
import torch

from makemore_core.datasets import DataConfig
from makemore_core.inspection.sample import NOTHING, affordable, outputs, sample_of
from makemore_core.inspection.wiring import neuron_layers
from makemore_core.layouts import SEQUENCES
from tests.inspection.nets import SMALL, asked, built

each_net = pytest.mark.parametrize("name", SMALL)


@each_net
def test_the_contexts_are_the_distinct_ones_of_the_words(name: str, data: DataConfig) -> None:
    model, dataset, sample = asked(name, data)
    itos = dataset.vocabulary.itos
    found = ["".join(itos[i] for i in row if i != NOTHING).lstrip(".") for row in sample.contexts]
    followers: dict[str, Counter[str]] = defaultdict(Counter)
    for word in dataset.parts["train"]:
        for i, following in enumerate(word + "."):
            followers[word[:i][-model.block_size :]][following] += 1
    assert len(set(map(bytes, sample.contexts))) == len(sample.contexts)
    if model.layout is SEQUENCES and max(map(len, dataset.words)) >= model.block_size:
        return  # a longer word begins anew in a row of its own
    assert sorted(found) == sorted(followers)
    for context, following in zip(found, sample.following, strict=True):
        assert followers[context][itos[following]] == max(followers[context].values())


@each_net
def test_a_layers_output_is_that_after_the_context(name: str, data: DataConfig) -> None:
    model, _, sample = asked(name, data)
    layer = list(neuron_layers(model))[-1]
    values = outputs(model, layer, sample)
    for i in (0, 7, len(values) - 1):
        x = torch.from_numpy(sample.contexts[i][sample.contexts[i] != NOTHING])[None]
        with model.evaluating(), model.watched() as seen:
            model(x)
        alone = seen[layer].reshape(-1, values.shape[1])[-1]
        torch.testing.assert_close(values[i], alone, atol=1e-5, rtol=1e-5)


def test_the_sample_is_the_same_each_time(data: DataConfig) -> None:
    (_, _, one), (_, _, same) = asked("mlp", data), asked("mlp", data)
    assert np.array_equal(one.contexts, same.contexts)
    assert np.array_equal(one.following, same.following)


def test_a_running_text_has_contexts_too(data: DataConfig, tmp_path) -> None:
    text = tmp_path / "text.txt"
    text.write_text("to be, or not to be:\nthat is the question.\n" * 40)
    dataset = replace(data, dataset=str(text), kind="text").load()
    for name in ("mlp", "transformer"):
        sample = sample_of(built(SMALL[name], dataset), dataset, 500)
        assert 20 < len(sample.contexts) <= 500
        assert len(sample.following) == len(sample.contexts)


def test_a_large_net_is_asked_less(data: DataConfig) -> None:
    model, _, _ = asked("mlp", data)
    weights = sum(p.numel() for p in model.parameters())
    assert affordable(model.layers, 1000 * weights) == 1000
    assert affordable(model.layers, 1) == 200
    assert affordable(model.layers, 1e12, 5000) == 5000
