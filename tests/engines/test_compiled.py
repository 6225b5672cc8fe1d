"""The kernel walks autograd's way: its formulas, every optimizer, and what it keeps from one call to the next."""

from dataclasses import replace

import numpy as np
import pytest
import threadpoolctl
import torch
from hypothesis import given
from hypothesis import strategies as st

from makemore_core.config import RunConfig
from makemore_core.datasets import DataConfig
from makemore_core.engines import compiled, kernel, loops, name_of, products
from makemore_core.engines.compiled import Compiled
from makemore_core.errors import InputError
from makemore_core.models import ModelConfig
from makemore_core.models.bigram import BigramConfig
from makemore_core.models.counting import CountingConfig
from makemore_core.models.deep_mlp import DeepMLPConfig
from makemore_core.models.mlp import MLPConfig
from makemore_core.models.recurrent import RNNConfig
from makemore_core.models.transformer import TransformerConfig
from makemore_core.models.wavenet import WaveNetConfig
from makemore_core.optimizers import (
    AdamConfig,
    AdamWConfig,
    MomentumConfig,
    OptimizerConfig,
    RMSPropConfig,
    SGDConfig,
)
from makemore_core.schedules import CosineConfig
from makemore_core.training.trainer import Trainer

STEPS = 200
MLP = MLPConfig(n_hidden=16, n_embd=4)
MODELS: dict[str, ModelConfig] = {
    "mlp": MLP,
    "mlp-plain": replace(MLP, kaiming=False, hidden_bias_scale=1.0, output_scale=1.0, output_bias_scale=1.0),
    "mlp-norm": replace(MLP, batch_norm=True),
    "mlp-lecture-4": replace(MLP, batch_norm=True, norm_noise=0.1),
    "deep": DeepMLPConfig(n_hidden=16, n_layers=3, n_embd=4),
    "deep-relu": DeepMLPConfig(n_hidden=16, n_layers=3, n_embd=4, activation="relu", norm_output=False, bias=True),
    "deep-leaky": DeepMLPConfig(n_hidden=16, n_layers=3, n_embd=4, activation="leaky-relu", batch_norm=False),
    "wavenet": WaveNetConfig(n_hidden=16, n_embd=4),
    "wavenet-bias": WaveNetConfig(n_hidden=16, n_embd=4, fuse=4, block_size=16, bias=True, output_bias=False),
}
OPTIMIZERS: dict[str, OptimizerConfig] = {
    "sgd-decay": SGDConfig(0.1, weight_decay=0.01),
    "momentum": MomentumConfig(0.01),
    "nesterov": MomentumConfig(0.01, nesterov=True, weight_decay=0.01),
    "rmsprop": RMSPropConfig(1e-3),
    "adam": AdamConfig(1e-3),
    "adam-decay": AdamConfig(1e-3, weight_decay=0.1),
    "adamw": AdamWConfig(1e-3),
}


def both(config: RunConfig) -> tuple[Trainer, Trainer]:
    """The reference and the kernel."""
    reference, ours = (
        Trainer(replace(config, engine=engine), config.data.load()) for engine in ("autograd", "compiled")
    )
    return reference, ours


def assert_same(ours: Trainer, reference: Trainer, tolerance: float) -> None:
    for name, tensor in reference.model.state().items():
        torch.testing.assert_close(ours.model.state()[name], tensor, atol=tolerance, rtol=tolerance, msg=name)


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_the_kernel_walks_autograds_way_for_200_steps(model: ModelConfig, data: DataConfig) -> None:
    reference, ours = both(RunConfig(data, model, SGDConfig(0.1)))
    np.testing.assert_allclose(ours.advance(STEPS), reference.advance(STEPS), atol=1e-4)
    assert_same(ours, reference, 1e-3)


@pytest.mark.parametrize("optimizer", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_every_optimizer_moves_as_the_reference_does(optimizer: OptimizerConfig, data: DataConfig) -> None:
    # without batch norm: there Adam blows up what is only rounding, the gradient of a bias that does nothing
    config = RunConfig(data, MLP, optimizer, CosineConfig(over=50))
    reference, ours = both(config)
    np.testing.assert_allclose(ours.advance(50), reference.advance(50), atol=1e-5)
    assert_same(ours, reference, 1e-4)
    assert ours.optimizer.state.keys() == reference.optimizer.state.keys()
    for name, tensor in reference.optimizer.state.items():
        torch.testing.assert_close(ours.optimizer.state[name], tensor, atol=1e-5, rtol=1e-3, msg=name)
    assert (ours.optimizer.steps, ours.optimizer.learning_rate) == (50, reference.optimizer.learning_rate)


def test_adam_with_batch_norm_learns_as_well_as_the_reference(data: DataConfig) -> None:
    reference, ours = both(RunConfig(data, MODELS["deep"], AdamConfig(1e-2)))
    ours.advance(STEPS)
    reference.advance(STEPS)
    assert ours.evaluate("train") == pytest.approx(reference.evaluate("train"), abs=0.05)


@pytest.mark.parametrize("size", [0, 1, 7, 64])
def test_any_batch_size_and_clipping(size: int, data: DataConfig) -> None:
    reference, ours = both(RunConfig(data, MLP, SGDConfig(0.5), batch_size=size, clip=0.1))
    np.testing.assert_allclose(ours.advance(30), reference.advance(30), atol=1e-5)
    assert_same(ours, reference, 1e-4)


@pytest.mark.parametrize("optimizer", [SGDConfig(0.1), AdamConfig(1e-2)], ids=["sgd", "adam"])
def test_it_does_not_matter_how_the_steps_are_divided(optimizer: OptimizerConfig, data: DataConfig) -> None:
    config = RunConfig(data, MODELS["deep"], optimizer, engine="compiled")
    one, other = (Trainer(config, data.load()) for _ in range(2))
    divided = [*one.advance(1), *one.advance(30), one.step().loss, *one.advance(8)]
    assert divided == other.advance(40).tolist()
    assert all(torch.equal(tensor, other.state()[name]) for name, tensor in one.state().items())


@pytest.mark.parametrize("optimizer", [SGDConfig(0.1), AdamConfig(1e-2)], ids=["sgd", "adam"])
def test_a_loaded_state_goes_on_bit_for_bit(optimizer: OptimizerConfig, data: DataConfig) -> None:
    config = RunConfig(data, MODELS["mlp-norm"], optimizer, engine="compiled")
    whole, first, second = (Trainer(config, data.load()) for _ in range(3))
    whole.advance(60)
    first.advance(25)
    second.advance(7)  # somewhere else
    second.load(first.state())
    second.advance(35)
    assert all(torch.equal(tensor, second.state()[name]) for name, tensor in whole.state().items())


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
@pytest.mark.parametrize("most", [None, 30])
def test_a_split_has_the_loss_that_the_model_says(model: ModelConfig, most: int | None, data: DataConfig) -> None:
    ours = Trainer(RunConfig(data, model, SGDConfig(0.1), engine="compiled"), data.load())
    ours.advance(50)
    assert isinstance(ours.engine, Compiled)
    before = {name: tensor.clone() for name, tensor in ours.state().items()}
    cuts = ours.model.cut(ours.dataset.tokens("train", most))
    assert ours.engine.mean_nats(cuts) == pytest.approx(ours.model.mean_nats(cuts), abs=1e-6)
    assert all(torch.equal(tensor, before[name]) for name, tensor in ours.state().items())


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_one_batch_has_the_reference_s_loss_and_gradients(model: ModelConfig, data: DataConfig) -> None:
    reference, ours = both(RunConfig(data, model))
    x, y = reference.batch()
    for trainer in (reference, ours):
        loss = trainer.engine.loss(x, y)
        loss.backward()
        assert loss.item() == pytest.approx(reference.model.loss(x, y).item(), abs=1e-6)
    for name, parameter in reference.parameters.items():
        torch.testing.assert_close(ours.parameters[name].grad, parameter.grad, atol=1e-6, rtol=1e-4, msg=name)


def test_the_kernel_works_on_the_parameters_own_memory(data: DataConfig) -> None:
    trainer = Trainer(RunConfig(data, MODELS["deep"], engine="compiled"), data.load())
    parameter = trainer.parameters["linear1.weight"]
    place, before = parameter.data_ptr(), parameter.detach().clone()
    trainer.advance(1)
    assert parameter.data_ptr() == place
    assert not torch.equal(parameter.detach(), before)


def test_a_net_that_diverges_shows_it(data: DataConfig) -> None:
    trainer = Trainer(RunConfig(data, MODELS["deep-leaky"], SGDConfig(100.0), engine="compiled"), data.load())
    assert not np.isfinite(trainer.advance(50)[-1])


REFUSED = {
    "counting": CountingConfig(),
    "bigram": BigramConfig(),
    "rnn": RNNConfig(block_size=8),
    "transformer": TransformerConfig(n_layers=1, n_embd=16, n_head=2, block_size=8),
    "lecture-5-bug": WaveNetConfig(n_hidden=16, n_embd=4, norm_positions=False),
}


@pytest.mark.parametrize("model", REFUSED.values(), ids=REFUSED)
def test_auto_takes_our_loops_where_the_kernel_does_not_know_the_model(model: ModelConfig, data: DataConfig) -> None:
    assert name_of(Trainer(RunConfig(data, model), data.load()).engine) == "fused"
    with pytest.raises(InputError, match=r"choose autograd\.$"):
        Trainer(RunConfig(data, model, engine="compiled"), data.load())


@pytest.mark.parametrize("engine", ["auto", "compiled"])
def test_without_numba_autograd_trains(engine: str, data: DataConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(Trainer(RunConfig(data, MLP, engine=engine), data.load()).engine, Compiled)
    monkeypatch.setattr(products, "NEEDS", ("no_such_package",))
    trainer = Trainer(RunConfig(data, MLP, engine=engine), data.load())
    assert trainer.engine is trainer.model


@given(st.lists(st.floats(-100, 100, width=32), min_size=1, max_size=50))
def test_tanh_is_tanh_to_a_few_units_of_the_last_place(numbers: list[float]) -> None:
    ours = [loops.tanh(np.float32(x)) for x in numbers]
    np.testing.assert_allclose(ours, np.tanh(np.array(numbers, np.float64)), rtol=5e-7, atol=1e-30)


@given(st.lists(st.floats(-100, 0, width=32), min_size=1, max_size=50))
def test_exp_is_exp_to_rounding_of_1(numbers: list[float]) -> None:
    ours = [loops.exp(np.float32(x)) for x in numbers]
    # squared five times, an error of half an ulp of 1 becomes 32 of them; the largest of 44 million numbers is 1.7e-6
    np.testing.assert_allclose(ours, np.exp(np.array(numbers, np.float64)), rtol=0, atol=32 * 2.0**-24)


def test_the_warm_up_compiles_what_training_calls(data: DataConfig) -> None:
    compiled.warm_up()
    forms = len(kernel.train.signatures)
    Trainer(RunConfig(data, MODELS["deep"], engine="compiled"), data.load()).advance(1)
    assert len(kernel.train.signatures) == forms == 1


def test_products_have_one_thread() -> None:
    compiled.warm_up()
    libraries = [library for library in threadpoolctl.threadpool_info() if library["user_api"] == "blas"]
    assert {library["num_threads"] for library in libraries} == {1}
