"""The thread around a trainer: it obeys at once, never dies silently, and goes on exactly where it stopped."""

import math
import re
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest
import torch

from makemore_core.config import RunConfig
from makemore_core.datasets import DataConfig
from makemore_core.diagnostics import DIAGNOSTICS
from makemore_core.models import ModelConfig
from makemore_core.models.deep_mlp import DeepMLPConfig
from makemore_core.models.mlp import MLPConfig
from makemore_core.optimizers import AdamConfig, OptimizerConfig, SGDConfig
from makemore_core.training import spacing
from makemore_core.training.curve import STEPS, bucketed
from makemore_core.training.divergence import explain
from makemore_core.training.manager import RunManager
from makemore_core.training.pace import Pace
from makemore_core.training.reader import AnyRun
from makemore_core.training.recorder import RunState
from makemore_core.training.run import Command
from makemore_core.training.spacing import KEPT, is_on_grid
from makemore_core.training.store import RunStore
from makemore_core.training.trainer import Trainer
from tests.conftest import holds_for, shown, wait_until

STEPS_OF_A_SHORT_RUN = 1_200  # beyond 1,024, where a bucket of the curve holds two steps
NETS: dict[str, tuple[ModelConfig, OptimizerConfig]] = {
    "mlp-sgd": (MLPConfig(n_hidden=8, n_embd=4, batch_norm=True), SGDConfig(0.1)),
    "deep-adam": (DeepMLPConfig(n_hidden=8, n_embd=4, n_layers=2), AdamConfig(1e-2)),
}
each_net = pytest.mark.parametrize("net", NETS.values(), ids=NETS)


@pytest.fixture
def looks_are_free(monkeypatch: pytest.MonkeyPatch) -> None:
    """All kept steps are looked at, however slow the machine."""
    monkeypatch.setattr(spacing, "GRANT", math.inf)


free_looks = pytest.mark.usefixtures("looks_are_free")


def state_is(run: AnyRun, state: RunState) -> Callable[[], bool]:
    return lambda: shown(run).progress.state == state


def short(data: DataConfig, net: tuple[ModelConfig, OptimizerConfig], seed: int = 1) -> RunConfig:
    return RunConfig(data, *net, max_steps=STEPS_OF_A_SHORT_RUN, seed=seed)


def finished(run: AnyRun) -> AnyRun:
    wait_until(state_is(run, RunState.FINISHED))
    return run


def assert_equal_runs(one: AnyRun, other: AnyRun) -> None:
    """Bit for bit: parameters, optimizer, generator and step, and all that was shown."""
    its_state = other.trainer.state()
    assert one.trainer.state().keys() == its_state.keys()
    assert all(torch.equal(tensor, its_state[name]) for name, tensor in one.trainer.state().items())
    assert np.array_equal(shown(one).losses, shown(other).losses)
    assert shown(one).evaluations == shown(other).evaluations
    assert shown(one).observations == shown(other).observations


def test_a_run_trains_to_its_last_step_and_is_finished(manager: RunManager, data: DataConfig) -> None:
    run = finished(manager.start(short(data, NETS["mlp-sgd"])))
    snapshot = shown(run)
    assert snapshot.progress.step == snapshot.losses[:, STEPS].sum() == STEPS_OF_A_SHORT_RUN
    assert snapshot.shown is not None
    assert snapshot.shown.step == STEPS_OF_A_SHORT_RUN - 1  # the last step is always seen
    assert snapshot.shown.readings.keys() == DIAGNOSTICS.keys()
    assert snapshot.evaluations[-1].step == STEPS_OF_A_SHORT_RUN
    run.join()
    assert not run.is_alive


@each_net
def test_a_run_is_the_trainers_own_trajectory(
    manager: RunManager, data: DataConfig, net: tuple[ModelConfig, OptimizerConfig]
) -> None:
    run = finished(manager.start(short(data, net), loss_at=(0, 999)))
    trainer = Trainer(short(data, net), data.load())
    losses = trainer.advance(STEPS_OF_A_SHORT_RUN)
    assert all(map(torch.equal, run.trainer.state().values(), trainer.state().values()))
    assert np.array_equal(shown(run).losses, bucketed(0, losses))
    assert run.loss_at == {0: losses[0], 999: losses[999]}
    assert shown(run).evaluations[-1].val == trainer.evaluate("val")


def test_what_is_kept_lies_on_the_coarse_grid(
    manager: RunManager, data: DataConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where there is time enough for all of it."""
    monkeypatch.setattr(spacing, "GRANT", math.inf)
    snapshot = shown(finished(manager.start(short(data, NETS["mlp-sgd"]))))
    kept = [step for step in range(STEPS_OF_A_SHORT_RUN) if is_on_grid(step, KEPT)]
    assert [o.step for o in snapshot.observations] == [*kept, STEPS_OF_A_SHORT_RUN - 1]
    assert [e.step for e in snapshot.evaluations] == [*kept, STEPS_OF_A_SHORT_RUN]


def test_patience_hangs_on_no_clock(manager: RunManager, data: DataConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that has no time to look ends at the same step, with the same net, as one that has all of it."""
    config = replace(short(data, NETS["mlp-sgd"]), optimizer=SGDConfig(1.0), patience=300, max_steps=100_000)
    ends: list[AnyRun] = []
    for grant in (math.inf, -math.inf):
        monkeypatch.setattr(spacing, "GRANT", grant)
        ends.append(finished(manager.start(config)))
    one, other = ends
    assert shown(one).progress.step < config.max_steps
    assert shown(one).evaluations == shown(other).evaluations
    assert all(torch.equal(tensor, one.trainer.state()[name]) for name, tensor in other.trainer.state().items())


def test_the_live_view_is_fresh_where_the_kept_steps_lie_far_apart(manager: RunManager, config: RunConfig) -> None:
    def latest() -> int:
        observation = shown(run).shown
        return observation.step if observation else -1

    run = manager.start(config)
    wait_until(lambda: latest() > 100_000)
    wait_until(lambda: not is_on_grid(latest(), KEPT))


def test_a_run_started_paused_has_done_nothing(manager: RunManager, config: RunConfig) -> None:
    run = manager.start(config, paused=True)
    assert holds_for(0.1, lambda: run.trainer.number == 0)
    assert shown(run).progress.state == RunState.PAUSED


def test_pause_holds_the_step_and_play_goes_on(manager: RunManager, config: RunConfig) -> None:
    run = manager.start(config)
    wait_until(lambda: shown(run).progress.step > 10)
    run.send(Command.PAUSE)
    wait_until(state_is(run, RunState.PAUSED))
    step = shown(run).progress.step
    assert holds_for(0.1, lambda: run.trainer.number == shown(run).progress.step == step)
    run.send(Command.PLAY)
    wait_until(lambda: shown(run).progress.step > step)
    assert shown(run).progress.state == RunState.RUNNING


def test_pause_leaves_a_checkpoint_of_its_step(manager: RunManager, config: RunConfig) -> None:
    run = manager.start(config)
    wait_until(lambda: shown(run).progress.step > 10)
    run.send(Command.PAUSE)
    wait_until(lambda: manager.store.run(run.id).progress.state == RunState.PAUSED)
    checkpoint = manager.store.checkpoint(run.id)
    assert checkpoint is not None
    assert checkpoint["step"].item() == run.trainer.number == manager.store.run(run.id).progress.step


def test_a_single_step_is_exactly_one(manager: RunManager, config: RunConfig) -> None:
    run = manager.start(config, paused=True)
    for step in range(1, 6):
        run.send(Command.STEP)
        wait_until(lambda: shown(run).progress.step > 0 and shown(run).progress.step == step)  # noqa: B023
        assert holds_for(0.02, lambda: run.trainer.number == step)  # noqa: B023
        latest = shown(run).shown
        assert latest is not None
        assert latest.step == step - 1


def test_a_single_step_pauses_a_run_that_trains(manager: RunManager, config: RunConfig) -> None:
    run = manager.start(config)
    wait_until(lambda: shown(run).progress.step > 10)
    run.send(Command.STEP)
    wait_until(state_is(run, RunState.PAUSED))


@free_looks
def test_single_steps_to_the_end_are_a_whole_run(manager: RunManager, data: DataConfig) -> None:
    config = replace(short(data, NETS["mlp-sgd"]), max_steps=70)  # steps 65, 67 and 69 are on no grid
    stepped = manager.start(config, paused=True)
    for _ in range(70):
        stepped.send(Command.STEP)
    assert_equal_runs(finished(stepped), finished(manager.start(config)))


def test_stop_answers_within_half_a_second_and_leaves_a_checkpoint(manager: RunManager, config: RunConfig) -> None:
    run = manager.start(config)
    wait_until(lambda: shown(run).progress.step > 100)
    asked = time.monotonic()
    run.send(Command.STOP)
    wait_until(state_is(run, RunState.STOPPED))
    assert time.monotonic() - asked < 0.5
    checkpoint = manager.store.checkpoint(run.id)
    assert checkpoint is not None
    assert checkpoint["step"].item() == shown(run).progress.step == run.trainer.number
    assert np.array_equal(manager.store.losses(run.id), shown(run).losses)


def test_a_paused_run_stops(manager: RunManager, config: RunConfig) -> None:
    run = manager.start(config, paused=True)
    run.send(Command.STOP)
    wait_until(state_is(run, RunState.STOPPED))


def test_commands_are_compared_as_text(manager: RunManager, config: RunConfig) -> None:
    # Streamlit's reload makes a new Command class, while the run keeps the old one
    run = manager.start(config)
    run.send("stop")  # pyright: ignore[reportArgumentType]: stands for the other class
    wait_until(state_is(run, RunState.STOPPED))


@free_looks
@pytest.mark.parametrize(
    ("engine", "steps"), [("autograd", STEPS_OF_A_SHORT_RUN), pytest.param("compiled", 60_000, marks=pytest.mark.long)]
)
@each_net
def test_a_resumed_run_equals_one_that_was_never_interrupted(
    manager: RunManager,
    data: DataConfig,
    net: tuple[ModelConfig, OptimizerConfig],
    engine: str,
    steps: int,
) -> None:
    config = replace(short(data, net), engine=engine, max_steps=steps)
    whole = finished(manager.start(config))
    broken = manager.start(config)
    for share in (0.05, 0.3, 0.5):
        wait_until(lambda: shown(broken).progress.step >= share * config.max_steps)  # noqa: B023
        broken.send(Command.STOP)
        wait_until(lambda: not shown(broken).progress.is_alive)  # noqa: B023
        with closing(RunStore(manager.store.path)) as fresh:  # as after a restart of the process
            again = RunManager(fresh)
            broken = again.resume(broken.id, paused=True)
            again.close()
        broken = manager.resume(broken.id)
    assert_equal_runs(finished(broken), whole)
    broken.join()
    assert np.array_equal(manager.store.losses(broken.id), manager.store.losses(whole.id))
    assert manager.store.observations(broken.id) == manager.store.observations(whole.id)


def test_a_slow_run_keeps_its_pace_and_obeys_at_once(manager: RunManager, config: RunConfig) -> None:
    run = manager.start(config, pace=Pace(20.0))
    started = time.monotonic()
    wait_until(lambda: shown(run).progress.step >= 10)
    assert time.monotonic() - started > 9 / 20
    assert shown(run).progress.steps_per_second < 20.001
    manager.set_pace(run.id, Pace(0.5))
    time.sleep(0.2)
    asked = time.monotonic()
    run.send(Command.STOP)
    run.join()
    assert time.monotonic() - asked < 1  # though the next step was two seconds away
    manager.resume(run.id, paused=True)
    assert manager.pace(run.id) == Pace(0.5)


@free_looks
def test_a_slow_run_takes_the_same_way(manager: RunManager, data: DataConfig) -> None:
    config = short(data, NETS["mlp-sgd"])
    slow = manager.start(config, pace=Pace(200.0))
    wait_until(lambda: shown(slow).progress.step >= 20)
    manager.set_pace(slow.id, Pace())
    assert_equal_runs(finished(slow), finished(manager.start(config)))


@free_looks
def test_two_runs_at_once_equal_their_solo_runs(manager: RunManager, data: DataConfig) -> None:
    configs = [short(data, net, seed) for seed, net in enumerate(NETS.values())]
    together = [manager.start(config) for config in configs]
    for run in together:
        finished(run)
    for run, config in zip(together, configs, strict=True):
        assert_equal_runs(run, finished(manager.start(config)))


@pytest.mark.parametrize("single_steps", [False, True])
def test_a_diverging_run_ends_with_a_reason_and_a_way_out(
    manager: RunManager, data: DataConfig, single_steps: bool
) -> None:
    wild = DeepMLPConfig(n_hidden=8, n_embd=4, n_layers=6, batch_norm=False, activation="leaky-relu", gain=3)
    run = manager.start(RunConfig(data, wild, SGDConfig(100), max_steps=5_000), paused=single_steps)
    for _ in range(20 * single_steps):
        run.send(Command.STEP)
    wait_until(state_is(run, RunState.DIVERGED))
    message = shown(run).progress.message
    assert re.match(r"At step \d+ the loss was no longer a number: \S.* overflowed", message)
    assert message.endswith("Lower the learning rate.")
    assert manager.row(run.id).progress.message == message
    latest = shown(run).shown  # the last step that still was sound
    assert latest is not None
    assert math.isfinite(latest.readings["loss"].values["batch loss"])  # pyright: ignore[reportAttributeAccessIssue]: Scalars


def test_an_exception_in_the_thread_is_told(manager: RunManager, config: RunConfig) -> None:
    run = manager.start(config, paused=True)
    run.trainer.y.fill_(99)  # no such character
    run.send(Command.PLAY)
    wait_until(state_is(run, RunState.FAILED))
    assert shown(run).progress.message == (
        "At step 0 it failed: IndexError: Target 99 is out of bounds. Play goes on from its last checkpoint."
    )
    run.join()
    assert manager.store.run(run.id).progress.state == RunState.FAILED


def test_a_paused_run_gives_signs_of_life(manager: RunManager, config: RunConfig) -> None:
    run = manager.start(config, paused=True)
    first = manager.store.run(run.id).updated
    wait_until(lambda: manager.store.run(run.id).updated > first, timeout=5)
    assert manager.store.run(run.id).progress.state == RunState.PAUSED


def test_a_training_run_saves_now_and_then(manager: RunManager, config: RunConfig) -> None:
    run = manager.start(config)
    wait_until(lambda: manager.store.run(run.id).progress.step > 0, timeout=5)
    assert manager.store.checkpoint(run.id) is not None


def test_a_checkpoint_at_the_broken_step_is_not_taken_for_the_first_one(data: DataConfig) -> None:
    config = RunConfig(data, DeepMLPConfig(n_hidden=8, n_embd=4), SGDConfig(0.1))
    trainer = Trainer(config, data.load())
    trainer.parameters["linear1.weight"].data.fill_(math.inf)
    assert explain(trainer, 0).startswith("The very first loss is no number: the parameter linear1.weight overflowed")
    trainer.number = 7
    assert explain(trainer, 7).startswith("At step 7 the loss was no longer a number: the parameter linear1.weight")
