"""A network on minitorch's tape: its bytes counted by hand, its gradients beside torch's, for each family it knows."""

import pytest
import torch

from makemore_core.datasets import DataConfig
from makemore_core.errors import InputError
from makemore_core.inspection.network_tape import LOSS, NetworkTape, check_known, examples_of, network_tape
from makemore_core.models import MODELS, LanguageModel, ModelConfig
from makemore_core.models.deep_mlp import DeepMLPConfig
from makemore_core.models.mlp import MLPConfig
from makemore_core.models.transformer import TransformerConfig
from makemore_core.models.wavenet import WaveNetConfig

KNOWN = ("mlp", "deep-mlp", "wavenet", "cnn", "transformer")


def built(config: ModelConfig, data: DataConfig) -> LanguageModel:
    return config.build(len(data.load().vocabulary), torch.Generator().manual_seed(1))


def taped(config: ModelConfig, data: DataConfig) -> NetworkTape:
    model = built(config, data)
    return network_tape(model, *examples_of(model, data.load()))


def test_the_bytes_of_lecture_3s_mlp_are_those_of_its_activations(data: DataConfig) -> None:
    tape = taped(MLPConfig(n_embd=10, n_hidden=200, batch_norm=False), data)
    V, B = len(data.load().vocabulary), 8
    floats = {"embedding": B * 3 * 10, "flatten": 0, "hidden": B * 200, "tanh": B * 200, "output": B * V, LOSS: 1}
    assert {layer.name: layer.bytes for layer in tape.layers} == {name: 4 * n for name, n in floats.items()}
    assert tape.parameter_bytes == 4 * (V * 10 + 30 * 200 + 200 + 200 * V + V)
    assert [operations for layer in tape.layers for operations, _ in layer.operations] == [
        "gather", "reshape", "linear", "tanh", "linear", "cross_entropy",
    ]  # fmt: skip


@pytest.mark.parametrize("name", MODELS)
def test_each_family_is_walked_or_refused_in_a_sentence(name: str, data: DataConfig) -> None:
    model = built(MODELS[name](), data)
    if name not in KNOWN:
        with pytest.raises(InputError, match=r"minitorch has no \w+; look at|This model counts") as caught:
            check_known(model)
        assert "\n" not in str(caught.value)
        return
    check_known(model)
    tape = network_tape(model, *examples_of(model, data.load()))
    assert {row.name for row in tape.single} == set(model.named_parameters())
    assert all(row.close for row in tape.double)
    assert max(row.max_diff for row in tape.double) < 1e-12
    assert max(row.max_diff for row in tape.single) < 1e-4


@pytest.mark.parametrize("config", [MLPConfig(), DeepMLPConfig(), WaveNetConfig(n_hidden=16)], ids=lambda c: c.name)
def test_a_graph_knows_its_parameters_and_layers_by_name(config: ModelConfig, data: DataConfig) -> None:
    tape = taped(config, data)
    assert {node.name for node in tape.nodes if node.op == "leaf"} == set(built(config, data).named_parameters())
    for node, label, layer in zip(tape.nodes, tape.labels, tape.layer_of, strict=True):
        if node.op == "leaf":
            assert node.name.startswith(tape.layers[layer].name)
            assert label.name == node.name
    assert tape.labels[-1].name == LOSS
    assert tape.nodes[-1].data.item() == pytest.approx(tape.loss)


def test_a_graph_that_is_too_large_is_counted_and_not_kept(data: DataConfig) -> None:
    tape = taped(TransformerConfig(), data)
    assert tape.nodes == []
    assert len(tape.layer_of) > sum(layer.nodes for layer in tape.layers) > 100


def test_looking_changes_nothing(data: DataConfig) -> None:
    model = built(MLPConfig(batch_norm=True), data)
    model.train(False)
    before = {name: tensor.clone() for name, tensor in model.state().items()}
    network_tape(model, *examples_of(model, data.load()))
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state().items())
    assert not model.training
