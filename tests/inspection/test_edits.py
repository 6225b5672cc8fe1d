"""A silent neuron is one whose outgoing weights are 0; a copy is changed, and the run's own net keeps every bit."""

import copy

import numpy as np
import pytest
import torch

from makemore_core.datasets import DataConfig
from makemore_core.inspection.edits import (
    MEAN,
    ZERO,
    Silence,
    Weight,
    edited,
    importance,
    set_weight,
    silence,
    silenced,
    split_at,
)
from makemore_core.inspection.sample import outputs
from makemore_core.inspection.wiring import linear_after, neuron_layers
from makemore_core.models import LanguageModel
from tests.inspection.nets import SMALL, asked

NEURONS = [2, 7]
each_net = pytest.mark.parametrize("name", SMALL)


def logits(model: LanguageModel, x: torch.Tensor) -> torch.Tensor:
    with model.evaluating():
        return model(x)


@each_net
@pytest.mark.parametrize("says", [ZERO, MEAN])
def test_silence_is_what_is_left_without_the_outgoing_weights(name: str, says: str, data: DataConfig) -> None:
    """By hand: the rows of the next Linear are 0, and what a neuron says all the time goes into its bias."""
    model, _, sample = asked(name, data)
    x = sample.parts[0].x
    for layer in neuron_layers(model):
        values = silence(model, layer, says, sample)
        by_hand = copy.deepcopy(model)
        found = linear_after(by_hand, layer)
        assert found is not None
        _, linear, _ = found
        rows = [k for k in range(len(linear.weight)) if k % len(values) in NEURONS]
        with torch.no_grad():
            constant = sum(values[k % len(values)] * linear.weight[k] for k in rows)
            linear.weight[rows] = 0
            linear.bias = torch.as_tensor(constant + (0 if linear.bias is None else linear.bias))
        with silenced(model, layer, NEURONS, values):
            ours = logits(model, x)
        torch.testing.assert_close(ours, logits(by_hand, x), atol=2e-6, rtol=1e-5)


@each_net
def test_the_mean_is_that_of_what_the_neurons_say(name: str, data: DataConfig) -> None:
    model, _, sample = asked(name, data)
    layer = list(neuron_layers(model))[-1]
    torch.testing.assert_close(silence(model, layer, MEAN, sample), outputs(model, layer, sample).mean(0))
    assert not silence(model, layer, ZERO, sample).any()


@each_net
def test_a_copy_is_edited_and_the_net_keeps_every_bit(name: str, data: DataConfig) -> None:
    model, _, sample = asked(name, data)
    before = {key: tensor.detach().clone() for key, tensor in model.state().items()}
    x = sample.parts[0].x
    said = logits(model, x)
    layer = next(iter(neuron_layers(model)))
    parameter, weight = next(iter(model.named_parameters().items()))
    changed = edited(model, (Silence(layer, 1), Silence(layer, 3, ZERO), Weight(parameter, (1, 2), 9.0)), sample)
    assert not torch.equal(logits(changed, x), said)
    assert changed.named_parameters()[parameter][1, 2] == 9
    assert weight[1, 2] != 9
    assert all(torch.equal(before[key], tensor) for key, tensor in model.state().items())
    assert torch.equal(logits(model, x), said)
    with silenced(model, layer, NEURONS, silence(model, layer, ZERO, sample)):
        pass
    assert torch.equal(logits(model, x), said)


@each_net
def test_an_edit_to_the_same_value_changes_nothing(name: str, data: DataConfig) -> None:
    model, _, sample = asked(name, data)
    edits = tuple(
        Weight(key, tuple(0 for _ in p.shape), p.flatten()[0].item()) for key, p in model.named_parameters().items()
    )
    x = sample.parts[0].x
    assert torch.equal(logits(edited(model, edits, sample), x), logits(model, x))


def test_a_changed_weight_is_that_of_a_net_with_another_weight(data: DataConfig) -> None:
    model, _, sample = asked("mlp", data)
    by_hand = copy.deepcopy(model)
    with torch.no_grad():
        by_hand.named_parameters()["hidden.bias"][4] += 0.5
    value = by_hand.named_parameters()["hidden.bias"][4].item()
    changed = edited(model, (Weight("hidden.bias", (4,), value),), sample)
    assert torch.equal(logits(changed, sample.parts[0].x), logits(by_hand, sample.parts[0].x))


def test_silences_of_both_kinds_in_one_layer_stand_together(data: DataConfig) -> None:
    model, _, sample = asked("mlp", data)
    changed = edited(model, (Silence("tanh", 1, ZERO), Silence("tanh", 2, MEAN), Silence("tanh", 4, ZERO)), sample)
    said = outputs(changed, "tanh", sample)
    mean = outputs(model, "tanh", sample).mean(0)
    assert not said[:, [1, 4]].any()
    torch.testing.assert_close(said[:, 2], mean[2].expand(len(said)))
    assert torch.equal(said[:, 5:], outputs(model, "tanh", sample)[:, 5:])


@each_net
def test_importance_is_the_rise_of_the_loss_computed_by_hand(name: str, data: DataConfig) -> None:
    model, dataset, sample = asked(name, data)
    tokens = dataset.tokens("val")
    cuts = model.cut(tokens, dataset.is_text)
    for layer in neuron_layers(model):
        values = silence(model, layer, MEAN, sample)
        rises = importance(model, layer, NEURONS, values, cuts)
        by_hand = []
        for neuron in NEURONS:
            with silenced(model, layer, [neuron], values):
                by_hand.append(model.nats(tokens, dataset.is_text).mean())
        assert rises == pytest.approx(np.array(by_hand) - model.nats(tokens, dataset.is_text).mean(), abs=2e-6)
        assert np.abs(rises).max() > 0


@each_net
def test_a_net_cut_at_a_layer_is_still_the_net(name: str, data: DataConfig) -> None:
    model, _, sample = asked(name, data)
    x = sample.parts[0].x
    expected = logits(model, x)
    for layer in neuron_layers(model):
        done, rest = split_at(model, layer)
        out = x
        with model.evaluating():
            for stage in (*done.values(), *rest.values()):
                out = stage(out)
        assert torch.equal(out, expected)


def test_a_weight_is_set_in_place(data: DataConfig) -> None:
    model, _, _ = asked("mlp", data)
    set_weight(model, "output.bias", (3,), -2.5)
    assert model.named_parameters()["output.bias"][3] == -2.5
    assert model.joined.data[model.joined.places["output.bias"] + 3] == -2.5
