"""Forks: with the same settings the very same run; with others another one from there on, and not before."""

import math
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from makemore_core.config import RunConfig
from makemore_core.datasets import DataConfig
from makemore_core.errors import InputError
from makemore_core.knobs import Value
from makemore_core.models.counting import CountingConfig
from makemore_core.models.deep_mlp import DeepMLPConfig
from makemore_core.models.transformer import TransformerConfig
from makemore_core.optimizers import AdamConfig, AdamWConfig, SGDConfig
from makemore_core.schedules import CosineConfig
from makemore_core.training import spacing
from makemore_core.training.curve import STEP, STEPS, TOTAL, Rows
from makemore_core.training.manager import RunManager
from makemore_core.training.reader import AnyRun
from makemore_core.training.recorder import RunState, Snapshot
from makemore_core.training.run import Command
from makemore_core.training.store import RunStore
from makemore_core.training.trainer import Trainer, below
from tests.conftest import WORDS, wait_until

RATE = "optimizer.learning_rate"
GPT = TransformerConfig(n_layers=1, n_head=2, n_embd=8, block_size=8, dropout=0.2)
DEEP = DeepMLPConfig(n_hidden=8, n_embd=4, n_layers=2)


@pytest.fixture(autouse=True)
def time_to_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """All kept steps are looked at, however slow the machine."""
    monkeypatch.setattr(spacing, "GRANT", math.inf)


def ended(run: AnyRun) -> Snapshot:
    run.join(60)
    assert not run.is_alive
    snapshot = run.snapshot()
    assert snapshot is not None
    return snapshot


def net(manager: RunManager, id: str) -> dict[str, torch.Tensor]:
    return below("model.", manager.store.checkpoint(id) or {})


def same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(tensor, other[name]) for name, tensor in one.items())


def assert_same_curve(one: Rows, other: Rows) -> None:
    """All of each bucket is equal, and its sum up to the order in which it was added."""
    exact = [column for column in range(one.shape[1]) if column != TOTAL]
    assert np.array_equal(one[:, exact], other[:, exact])
    np.testing.assert_allclose(one[:, TOTAL], other[:, TOTAL], rtol=1e-12)


ORIGINALS: dict[str, tuple[dict[str, object], int]] = {
    "mlp, at a step that is not kept": ({"max_steps": 6_000}, 5_000),
    "mlp, kept": ({"max_steps": 6_000}, 4_608),
    "deep, BatchNorm, Adam": ({"model": DEEP, "optimizer": AdamConfig(0.01), "max_steps": 300}, 224),
    "deep, autograd": ({"model": DEEP, "optimizer": AdamConfig(), "max_steps": 100, "engine": "autograd"}, 83),
    "GPT with dropout": ({"model": GPT, "optimizer": AdamWConfig(0.01), "batch_size": 8, "max_steps": 50}, 37),
    "patience": ({"optimizer": SGDConfig(0.5), "max_steps": 5_000, "patience": 600}, 416),
    "patience, not kept": ({"optimizer": SGDConfig(0.5), "max_steps": 5_000, "patience": 600}, 431),
}


@pytest.mark.parametrize(("changes", "step"), ORIGINALS.values(), ids=ORIGINALS)
def test_a_fork_with_the_same_settings_is_the_same_run(
    manager: RunManager, config: RunConfig, changes: dict[str, object], step: int
) -> None:
    run = manager.start(replace(config, **changes))  # pyright: ignore[reportArgumentType]: each by its own type
    original = ended(run)
    fork = manager.fork(run.id, step)
    again = ended(fork)
    assert_same_curve(original.losses, again.losses)
    assert same(net(manager, run.id), net(manager, fork.id))
    assert again.progress.step == original.progress.step
    assert again.progress.message == original.progress.message
    measured = {evaluation.step: evaluation for evaluation in original.evaluations}
    assert {evaluation.step: evaluation for evaluation in again.evaluations} == measured
    row = manager.row(fork.id)
    assert (row.parent, row.parent_step) == (run.id, step)
    assert [(mark.step, mark.text) for mark in again.marks] == [(step + 1, f"forked from {run.id} after step {step:,}")]


def test_with_half_the_rate_it_differs_from_there_on_and_not_before(manager: RunManager, config: RunConfig) -> None:
    start = replace(config, max_steps=6_000)
    run = manager.start(start)
    original = ended(run)
    fork = manager.fork(run.id, 5_000, {RATE: 0.05}, name="half")
    half = ended(fork)
    by_hand = Trainer(start, start.data.load())
    by_hand.advance(5_001)
    by_hand.change({RATE: 0.05})
    by_hand.advance(999)
    assert same(below("model.", by_hand.state()), net(manager, "half"))
    before = original.losses[:, STEP] + original.losses[:, STEPS] <= 5_001
    assert_same_curve(original.losses[before], half.losses[before])
    assert not np.any(original.losses[~before][1:, TOTAL] == half.losses[~before][1:, TOTAL])
    assert half.marks[-1].text == f"forked from {run.id} after step 5,000, learning rate 0.1 → 0.05"
    assert manager.config("half") == replace(start, optimizer=SGDConfig(0.05))
    assert manager.row("half").config == manager.row(run.id).config  # that both began with


def test_a_fork_shows_the_whole_history_and_keeps_no_second_copy_of_the_weights(
    manager: RunManager, config: RunConfig
) -> None:
    run = manager.start(replace(config, max_steps=600))
    original = ended(run)
    fork = manager.fork(run.id, 512)
    seen = ended(fork).observations
    assert [o.step for o in seen] == [o.step for o in original.observations]
    assert seen == original.observations
    store = manager.store
    assert store.snapshot_steps(fork.id) == store.snapshot_steps(run.id)
    own = store._db.execute("SELECT MIN(step) FROM snapshots WHERE run = ?", (fork.id,))  # pyright: ignore[reportPrivateUsage]
    assert own.fetchone() == (512,)
    for step in (0, 8, 256, 512):
        assert same(store.snapshot(run.id, step) or {}, store.snapshot(fork.id, step) or {})
        assert manager.trained_model(fork.id, step)


def test_a_fork_begins_at_the_end_of_a_run_without_a_step(manager: RunManager, config: RunConfig) -> None:
    run = manager.start(replace(config, max_steps=300))
    ended(run)
    with pytest.raises(InputError, match=r"nothing left to train: All 300 steps are done. Raise `max_steps`"):
        manager.fork(run.id)
    fork = manager.fork(run.id, settings={"max_steps": 500})
    longer = manager.start(replace(config, max_steps=500))
    assert_same_curve(ended(fork).losses, ended(longer).losses)
    assert same(net(manager, fork.id), net(manager, longer.id))
    assert manager.row(fork.id).parent_step == 299


def test_a_stopped_run_is_forked_where_it_was_stopped(manager: RunManager, config: RunConfig) -> None:
    run = manager.start(replace(config, max_steps=2_000), paused=True)
    for _ in range(37):
        run.send(Command.STEP)
    run.send(Command.STOP)
    ended(run)
    fork = manager.fork(run.id)
    assert manager.row(fork.id).parent_step == 36
    ended(manager.resume(run.id))
    ended(fork)
    assert same(net(manager, fork.id), net(manager, run.id))


def test_a_living_run_is_forked_while_it_trains(manager: RunManager, config: RunConfig) -> None:
    run = manager.start(config)
    wait_until(lambda: run.snapshot().progress.step > 2_000)  # pyright: ignore[reportOptionalMemberAccess]
    fork = manager.fork(run.id, 1_024, {"max_steps": 1_500})
    latest = manager.fork(run.id, settings={RATE: 0.01}, paused=True)
    assert run.is_alive
    assert (manager.row(latest.id).parent_step or 0) > 1_024
    original = manager.start(replace(config, max_steps=1_500))
    assert_same_curve(ended(fork).losses, ended(original).losses)
    assert same(net(manager, fork.id), net(manager, original.id))


@pytest.mark.parametrize(("change", "kept"), [("delete", 8), ("rewind", 8), ("rename", 8)])
def test_a_fork_stays_whole_whatever_happens_to_its_parent(
    manager: RunManager, config: RunConfig, change: str, kept: int
) -> None:
    run = manager.start(replace(config, max_steps=700))
    ended(run)
    fork = manager.fork(run.id, 512)
    ended(fork)
    second = manager.fork(fork.id, 600, {RATE: 0.01})
    ended(second)
    store = manager.store
    before = {id: {s: store.snapshot(id, s) or {} for s in store.snapshot_steps(id)} for id in (fork.id, second.id)}
    if change == "delete":
        manager.delete(run.id)
        store.delete(run.id)  # for good
    elif change == "rename":
        manager.rename(run.id, "elder")
    else:
        ended(manager.rewind(run.id, kept, {RATE: 0.5}))
    with closing(RunStore(store.path)) as fresh:
        again = RunManager(fresh)
        for id, states in before.items():
            assert fresh.snapshot_steps(id) == sorted(states)
            assert all(same(fresh.snapshot(id, step) or {}, state) for step, state in states.items())
            first = "" if change == "delete" else run.id  # who is forgotten is nobody's parent
            assert again.row(id).parent == {fork.id: first, second.id: fork.id}[id]
            assert len(again.snapshot(id).observations) > 50  # pyright: ignore[reportOptionalMemberAccess]
    assert_same_curve(ended(manager.fork(fork.id, 256)).losses, manager.store.losses(fork.id))


def test_a_fork_of_a_fork_has_the_settings_of_its_step(manager: RunManager, config: RunConfig) -> None:
    run = manager.start(replace(config, max_steps=200))
    ended(run)
    slow = manager.fork(run.id, 100, {RATE: 0.01})
    ended(slow)
    early, late = manager.fork(slow.id, 90), manager.fork(slow.id, 150)
    assert manager.config(early.id).optimizer.learning_rate == 0.1
    assert manager.config(late.id).optimizer.learning_rate == 0.01
    ended(early)
    ended(late)
    assert same(net(manager, early.id), net(manager, run.id))
    assert same(net(manager, late.id), net(manager, slow.id))


def test_a_change_of_the_parents_rate_after_that_step_is_no_part_of_the_fork(
    manager: RunManager, config: RunConfig
) -> None:
    run = manager.start(replace(config, max_steps=100), paused=True)
    for _ in range(50):
        run.send(Command.STEP)
    wait_until(lambda: manager.row(run.id).progress.step == 50)
    run.change({RATE: 0.01})
    run.send(Command.PLAY)
    ended(run)
    for step, rate in ((48, 0.1), (49, 0.01), (60, 0.01)):  # the change holds from the step of number 50 on
        assert manager.config(manager.fork(run.id, step, paused=True).id).optimizer.learning_rate == rate


def test_another_optimizer_begins_afresh_and_says_so(manager: RunManager, config: RunConfig) -> None:
    start = replace(config, optimizer=AdamConfig(0.01), max_steps=200)
    run = manager.start(start)
    ended(run)
    momentum: dict[str, Value] = {"optimizer": "momentum", RATE: 0.02}
    fork = manager.fork(run.id, 128, momentum)
    marks = ended(fork).marks
    by_hand, other = (Trainer(c, c.data.load()) for c in (start, start.with_values(momentum)))
    by_hand.advance(129)
    state = {k: v for k, v in by_hand.state().items() if not k.startswith("optimizer.")}
    other.load(state | {"optimizer_steps": torch.tensor(0)})
    other.advance(200 - 129)
    assert same(below("model.", other.state()), net(manager, fork.id))
    assert marks[-1].text == (
        f"forked from {run.id} after step 128, optimizer adam → momentum, learning rate 0.01 → 0.02; "
        "the optimizer begins afresh"
    )
    assert manager.config(fork.id).optimizer.name == "momentum"


def test_another_seed_draws_other_batches(manager: RunManager, config: RunConfig) -> None:
    run = manager.start(replace(config, max_steps=200))
    ended(run)
    fork = manager.fork(run.id, 128, {"seed": 7})
    ended(fork)
    state = manager.store.snapshot(run.id, 128) or {}
    other = Trainer(replace(config, seed=7, max_steps=200), config.data.load())
    other.load(state | {"generator": torch.Generator().manual_seed(7).get_state()})
    other.advance(200 - 129)
    assert same(below("model.", other.state()), net(manager, fork.id))
    assert not same(net(manager, run.id), net(manager, fork.id))


def test_other_data_of_the_same_letters(manager: RunManager, config: RunConfig, tmp_path: Path) -> None:
    run = manager.start(replace(config, max_steps=200))
    ended(run)
    path = tmp_path / "half.txt"
    path.write_text("\n".join(WORDS[1:]))
    fork = manager.fork(run.id, 128, {"data.dataset": str(path)})
    snapshot = ended(fork)
    assert snapshot.marks[-1].text == f"forked from {run.id} after step 128, dataset words.txt → half.txt"
    assert manager.dataset(fork.id).name == manager.row(fork.id).dataset["name"] == "half.txt"
    assert manager.config(fork.id).data.dataset == str(path)
    assert min(evaluation.step for evaluation in snapshot.evaluations) > 128  # the parent's val was another one
    assert manager.trained_model(fork.id).dataset.words == WORDS[1:]
    other = tmp_path / "other.txt"
    other.write_text("\n".join(word.upper() for word in WORDS))
    with pytest.raises(InputError, match=r"A fork keeps its alphabet, but 'other.txt' has 13 characters that are not"):
        manager.fork(run.id, 128, {"data.dataset": str(other)})


REFUSED: dict[str, tuple[int, dict[str, Value], str]] = {
    "shapes": (64, {"model.n_hidden": 9}, "keeps the shapes of its parent's parameters, which model.n_hidden=9"),
    "model": (64, {"model": "deep-mlp"}, "keeps the shapes .* which model=deep-mlp"),
    "over": (64, {"max_steps": 65}, "nothing left to train: All 65 steps are done"),
    "before": (-1, {}, "has taken 100 steps; fork it after one of them"),
    "beyond": (100, {}, "has taken 100 steps; fork it after one of them"),
    "value": (64, {RATE: -1.0}, "learning_rate"),
    "name": (64, {"model.wings": 2}, "wings"),
}


@pytest.mark.parametrize(("step", "values", "why"), REFUSED.values(), ids=REFUSED)
def test_what_no_fork_can_have_leaves_none_behind(
    manager: RunManager, config: RunConfig, step: int, values: dict[str, Value], why: str
) -> None:
    run = manager.start(replace(config, max_steps=100))
    ended(run)
    with pytest.raises(InputError, match=why):
        manager.fork(run.id, step, values)
    assert len(manager.runs()) == 1


def test_a_run_that_took_no_step_and_a_taken_name_are_refused(manager: RunManager, config: RunConfig) -> None:
    run = manager.start(config, paused=True)
    with pytest.raises(InputError, match="has taken 0 steps"):
        manager.fork(run.id)
    done = manager.start(replace(config, max_steps=10))
    ended(done)
    with pytest.raises(InputError, match="There is a run"):
        manager.fork(done.id, 8, name=run.id)


def test_a_fork_is_rewound_to_its_beginning_and_no_further(manager: RunManager, config: RunConfig) -> None:
    run = manager.start(replace(config, max_steps=200))
    ended(run)
    fork = manager.fork(run.id, 128, {RATE: 50.0})
    ended(fork)
    with pytest.raises(InputError, match="is a fork that began after step 128; fork it at step 64"):
        manager.rewind(fork.id, 64, {RATE: 0.1})
    calm = ended(manager.rewind(fork.id, 128, {RATE: 0.1}))
    assert same(net(manager, run.id), net(manager, fork.id))
    assert_same_curve(calm.losses, manager.store.losses(run.id))


LONGER: dict[str, dict[str, object]] = {
    "mlp": {},
    "GPT with dropout": {"model": GPT, "optimizer": AdamWConfig(0.01), "batch_size": 8, "max_steps": 30},
    "cosine": {"schedule": CosineConfig(over=140)},
    "patience": {"optimizer": SGDConfig(0.5), "patience": 1_000},
}


@pytest.mark.parametrize("changes", LONGER.values(), ids=LONGER)
def test_a_finished_run_trains_on_as_if_it_had_had_the_steps(
    manager: RunManager, config: RunConfig, changes: dict[str, object]
) -> None:
    short = replace(config, **({"max_steps": 120} | changes))  # pyright: ignore[reportArgumentType]
    longer = replace(short, max_steps=short.max_steps + 30)
    run, original = manager.start(short), manager.start(longer)
    ended(run)
    on = ended(manager.train_on(run.id, {"max_steps": longer.max_steps}))
    whole = ended(original)
    assert_same_curve(on.losses, whole.losses)
    assert same(net(manager, run.id), net(manager, original.id))
    assert on.progress.state == RunState.FINISHED
    assert {e.step: e for e in on.evaluations} == {e.step: e for e in whole.evaluations}
    assert on.marks[-1].text == f"trained on, max steps {short.max_steps} → {longer.max_steps}"


def test_a_run_out_of_patience_trains_on_with_more_of_it(manager: RunManager, config: RunConfig) -> None:
    start = replace(config, optimizer=SGDConfig(100), max_steps=400, patience=40)
    run = manager.start(start)
    assert "no better for 40 steps" in ended(run).progress.message
    with pytest.raises(InputError, match=r"Val was no better for 40 steps.* Raise .*`patience`"):
        manager.train_on(run.id, {"max_steps": 500})
    manager.train_on(run.id, {"patience": 0})
    assert ended(manager._runs[run.id]).progress.step == 400  # pyright: ignore[reportPrivateUsage]


def test_only_a_finished_run_trains_on(manager: RunManager, config: RunConfig) -> None:
    run = manager.start(config, paused=True)
    with pytest.raises(InputError, match="is paused; only a finished run trains on"):
        manager.train_on(run.id, {"max_steps": 9})


def test_patience_from_a_fork_on_waits_from_there(manager: RunManager, config: RunConfig) -> None:
    run = manager.start(replace(config, optimizer=SGDConfig(50), max_steps=1_000))
    ended(run)
    fork = manager.fork(run.id, 512, {"patience": 100})
    assert 612 < ended(fork).progress.step < 1_000


def test_counting_is_forked_too(manager: RunManager, data: DataConfig) -> None:
    counting = RunConfig(data, CountingConfig(), batch_size=0, max_steps=3)
    run = manager.start(counting)
    ended(run)
    fork = manager.fork(run.id, 1)
    ended(fork)
    assert same(net(manager, run.id), net(manager, fork.id))


CHANGES = st.fixed_dictionaries(
    {},
    optional={
        RATE: st.floats(1e-3, 1.0),
        "batch_size": st.sampled_from([1, 7, 32, 0]),
        "schedule": st.sampled_from(["drop", "constant", "cosine", "one-cycle"]),
        "engine": st.sampled_from(["auto", "autograd", "by_hand"]),
        "clip": st.sampled_from([0.0, 0.1]),
        "seed": st.integers(0, 9),
        "patience": st.sampled_from([0, 10_000]),
    },
)


@settings(max_examples=5)
@given(step=st.integers(0, 99), values=CHANGES)
def test_any_step_and_settings_are_those_of_a_trainer_by_hand(
    tmp_path_factory: pytest.TempPathFactory, data: DataConfig, step: int, values: dict[str, Value]
) -> None:
    start = RunConfig(data, max_steps=100).with_values({"model.n_hidden": 8, "model.n_embd": 4})
    with closing(RunStore(tmp_path_factory.mktemp("fork") / "runs.sqlite")) as store:
        manager = RunManager(store)
        run = manager.start(start)
        ended(run)
        longer = values | {"max_steps": 120}
        fork = manager.fork(run.id, step, longer)
        snapshot = ended(fork)
        first, rest = (Trainer(config, data.load()) for config in (start, start.with_values(longer)))
        first.advance(step + 1)
        seeded = {} if rest.config.seed == start.seed else {"generator": rest_generator(rest.config.seed)}
        rest.load(first.state() | seeded)
        losses = rest.advance(120 - step - 1)
        assert snapshot.losses[step + 1 :, TOTAL].tolist() == losses.tolist()
        if not rest.config.patience:
            assert same(below("model.", rest.state()), net(manager, fork.id))
        assert manager.config(fork.id) == rest.config
        manager.close()


def rest_generator(seed: int) -> torch.Tensor:
    return torch.Generator().manual_seed(seed).get_state()
