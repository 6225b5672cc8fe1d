"""Writings of one network in lockstep: the same curves as alone, and every difference found where it was made."""

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from makemore_core.config import RunConfig
from makemore_core.datasets import DataConfig
from makemore_core.errors import InputError
from makemore_core.models import ModelConfig
from makemore_core.models.deep_mlp import DeepMLPConfig
from makemore_core.models.mlp import MLPConfig
from makemore_core.models.three_forms import ModuleMLPConfig, TensorsMLPConfig
from makemore_core.models.transformer import TransformerConfig
from makemore_core.models.wavenet import WaveNetConfig
from makemore_core.optimizers import AdamConfig, SGDConfig
from makemore_core.schedules import ConstantConfig, DropConfig
from makemore_core.tasks import Report, Tasks, TaskState
from makemore_core.training.curve import LAST
from makemore_core.training.lockstep import Lockstep, train_together
from makemore_core.training.trainer import Trainer
from makemore_core.training.walker import UNTIMED
from makemore_core.training.walks import Together, Writing, on_engines
from tests.conftest import wait_until

SIZE: dict[str, Any] = {"n_hidden": 16, "n_embd": 4}
FORMS = {"raw": TensorsMLPConfig, "layers": MLPConfig, "module": ModuleMLPConfig}
NETS: dict[str, ModelConfig] = {
    "mlp": MLPConfig(**SIZE),
    "lecture 4": MLPConfig(**SIZE, batch_norm=True, norm_noise=0.1),
    "deep, LeakyReLU": DeepMLPConfig(**SIZE, n_layers=3, activation="leaky-relu"),
    "wavenet": WaveNetConfig(**SIZE),
}
ENGINES = ("autograd", "by_hand", "minitorch", "compiled")


def by_engines(data: DataConfig, model: ModelConfig, engines: Sequence[str]) -> list[Writing]:
    return list(on_engines(RunConfig(data, model, SGDConfig(0.1)), dict(zip(engines, engines, strict=True))))


def trained(writings: Sequence[Writing], steps: int, dtype: torch.dtype = torch.float32) -> Together:
    dataset = writings[0].config.data.load()
    return train_together(writings, dataset, steps, Report(), dtype=dtype)


def test_three_forms_are_equal_to_the_bit(data: DataConfig) -> None:
    config = RunConfig(data, optimizer=SGDConfig(0.152), schedule=ConstantConfig(), engine="autograd")
    writings = [Writing(name, replace(config, model=form(**SIZE))) for name, form in FORMS.items()]
    together = trained(writings, 200)
    for walk in together.others:
        assert walk.is_equal
        assert not np.any(walk.apart[:, LAST])
        assert list(walk.parameters) == ["net.C", "net.W1", "net.b1", "net.W2", "net.b2"]
        assert {value for values in walk.parameters.values() for value in values} == {0.0}
        assert walk.split_losses == together.first.split_losses
        assert together.verdict(walk) == f"{walk.name}: every loss and every parameter equals that of raw to the bit."


@pytest.mark.parametrize("net", NETS.values(), ids=NETS)
def test_by_hand_stays_beside_autograd_as_far_as_float32_tells(net: ModelConfig, data: DataConfig) -> None:
    """At a kink a rounding error becomes a real one, and grows: so few steps for LeakyReLU."""
    together = trained(by_engines(data, net, ENGINES[:2]), 40)
    (by_hand,) = together.others
    assert by_hand.relative_apart < 1e-5
    assert max(by_hand.relative.values()) < 1e-4


def test_a_bias_without_effect_may_drift_off_and_is_said_to(data: DataConfig) -> None:
    """BatchNorm takes the mean away, so the bias before it has a gradient of 0 but for rounding; Adam divides by it."""
    config = RunConfig(data, NETS["lecture 4"], AdamConfig(0.01))
    together = trained(on_engines(config, {"torch": "autograd", "hand": "by_hand"}), 100)
    (by_hand,) = together.others
    drifted = {name for name, values in by_hand.parameters.items() if values[-1] > 1e-3}
    assert drifted == {"hidden.bias"}
    assert by_hand.relative_apart < 1e-5
    assert "in hidden.bias: the loss does not feel them" in together.verdict(by_hand)


@pytest.mark.parametrize("net", NETS.values(), ids=NETS)
def test_in_float64_the_difference_falls_with_the_rounding(net: ModelConfig, data: DataConfig) -> None:
    together = trained(by_engines(data, net, ENGINES[:3]), 40, torch.float64)
    for walk in together.others:
        assert 0 < walk.relative_apart < 1e-12
        assert max(max(values) for values in walk.parameters.values()) < 1e-12


def test_the_kernel_says_why_it_is_left_out_of_float64(data: DataConfig) -> None:
    together = trained(by_engines(data, NETS["mlp"], ENGINES), 3, torch.float64)
    assert list(together.left_out) == ["compiled"]
    assert "float32" in together.left_out["compiled"]


@pytest.mark.parametrize("optimizer", [SGDConfig(0.1), AdamConfig()], ids=lambda optimizer: optimizer.name)
def test_each_walks_as_it_does_alone(optimizer: SGDConfig | AdamConfig, data: DataConfig) -> None:
    net = NETS["lecture 4"]
    writings = [Writing(engine, RunConfig(data, net, optimizer, engine=engine)) for engine in ENGINES]
    lockstep = Lockstep(writings, data.load())
    while lockstep.steps < 150:
        lockstep.turn(150)
    for writing, walker in zip(writings, lockstep.walkers, strict=True):
        alone = Trainer(writing.config, data.load())
        assert walker.losses.rows()[:, LAST].tolist() == alone.advance(150).tolist()
        for name, parameter in alone.parameters.items():
            assert torch.equal(parameter, walker.trainer.parameters[name])
        assert torch.equal(alone.generator.get_state(), walker.trainer.generator.get_state())


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("other_at", [1, 37, 63, 64])
def test_the_first_other_step_is_found(engine: str, other_at: int, data: DataConfig) -> None:
    """A rate that drops earlier leaves other parameters after that very step, and another loss at the next."""
    late = RunConfig(data, NETS["mlp"], SGDConfig(0.1), DropConfig(drop_at=10_000), engine=engine)
    early = replace(late, schedule=DropConfig(drop_at=other_at))
    lockstep = Lockstep([Writing("late", late), Writing("early", early)], data.load())
    lockstep.advance(1)
    lockstep.advance(63)
    lockstep.advance(10)
    (walk,) = lockstep.together(74).others
    alone = [Trainer(config, data.load()).advance(74) for config in (late, early)]
    assert walk.first_update == other_at
    assert f"the loss of step {other_at + 1} and in the update of step {other_at}," in lockstep.together(74).verdict(
        walk
    )
    assert walk.first_loss == other_at + 1 == np.flatnonzero(alone[0] != alone[1])[0]
    np.testing.assert_array_equal(walk.losses[:, LAST][-5:], alone[1][-5:])


def test_those_that_see_other_batches_are_refused(data: DataConfig) -> None:
    config = RunConfig(data, NETS["mlp"])
    for other in (replace(config, seed=1), replace(config, batch_size=8)):
        with pytest.raises(InputError, match="must see the same batches"):
            Lockstep([Writing("one", config), Writing("other", other)], data.load())


def test_what_an_engine_does_not_know_is_left_out_with_its_sentence(data: DataConfig) -> None:
    together = trained(by_engines(data, TransformerConfig(n_embd=8, n_head=2, n_layers=1), ENGINES), 5)
    assert [walk.name for walk in together.walks] == ["autograd", "minitorch"]
    assert set(together.left_out) == {"by_hand", "compiled"}


def test_another_network_is_left_out_with_its_shapes(data: DataConfig) -> None:
    config = RunConfig(data, NETS["mlp"])
    larger = replace(config, model=MLPConfig(n_hidden=20, n_embd=4))
    together = trained([Writing("small", config), Writing("large", larger)], 2)
    assert "12x16" in together.left_out["large"]
    assert "12x20" in together.left_out["large"]


def test_only_their_own_steps_are_timed(data: DataConfig) -> None:
    started = time.perf_counter()
    together = trained(by_engines(data, NETS["mlp"], ENGINES), 100)
    elapsed = time.perf_counter() - started
    assert [walk.steps for walk in together.walks] == [100 - UNTIMED] * len(ENGINES)
    assert 0 < sum(walk.seconds for walk in together.walks) < elapsed
    for walk in together.walks:
        assert together.times(walk) == pytest.approx(together.first.seconds / walk.seconds)


def test_a_long_walk_is_thinned(data: DataConfig) -> None:
    together = trained(by_engines(data, MLPConfig(n_hidden=4, n_embd=2), ["compiled", "auto"]), 20_000)
    octaves = (20_000).bit_length()
    for walk in together.walks:
        assert len(walk.losses) <= 64 * octaves
    assert len(together.measured) <= 16 * octaves + 1
    assert together.measured[-1] == together.evaluated[-1] == 20_000


def test_it_shows_what_there_is_and_ends_when_nobody_wants_it(data: DataConfig) -> None:
    writings = by_engines(data, NETS["mlp"], ENGINES[:2])
    tasks = Tasks()
    task = tasks.begin("both", lambda report: train_together(writings, data.load(), 10_000_000, report))
    wait_until(lambda: task.report.so_far is not None and task.report.so_far.steps > 100)
    so_far: Together = task.report.so_far
    assert so_far.max_steps == 10_000_000
    assert len(so_far.others[0].parameters["output.weight"]) == len(so_far.measured)
    task.cancel()
    assert task.wait(1.0).state == TaskState.CANCELLED
    tasks.close()


def test_a_loss_that_runs_off_is_told(data: DataConfig) -> None:
    config = RunConfig(data, DeepMLPConfig(**SIZE, activation="relu", batch_norm=False), SGDConfig(100.0))
    with pytest.raises(InputError, match="no longer a number at step"):
        trained([Writing("wild", config), Writing("same", config)], 1000)


def test_no_number_of_steps_takes_one_that_fits_the_time(data: DataConfig) -> None:
    writings = by_engines(data, NETS["mlp"], ENGINES[:2])
    short = train_together(writings, data.load(), 0, Report(), seconds=0.2)
    assert str(short.steps).rstrip("0") in {"1", "15", "2", "3", "5", "7"}
    assert sum(walk.seconds for walk in short.walks) < 2.0
