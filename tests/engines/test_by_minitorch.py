"""minitorch's gradients are autograd's, and its own loop takes the steps that the four lines take one by one."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from makemore_core.config import RunConfig
from makemore_core.datasets import DataConfig
from makemore_core.engines import BulkEngine, name_of, one_pass
from makemore_core.engines.by_minitorch import SMALL, ByMinitorch
from makemore_core.models import ModelConfig
from makemore_core.models.mlp import MLPConfig
from makemore_core.models.transformer import TransformerConfig
from makemore_core.optimizers import (
    AdamConfig,
    AdamWConfig,
    MomentumConfig,
    OptimizerConfig,
    RMSPropConfig,
    SGDConfig,
)
from makemore_core.training.trainer import Trainer
from tests.engines.nets import (
    LARGEST_DIFFERENCE,
    check,
    largest_difference,
    mixed,
    seeds,
    sequences,
    with_batch_norm,
    without_batch_norm,
)

MLP = MLPConfig(n_hidden=8, n_embd=4)
GPT = TransformerConfig(n_layers=1, n_head=2, n_embd=8, block_size=8)
OPTIMIZERS: dict[str, OptimizerConfig] = {
    "sgd": SGDConfig(0.1),
    "sgd-decay": SGDConfig(0.1, weight_decay=0.1),
    "momentum": MomentumConfig(0.01),
    "nesterov": MomentumConfig(0.01, nesterov=True),
    "rmsprop": RMSPropConfig(1e-3),
    "adam": AdamConfig(1e-3, weight_decay=0.1),
    "adamw": AdamWConfig(1e-3),
}


@pytest.mark.parametrize("dtype", LARGEST_DIFFERENCE, ids=str)
@given(config=st.one_of(without_batch_norm, sequences), V=st.integers(2, 30), B=st.integers(1, 40), seed=seeds)
def test_gradients_equal_autograds(config: ModelConfig, V: int, B: int, seed: int, dtype: torch.dtype) -> None:
    assert largest_difference(check(ByMinitorch, config, V, B, seed, dtype)) <= LARGEST_DIFFERENCE[dtype]


@pytest.mark.parametrize("dtype", LARGEST_DIFFERENCE, ids=str)
@given(config=with_batch_norm, **mixed)
def test_gradients_through_batch_norm_equal_autograds(
    config: ModelConfig, V: int, B: int, seed: int, dtype: torch.dtype
) -> None:
    assert largest_difference(check(ByMinitorch, config, V, B, seed, dtype)) <= LARGEST_DIFFERENCE[dtype]


def in_its_own_loop(config: RunConfig) -> Trainer:
    trainer = Trainer(replace(config, engine="minitorch"), config.data.load())
    assert isinstance(trainer.engine, BulkEngine)
    return trainer


def one_by_one(config: RunConfig) -> Trainer:
    """The same engine, driven by the trainer's four lines."""
    trainer = Trainer(config, config.data.load())
    trainer.engine = ByMinitorch(trainer.model)
    return trainer


def assert_same_steps(config: RunConfig, k: int = 30) -> None:
    ours, theirs = in_its_own_loop(config), one_by_one(config)
    losses = np.concatenate([ours.advance(1), ours.advance(k - 5), ours.advance(4)])
    np.testing.assert_allclose(losses, theirs.advance(k), atol=1e-5)
    assert ours.optimizer.steps == theirs.optimizer.steps == k
    mine, other = ours.state(), theirs.state()
    assert mine.keys() == other.keys()
    for name, tensor in other.items():
        torch.testing.assert_close(mine[name], tensor, atol=1e-5, rtol=1e-4, msg=name)


@pytest.mark.parametrize("optimizer", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_every_optimizer_takes_the_same_steps(optimizer: OptimizerConfig, data: DataConfig) -> None:
    assert_same_steps(RunConfig(data, MLP, optimizer))


@pytest.mark.parametrize("optimizer", ["adam", "rmsprop"])
def test_also_without_numba(optimizer: str, data: DataConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_pass, "loops", lambda: None)
    assert_same_steps(RunConfig(data, MLP, OPTIMIZERS[optimizer]))


@pytest.mark.parametrize("model", [MLPConfig(n_hidden=8, n_embd=4, batch_norm=True), GPT], ids=["norm", "gpt"])
def test_statistics_and_sequences_too(model: ModelConfig, data: DataConfig) -> None:
    assert_same_steps(RunConfig(data, model, SGDConfig(0.1)))


def test_gradients_are_clipped(data: DataConfig) -> None:
    config = RunConfig(data, MLP, SGDConfig(0.1), clip=0.1)
    assert_same_steps(config)
    clipped, free = in_its_own_loop(config), in_its_own_loop(replace(config, clip=0.0))
    start = {name: p.detach().clone() for name, p in clipped.parameters.items()}
    clipped.advance(1)
    free.advance(1)
    way = [
        torch.stack([(p.detach() - start[name]).square().sum() for name, p in trainer.parameters.items()]).sum().sqrt()
        for trainer in (clipped, free)
    ]
    assert way[0].item() == pytest.approx(0.1 * 0.1, rel=1e-3)  # learning rate times the largest norm
    assert way[1] > way[0]


@pytest.mark.parametrize("optimizer", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_a_run_resumes_to_the_bit(optimizer: OptimizerConfig, data: DataConfig) -> None:
    config = RunConfig(data, MLP, optimizer)
    first, second = in_its_own_loop(config), in_its_own_loop(config)
    first.advance(5)
    second.load(first.state())
    assert np.array_equal(first.advance(5), second.advance(5))


def test_dropout_draws_between_batches_so_its_steps_are_taken_one_by_one(data: DataConfig) -> None:
    trainer = Trainer(RunConfig(data, replace(GPT, dropout=0.2), engine="minitorch"), data.load())
    assert not isinstance(trainer.engine, BulkEngine)
    assert name_of(trainer.engine) == name_of(in_its_own_loop(RunConfig(data, GPT)).engine) == "minitorch"


def test_a_large_net_has_the_trainers_loop(data: DataConfig) -> None:
    large = Trainer(RunConfig(data, MLPConfig(n_hidden=1024, n_embd=64), engine="minitorch"), data.load())
    assert len(large.model.joined.data) > SMALL
    assert not isinstance(large.engine, BulkEngine)


def test_a_split_is_scored_as_by_the_model(data: DataConfig) -> None:
    ours = in_its_own_loop(RunConfig(data, MLP))
    reference = Trainer(RunConfig(data, MLP, engine="autograd"), data.load())
    assert ours.evaluate("val") == pytest.approx(reference.evaluate("val"), abs=1e-9)
