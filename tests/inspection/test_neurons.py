"""What a neuron listens to adds up to what it hears, and what it votes for to the logits."""

from typing import Any

import numpy as np
import pytest
import torch

from makemore_core.datasets import DataConfig
from makemore_core.inspection.history import layer_moment
from makemore_core.inspection.neurons import listens_to, most_and_least, votes_for, width
from makemore_core.inspection.sample import outputs
from makemore_core.inspection.wiring import neuron_layers, weights_into
from makemore_core.models import MODELS, LanguageModel
from makemore_core.models.layers import Linear
from tests.inspection.nets import SMALL, WITHOUT_NEURONS, asked, built

NEURON = 5
each_net = pytest.mark.parametrize("name", SMALL)


def heard(model: LanguageModel, layer: str, x: torch.Tensor) -> torch.Tensor:
    """What comes into a nonlinearity (..., H)."""
    found = dict(model.all_layers())[layer]
    inputs: list[torch.Tensor] = []
    forward = found.forward
    found.forward = lambda x: (inputs.append(x), forward(x))[1]
    with model.evaluating():
        model(x)
    found.forward = forward
    return inputs[0]


def test_most_and_least_are_the_ends_of_the_sorted_values() -> None:
    values = np.random.default_rng(1).normal(size=500).round(1).astype(np.float32)  # with many equals
    most, least = most_and_least(values, 20)
    ranked = sorted(range(500), key=lambda i: values[i])
    assert least.tolist() == ranked[:20]
    assert most.tolist() == sorted(range(500), key=lambda i: -values[i])[:20]


@pytest.mark.parametrize("name", ["mlp", "mlp, batch norm", "deep-mlp", "leaky deep-mlp", "wavenet", "sequence-mlp"])
def test_what_the_characters_add_is_what_the_neuron_hears(name: str, data: DataConfig) -> None:
    """Two contexts differ in what is heard by exactly the difference of the table's entries."""
    model, dataset, sample = asked(name, data)
    layer = next(iter(neuron_layers(model)))
    (effect,) = listens_to(model, layer, NEURON, dataset.vocabulary)
    assert effect.of_characters
    assert effect.columns == dataset.vocabulary.itos
    full = sample.contexts[(sample.contexts >= 0).all(axis=1)][:40]
    x = heard(model, layer, torch.from_numpy(full))
    x = x[:, -1] if x.ndim == 3 else x
    n = len(effect.rows)
    added = np.stack([effect.values[p, full[:, p - n]] for p in range(n)]).sum(0)
    torch.testing.assert_close(torch.from_numpy(added - added[0]), x[:, NEURON] - x[0, NEURON], atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize(("name", "gates"), [("rnn", 1), ("gru", 3), ("lstm", 4)])
def test_each_gate_listens_to_the_character_and_to_the_state(name: str, gates: int, data: DataConfig) -> None:
    model, dataset, _ = asked(name, data)
    of_x, of_h = listens_to(model, name, NEURON, dataset.vocabulary)
    layer = dict(model.all_layers())[name]
    assert model.embedding is not None
    for gate in range(gates):
        column = gate * 12 + NEURON
        expected = model.embedding.weight @ layer.parameters()["weight_x"][:, column]
        torch.testing.assert_close(torch.from_numpy(of_x.values[gate]), expected.detach())
        torch.testing.assert_close(
            torch.from_numpy(of_h.values[gate]), layer.parameters()["weight_h"][:, column].detach()
        )


@pytest.mark.parametrize("name", ["mlp", "deep-mlp", "leaky deep-mlp", "wavenet", "sequence-mlp", "rnn", "gru", "lstm"])
def test_the_last_layers_votes_move_the_logits(name: str, data: DataConfig) -> None:
    """One more on the neuron's output moves the logits by its votes."""
    model, dataset, sample = asked(name, data)
    assert_votes_move_the_logits(model, list(neuron_layers(model))[-1], dataset, sample)


@pytest.mark.parametrize("name", ["bow", "cnn"])
def test_votes_through_the_residual_stream_move_the_logits(name: str, data: DataConfig) -> None:
    model, dataset, sample = asked(name, data)
    assert_votes_move_the_logits(model, list(neuron_layers(model))[-1], dataset, sample)


def assert_votes_move_the_logits(model, layer, dataset, sample) -> None:
    votes = votes_for(model, layer, NEURON, dataset.vocabulary)
    assert votes is not None
    assert votes.columns == dataset.vocabulary.itos
    found = dict(model.all_layers())[layer]
    forward = found.forward

    def louder(x: torch.Tensor) -> torch.Tensor:
        out = forward(x).clone()
        out[..., NEURON] += 1
        return out

    x = sample.parts[0].x[:3]
    with model.evaluating():
        before = model(x)
        found.forward = louder
        after = model(x)
        found.forward = forward
    moved = (after - before).flatten(0, -2)
    torch.testing.assert_close(moved, torch.from_numpy(votes.values).expand_as(moved), atol=1e-5, rtol=1e-4)


def test_a_transformers_votes_are_those_of_the_last_norm_and_the_output(data: DataConfig) -> None:
    model, dataset, _ = asked("transformer", data)
    votes = votes_for(model, "blocks.1.mlp.gelu", NEURON, dataset.vocabulary)
    assert votes is not None
    p = {name: tensor.detach() for name, tensor in model.named_parameters().items()}
    row = p["blocks.1.mlp.output.weight"][NEURON]
    expected = ((row - row.mean()) * p["norm.gamma"]) @ p["output.weight"]
    torch.testing.assert_close(torch.from_numpy(votes.values[0]), expected, atol=1e-6, rtol=1e-5)


def test_a_fused_neuron_speaks_to_the_next_layer_by_its_place(data: DataConfig) -> None:
    model, dataset, _ = asked("wavenet", data)
    votes = votes_for(model, "tanh1", NEURON, dataset.vocabulary)
    assert votes is not None
    linear = dict(model.all_layers())["linear2"]
    scale = model.named_parameters()["batch_norm2.gamma"] / torch.sqrt(
        model.buffers()["batch_norm2.running_spread"] + 1e-5
    )
    assert isinstance(linear, Linear)
    for place, row in enumerate((NEURON, 12 + NEURON)):
        torch.testing.assert_close(torch.from_numpy(votes.values[place]), (linear.weight[row] * scale).detach())


@pytest.mark.parametrize("name", WITHOUT_NEURONS)
def test_a_table_or_a_formula_has_no_neurons_to_watch(name: str, data: DataConfig) -> None:
    assert neuron_layers(built(MODELS[name](), data.load())) == {}


@each_net
def test_every_layer_with_neurons_has_a_width_and_weights(name: str, data: DataConfig) -> None:
    model, dataset, sample = asked(name, data)
    for layer in neuron_layers(model):
        n = outputs(model, layer, sample).shape[1]
        assert width(model, layer) == n
        assert all(w.shape[1] % n == 0 for w in weights_into(model, layer))
        assert listens_to(model, layer, n - 1, dataset.vocabulary)
        assert votes_for(model, layer, n - 1, dataset.vocabulary) is not None


@each_net
def test_a_moment_holds_torchs_own_norms(name: str, data: DataConfig) -> None:
    model, dataset, sample = asked(name, data)
    layer = next(iter(neuron_layers(model)))
    values = outputs(model, layer, sample)
    x, y = model.layout.examples(dataset.tokens("train"), model.block_size, dataset.is_text)
    moment = layer_moment(model, layer, values, x[:32], y[:32])
    assert moment.mean[NEURON] == pytest.approx(values[:, NEURON].mean().item(), abs=1e-6)
    assert moment.deviation[NEURON] == pytest.approx(values[:, NEURON].std(correction=0).item(), abs=1e-6)
    n = values.shape[1]
    columns = [w[:, k] for w in weights_into(model, layer) for k in range(NEURON, w.shape[1], n)]
    assert moment.weight[NEURON] == pytest.approx(torch.cat(columns).norm().item(), rel=1e-5)
    model.zero_grad()
    loss: Any = model.loss(x[:32], y[:32])
    grads = torch.autograd.grad(loss, weights_into(model, layer))
    columns = [g[:, k] for g in grads for k in range(NEURON, g.shape[1], n)]
    assert moment.gradient[NEURON] == pytest.approx(torch.cat(columns).norm().item(), rel=1e-4, abs=1e-8)
