"""A run on its way: other settings, other limits, and back to a step at which it was well."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from makemore_core.config import RunConfig
from makemore_core.datasets import DataConfig
from makemore_core.engines import ENGINES
from makemore_core.errors import InputError
from makemore_core.models.deep_mlp import DeepMLPConfig
from makemore_core.optimizers import AdamConfig, SGDConfig
from makemore_core.schedules import ConstantConfig
from makemore_core.training.curve import STEP, STEPS, bucketed
from makemore_core.training.manager import RunManager
from makemore_core.training.marks import CHANGEABLE, Mark, config_after
from makemore_core.training.reader import AnyRun
from makemore_core.training.recorder import Evaluation, Progress, RunState, Snapshot
from makemore_core.training.recovery import WayBack, has_run_off, last_healthy
from makemore_core.training.run import Command
from makemore_core.training.store import RunStore
from makemore_core.training.trainer import Trainer, below
from tests.conftest import shown, wait_until

RATE = "optimizer.learning_rate"
WILD = DeepMLPConfig(n_hidden=8, n_embd=4, n_layers=6, batch_norm=False, activation="leaky-relu", gain=3)


def ended(run: AnyRun) -> Snapshot:
    run.join(60)
    assert not run.is_alive
    return shown(run)


@pytest.fixture
def paused(manager: RunManager, config: RunConfig) -> AnyRun:
    """A run that waits after 20 steps."""
    run = manager.start(replace(config, max_steps=60), paused=True)
    for _ in range(20):
        run.send(Command.STEP)
    wait_until(lambda: shown(run).progress.step == 20)
    return run


@pytest.mark.parametrize("engine", ["auto", "autograd"])
def test_a_changed_rate_and_batch_hold_from_the_coming_step(
    manager: RunManager, config: RunConfig, engine: str
) -> None:
    assert engine in ENGINES
    start = replace(config, max_steps=60, engine=engine)
    run = manager.start(start, paused=True)
    for _ in range(20):
        run.send(Command.STEP)
    wait_until(lambda: shown(run).progress.step == 20)
    run.change({RATE: 0.02, "batch_size": 7})
    run.send(Command.PLAY)
    losses = ended(run).losses
    by_hand = Trainer(start, start.data.load())
    first = by_hand.advance(20)
    slower = replace(start, optimizer=SGDConfig(0.02), batch_size=7)
    other = Trainer(slower, start.data.load())
    other.load(by_hand.state())
    assert np.array_equal(losses, bucketed(0, np.concatenate([first, other.advance(40)])))
    assert shown(run).marks == (Mark(20, "learning rate 0.1 → 0.02, batch size 32 → 7", {RATE: 0.02, "batch_size": 7}),)
    assert manager.config(run.id) == slower


def test_what_a_run_cannot_change_is_refused_at_once(paused: AnyRun, manager: RunManager) -> None:
    with pytest.raises(InputError, match=r"'model.n_hidden'.*one of"):
        manager.change(paused.id, {"model.n_hidden": 9})
    with pytest.raises(InputError, match=r"learning_rate"):
        manager.change(paused.id, {RATE: -1.0})
    assert shown(paused).marks == ()


def test_a_batch_of_one_is_refused_where_batch_norm_needs_two(manager: RunManager, data: DataConfig) -> None:
    run = manager.start(RunConfig(data, DeepMLPConfig(n_hidden=4, n_embd=2, n_layers=1)), paused=True)
    with pytest.raises(InputError, match="2 <= batch_size"):
        manager.change(run.id, {"batch_size": 1})


def test_a_resumed_run_keeps_what_was_changed(manager: RunManager, store: RunStore, paused: AnyRun) -> None:
    paused.change({RATE: 0.02})
    paused.send(Command.STOP)
    ended(paused)
    with_another = RunManager(store)
    resumed = with_another.resume(paused.id)
    assert resumed.trainer.config.optimizer.learning_rate == 0.02
    marks = ended(resumed).marks
    assert [mark.text for mark in marks] == ["learning rate 0.1 → 0.02", "resumed"]
    assert store.marks(paused.id) == list(marks)
    assert with_another.config(paused.id).optimizer.learning_rate == 0.02


def test_a_sleeping_run_can_be_changed(manager: RunManager, store: RunStore, paused: AnyRun) -> None:
    paused.send(Command.STOP)
    ended(paused)
    manager.change(paused.id, {"max_steps": 30})
    assert manager.row(paused.id).progress.max_steps == 30
    assert ended(manager.resume(paused.id)).progress.step == 30


def test_more_steps_or_fewer(manager: RunManager, paused: AnyRun) -> None:
    paused.change({"max_steps": 25})
    paused.send(Command.PLAY)
    progress = ended(paused).progress
    assert (progress.state, progress.step, progress.max_steps) == (RunState.FINISHED, 25, 25)


def test_a_run_ends_when_its_seconds_are_over(manager: RunManager, config: RunConfig) -> None:
    run = manager.start(replace(config, max_seconds=0.3))
    snapshot = ended(run)
    assert snapshot.progress.state == RunState.FINISHED
    assert snapshot.progress.message == "Its 0.3 seconds of training are over."
    assert 0.3 <= snapshot.progress.seconds < 1.0
    assert snapshot.progress.share == 1.0
    assert snapshot.observations[-1].step == snapshot.progress.step - 1  # the last step is seen
    assert manager.store.snapshot_steps(run.id)[-1] == snapshot.progress.step - 1


def test_a_run_without_progress_says_which_net_it_kept(manager: RunManager, config: RunConfig) -> None:
    stuck = replace(config, optimizer=SGDConfig(100), patience=40)
    snapshot = ended(manager.start(stuck))
    assert snapshot.progress.state == RunState.FINISHED
    assert "no better for 40 steps" in snapshot.progress.message


def test_time_left_is_that_of_the_nearer_limit() -> None:
    progress = Progress(RunState.RUNNING, "", 100, 1_000, 9.0, 10.0, max_seconds=12.0)
    assert progress.seconds_left == 3.0
    assert replace(progress, max_seconds=0.0).seconds_left == 90.0
    assert progress.share == 0.75


@pytest.mark.parametrize("preset_rate", [SGDConfig(0.1), AdamConfig(0.01)])
def test_a_rewound_run_is_the_run_that_had_the_lower_rate_from_there(
    manager: RunManager, store: RunStore, config: RunConfig, preset_rate: SGDConfig | AdamConfig
) -> None:
    start = replace(config, optimizer=preset_rate, max_steps=1_200)
    run = manager.start(start)
    ended(run)
    rewound = ended(manager.rewind(run.id, 512, {RATE: 0.001}))
    by_hand = Trainer(start, start.data.load())
    first = by_hand.advance(513)
    by_hand.change({RATE: 0.001})
    losses = np.concatenate([first, by_hand.advance(1_200 - 513)])
    assert np.array_equal(rewound.losses[:, : STEPS + 1], bucketed(0, losses)[:, : STEPS + 1])
    np.testing.assert_allclose(rewound.losses, bucketed(0, losses), rtol=1e-12)
    assert all(
        torch.equal(tensor, by_hand.model.state()[name])
        for name, tensor in below("model.", store.checkpoint(run.id) or {}).items()
    )
    steps = [evaluation.step for evaluation in rewound.evaluations]
    assert steps == sorted(set(steps))
    assert [mark.step for mark in rewound.marks] == [513]
    assert rewound.marks[0].text == f"rewound from step 1,200, learning rate {preset_rate.learning_rate:,} → 0.001"
    assert manager.config(run.id).optimizer.learning_rate == 0.001


def test_later_changes_but_the_rate_survive_a_rewind(manager: RunManager, paused: AnyRun) -> None:
    paused.change({"batch_size": 5})
    paused.send(Command.STEP)
    wait_until(lambda: shown(paused).progress.step == 21)
    rewound = manager.rewind(paused.id, 8, {RATE: 0.01}, paused=True)
    assert shown(rewound).marks[-1].settings == {RATE: 0.01, "batch_size": 5}
    assert shown(rewound).losses[-1, STEP] == 8
    assert shown(rewound).observations[-1].step == 8


def test_a_rewound_run_shows_the_marks_that_it_has(manager: RunManager, config: RunConfig) -> None:
    """Also where its progress is what it was, because it goes back to where it stood."""
    run = manager.start(replace(config, max_steps=60), paused=True)
    for _ in range(17):
        run.send(Command.STEP)
    wait_until(lambda: shown(run).progress.step == 17)
    run.send(Command.STOP)
    ended(run)
    manager.change(run.id, {RATE: 0.03})
    manager.shown(run.id)
    rewound = manager.rewind(run.id, 16, {RATE: 0.02}, paused=True)
    assert list(shown(rewound).marks) == manager.store.marks(run.id)
    fork = manager.fork(run.id, None, {RATE: 0.01})
    assert manager.store.marks(fork.id)[:-1] == manager.store.marks(run.id)


def test_a_step_that_was_not_kept_is_no_way_back(manager: RunManager, paused: AnyRun) -> None:
    with pytest.raises(InputError, match="kept no snapshot of step 19"):
        manager.rewind(paused.id, 19, {RATE: 0.01})


def test_a_diverging_run_says_what_ran_off_and_finds_back(manager: RunManager, data: DataConfig) -> None:
    start = RunConfig(data, WILD, SGDConfig(1e-4), ConstantConfig(), max_steps=400)
    run = manager.start(start, paused=True)
    for _ in range(40):
        run.send(Command.STEP)
    wait_until(lambda: shown(run).progress.step == 40)
    run.change({RATE: 100.0})
    run.send(Command.PLAY)
    snapshot = ended(run)
    assert snapshot.progress.state == RunState.DIVERGED
    message = snapshot.progress.message
    assert message.startswith(f"At step {snapshot.progress.step:,} the loss was no longer a number: ")
    assert "overflowed" in message
    assert message.endswith("Lower the learning rate.")
    assert not math.isfinite(snapshot.losses[-1, -1])
    assert math.isfinite(manager.trained_model(run.id).model.nats(data.load().tokens("val")).mean())
    way = manager.way_back(run.id)
    assert way.step is not None
    assert 30 <= way.step < 40
    assert way.learning_rate == 1e-4
    assert ended(manager.rewind(run.id, way.step, {RATE: way.learning_rate})).progress.state == RunState.FINISHED


def test_the_first_tensor_that_broke_is_named_as_torch_sees_it(manager: RunManager, data: DataConfig) -> None:
    start = RunConfig(data, WILD, SGDConfig(100), ConstantConfig(), max_steps=400, engine="autograd")
    snapshot = ended(manager.start(start))
    trainer = Trainer(start, data.load())
    losses = trainer.advance(snapshot.progress.step)
    assert np.isfinite(losses).all()
    outputs, _ = trainer.look()
    broken = [name for name, output in outputs.items() if not output.isfinite().all()]
    parameters = [name for name, p in trainer.parameters.items() if not p.isfinite().all()]
    assert f"{(parameters or broken)[0]} overflowed" in snapshot.progress.message
    assert f"One step before it was {losses[-1]:,.4g}" in snapshot.progress.message


def test_a_diverged_run_does_not_resume(manager: RunManager, data: DataConfig) -> None:
    run = manager.start(RunConfig(data, WILD, SGDConfig(100), max_steps=400))
    ended(run)
    with pytest.raises(InputError, match="is diverged"):
        manager.resume(run.id)


def evaluations(*train: float) -> tuple[Evaluation, ...]:
    return tuple(Evaluation(step, loss, loss) for step, loss in enumerate(train))


@pytest.mark.parametrize(
    ("train", "off"),
    [((3.3, 2.5, 2.1), False), ((27.9, 3.3), False), ((3.3, 2.2, 3.4), False), ((3.3, 2.2, 4.4), True),
     ((27.9, 26.0), False), ((3.3, math.nan), True)],
)  # fmt: skip
def test_a_run_runs_off_when_it_is_far_worse_than_a_blind_guess(train: tuple[float, ...], off: bool) -> None:
    snapshot = Snapshot("otter", 0, Progress(), bucketed(0, np.zeros(1)), evaluations(*train))
    assert has_run_off(snapshot, math.log(27)) is off


@pytest.mark.parametrize(
    ("train", "step"),
    [((3.3, 3.0, 2.5, 60.0), 1), ((3.3, 60.0, 600.0), None), ((3.3, 2.5, 2.55), 1), ((3.3, 2.5, math.nan), 0)],
)
def test_a_snapshot_is_healthy_if_the_loss_after_it_was(train: tuple[float, ...], step: int | None) -> None:
    assert last_healthy(range(len(train)), evaluations(*train)) == step


def test_a_run_that_was_never_well_begins_anew_at_a_tenth(manager: RunManager, data: DataConfig) -> None:
    run = manager.start(RunConfig(data, WILD, SGDConfig(100), max_steps=400))
    ended(run)
    assert manager.way_back(run.id) == WayBack(None, 10.0)


def test_marks_apply_in_their_order() -> None:
    marks = [Mark(5, "", {RATE: 1.0, "batch_size": 4}), Mark(9, "resumed"), Mark(9, "", {RATE: 2.0})]
    config = config_after(RunConfig(), marks)
    assert config.differences(RunConfig()) == {RATE: 2.0, "batch_size": 4}


def test_everything_changeable_is_a_knob() -> None:
    for path in CHANGEABLE:
        RunConfig().knob_at(path)
