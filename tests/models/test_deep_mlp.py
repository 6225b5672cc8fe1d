"""The deep net's layers: their order, their gains, and an output that starts unsure."""

import pytest
from torch import Generator

from makemore_core.models.deep_mlp import DeepMLPConfig
from makemore_core.models.language_model import LanguageModel


def built(config: DeepMLPConfig) -> LanguageModel:
    return config.build(27, Generator().manual_seed(1))


def test_the_layers_come_in_lecture_3s_order() -> None:
    assert list(built(DeepMLPConfig(n_layers=2)).layers) == [
        "embedding", "flatten",
        "linear1", "batch_norm1", "tanh1",
        "linear2", "batch_norm2", "tanh2",
        "linear_output", "batch_norm_output",
    ]  # fmt: skip


def test_without_batch_norm_there_is_none() -> None:
    assert list(built(DeepMLPConfig(n_layers=1, batch_norm=False, activation="relu")).layers) == [
        "embedding", "flatten", "linear1", "relu1", "linear_output",
    ]  # fmt: skip


def test_the_output_starts_at_a_tenth() -> None:
    with_norm, without = built(DeepMLPConfig()), built(DeepMLPConfig(batch_norm=False))
    assert with_norm.named_parameters()["batch_norm_output.gamma"].tolist() == pytest.approx([0.1] * 27)
    deviation = without.named_parameters()["linear_output.weight"].std().item()
    assert deviation == pytest.approx(0.1 / 100**0.5, rel=0.05)  # of 2,700 draws


@pytest.mark.parametrize("batch_norm", [True, False])
def test_the_output_starts_at_any_scale(batch_norm: bool) -> None:
    tenth, twice = (built(DeepMLPConfig(batch_norm=batch_norm, output_scale=s)).parameters() for s in (0.1, 2.0))
    factors = {round((b.sum() / a.sum()).item(), 3) for a, b in zip(tenth, twice, strict=True) if a.any()}
    assert factors == {1, 20}


@pytest.mark.parametrize(("on_output", "gain"), [(False, 1), (True, 4)])
def test_the_gain_reaches_the_output_only_when_asked(on_output: bool, gain: float) -> None:
    weights = built(DeepMLPConfig(gain=4, gain_on_output=on_output)).named_parameters()
    assert weights["linear1.weight"].std().item() == pytest.approx(4 / 30**0.5, rel=0.05)
    assert weights["linear_output.weight"].std().item() == pytest.approx(gain / 100**0.5, rel=0.05)


@pytest.mark.parametrize("bias", [False, True])
def test_biases_are_there_when_asked(bias: bool) -> None:
    assert ("linear1.bias" in built(DeepMLPConfig(bias=bias)).named_parameters()) == bias
