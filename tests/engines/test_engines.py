"""Every engine walks autograd's curve: the four lines are the same, the gradients come another way."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from makemore_core.config import RunConfig
from makemore_core.datasets import DataConfig
from makemore_core.engines import ENGINES, fused_layers, one_pass
from makemore_core.errors import InputError
from makemore_core.models import MODELS, ModelConfig
from makemore_core.models.causal_conv import CausalConvConfig
from makemore_core.models.deep_mlp import DeepMLPConfig
from makemore_core.models.mlp import MLPConfig
from makemore_core.models.transformer import TransformerConfig
from makemore_core.models.wavenet import PerPositionBatchNorm1d, WaveNetConfig
from makemore_core.optimizers import AdamConfig, AdamWConfig, OptimizerConfig, SGDConfig
from makemore_core.training.trainer import Trainer

STEPS = 100
WINDOWS: dict[str, tuple[ModelConfig, OptimizerConfig]] = {
    "mlp": (MLPConfig(n_hidden=32), SGDConfig(0.1)),
    "mlp-norm": (MLPConfig(n_hidden=32, batch_norm=True), SGDConfig(0.1)),
    "mlp-lecture-4": (MLPConfig(n_hidden=32, batch_norm=True, norm_noise=0.1), SGDConfig(0.1)),
    "deep": (DeepMLPConfig(n_hidden=16, n_layers=2, activation="leaky-relu"), AdamConfig(1e-3)),
    "wavenet": (WaveNetConfig(n_hidden=16, n_embd=8), SGDConfig(0.1)),
}
SEQUENCES: dict[str, tuple[ModelConfig, OptimizerConfig]] = {
    "gpt": (TransformerConfig(n_layers=2, n_head=2, n_embd=16, block_size=8), AdamWConfig(1e-3)),
    "gpt-dropout": (TransformerConfig(n_layers=1, n_head=2, n_embd=16, block_size=8, dropout=0.2), AdamWConfig(1e-3)),
    "cnn": (CausalConvConfig(n_layers=3, n_hidden=16, n_embd=16, block_size=8), AdamWConfig(1e-3)),
}
NETS = {"by_hand": WINDOWS, "minitorch": WINDOWS | SEQUENCES, "compiled": WINDOWS, "fused": SEQUENCES}
CASES = [(engine, *net) for engine, nets in NETS.items() for net in nets.values()]


@pytest.mark.parametrize(
    ("engine", "model", "optimizer"), CASES, ids=[f"{engine}-{name}" for engine, nets in NETS.items() for name in nets]
)
def test_an_engine_walks_autograds_curve(
    engine: str, model: ModelConfig, optimizer: OptimizerConfig, data: DataConfig
) -> None:
    config = RunConfig(data, model, optimizer)
    reference, ours = (Trainer(replace(config, engine=e), data.load()) for e in ("autograd", engine))
    np.testing.assert_allclose(ours.advance(STEPS), reference.advance(STEPS), atol=1e-4)
    for name, tensor in reference.model.state().items():  # running statistics too
        torch.testing.assert_close(ours.model.state()[name], tensor, atol=1e-3, rtol=1e-3, msg=name)
    assert ours.evaluate("val") == pytest.approx(reference.evaluate("val"), abs=1e-4)


QUICK = [engine for engine in ENGINES if engine != "torch_compile"]  # which takes a minute to begin


@pytest.mark.parametrize("engine", QUICK)
def test_looking_at_a_step_does_not_leave_the_curve(engine: str, data: DataConfig) -> None:
    config = RunConfig(data, MLPConfig(n_hidden=16), engine=engine)
    one, other = (Trainer(config, data.load()) for _ in range(2))
    walked = [*one.advance(5), one.step().loss, *one.advance(5)]
    np.testing.assert_allclose(walked, other.advance(11), atol=1e-6)


@pytest.mark.parametrize("net", SEQUENCES.values(), ids=SEQUENCES)
def test_the_reference_is_torch_alone(
    net: tuple[ModelConfig, OptimizerConfig], data: DataConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None of our loops is asked, so that a script of torch alone gives the same digits."""
    losses = Trainer(RunConfig(data, *net, engine="autograd"), data.load()).advance(3)

    def never() -> object:
        raise AssertionError

    monkeypatch.setattr(one_pass, "loops", never)
    monkeypatch.setattr(fused_layers, "loops", never)
    np.testing.assert_array_equal(Trainer(RunConfig(data, *net, engine="autograd"), data.load()).advance(3), losses)
    with pytest.raises(AssertionError):
        Trainer(RunConfig(data, *net, engine="fused"), data.load()).advance(1)


def test_lecture_5s_bug_is_differentiated_by_hand_as_well(data: DataConfig) -> None:
    config = RunConfig(data, WaveNetConfig(n_hidden=16, n_embd=8, norm_positions=False))
    reference, ours = (Trainer(replace(config, engine=e), data.load()) for e in ("autograd", "by_hand"))
    assert any(isinstance(layer, PerPositionBatchNorm1d) for layer in ours.model.layers.values())
    np.testing.assert_allclose(ours.advance(20), reference.advance(20), atol=1e-4)


KNOWS_ALL = ("fused",)


@pytest.mark.parametrize("engine", [engine for engine in NETS if engine not in KNOWS_ALL])
def test_a_model_that_an_engine_does_not_know_is_refused_in_one_sentence(engine: str, data: DataConfig) -> None:
    with pytest.raises(InputError, match=r"but got \w+; choose autograd\.$"):
        Trainer(RunConfig(data, MODELS["counting"](), engine=engine), data.load())


def test_torch_compile_asks_for_a_compiler(data: DataConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(InputError, match="finds no C\\+\\+ compiler"):
        Trainer(RunConfig(data, MLPConfig(n_hidden=16), engine="torch_compile"), data.load())


@pytest.mark.slow
def test_torch_compile_walks_autograds_curve(data: DataConfig) -> None:
    config = RunConfig(data, *SEQUENCES["gpt"])
    reference, ours = (Trainer(replace(config, engine=e), data.load()) for e in ("autograd", "torch_compile"))
    np.testing.assert_allclose(ours.advance(20), reference.advance(20), atol=1e-4)
