"""Sweeps: trials are ordinary runs, nothing that is done is lost, and one bad setting ends nothing."""

from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

import pytest

from makemore_core.config import RunConfig
from makemore_core.datasets import DataConfig
from makemore_core.errors import InputError
from makemore_core.models.deep_mlp import DeepMLPConfig
from makemore_core.search.plan import SweepPlan
from makemore_core.search.proposals import propose
from makemore_core.search.standing import DONE, Standing, SweepState, Trial, TrialState
from makemore_core.search.sweeps import Sweeps
from makemore_core.search.trials import PRUNED
from makemore_core.training.manager import RunManager
from makemore_core.training.recorder import RunState
from makemore_core.training.store import RunStore
from tests.conftest import wait_until
from tests.search.plans import RATE, WIDTH, plan_of

STEPS = 40
PATIENCE = 60.0  # seconds


@pytest.fixture
def sweeps(manager: RunManager) -> Iterator[Sweeps]:
    sweeps = Sweeps(manager)
    yield sweeps
    sweeps.close()


@pytest.fixture
def short(config: RunConfig) -> RunConfig:
    """A run that is over soon."""
    return config.with_values({"max_steps": STEPS})


def finished(sweeps: Sweeps, plan: SweepPlan) -> Standing:
    standing = sweeps.wait(sweeps.begin(plan), PATIENCE)
    assert standing.state == SweepState.FINISHED
    return standing


def results(standing: Standing) -> list[tuple[dict[str, Any], float | None]]:
    return [(trial.values, trial.val) for trial in standing.trials]


def reopened(store: RunStore) -> Sweeps:
    """The sweeps of a store as another process sees them."""
    return Sweeps(RunManager(RunStore(store.path)))


def waits_for(sweeps: Sweeps, id: str, condition: Callable[[Standing], bool]) -> Standing:
    wait_until(lambda: condition(sweeps.standing(id)), PATIENCE)
    return sweeps.standing(id)


def done(standing: Standing) -> list[Trial]:
    return [trial for trial in standing.trials if trial.state in DONE]


def test_every_trial_is_a_run_with_its_settings(sweeps: Sweeps, short: RunConfig) -> None:
    plan = plan_of(short, sampler="random", pruner="none", trials=6, at_once=2)
    standing = finished(sweeps, plan)
    assert [trial.values for trial in standing.trials] == [propose(plan, [], number) for number in range(6)]
    for trial in standing.trials:
        (row,) = [sweeps.manager.row(id) for id in trial.runs]
        assert RunConfig.from_dict(row.config) == plan.with_values(trial.values)
        assert (row.sweep, row.trial, row.progress.state) == (standing.id, trial.number, RunState.FINISHED)
        assert (trial.val, trial.step, trial.curve[-1]) == (row.val, STEPS, (STEPS, row.val))
    assert standing.best == min(standing.trials, key=lambda trial: trial.val or 99).number


@pytest.mark.parametrize("sampler", ["random", "grid", "tpe"])
def test_a_seed_gives_the_same_sweep(sweeps: Sweeps, short: RunConfig, sampler: str) -> None:
    at_once, trials = (1, 12) if sampler == "tpe" else (2, 4)  # what TPE knows depends on what has ended
    plan = plan_of(
        short.with_values({"max_steps": 8}), sampler=sampler, pruner="none", trials=trials, at_once=at_once, seed=5
    )
    assert results(finished(sweeps, plan)) == results(finished(sweeps, plan))


def test_a_setting_counts_by_the_mean_of_its_seeds(sweeps: Sweeps, short: RunConfig) -> None:
    standing = finished(sweeps, plan_of(short, sampler="random", trials=2, seeds=3, at_once=2, pruner="none"))
    for trial in standing.trials:
        rows = [sweeps.manager.row(id) for id in trial.runs]
        vals = [row.val or 0.0 for row in rows]
        assert [row.config["seed"] - short.seed for row in rows] == [0, 1, 2]
        assert (trial.val, trial.spread) == (pytest.approx(fmean(vals)), pytest.approx(stdev(vals)))
        first = [sweeps.table.curves([id])[id][0][1] for id in trial.runs]
        assert trial.curve[0] == (0, pytest.approx(fmean(first)))


def test_a_trial_that_runs_off_is_a_result(sweeps: Sweeps, data: DataConfig) -> None:
    wild = DeepMLPConfig(n_hidden=8, n_embd=4, n_layers=6, batch_norm=False, activation="leaky-relu", gain=3)
    axes = (("optimizer.learning_rate", "1e-6,100"),)
    standing = finished(sweeps, plan_of(RunConfig(data, wild, max_steps=99), *axes, sampler="grid", trials=2))
    sound, broken = sorted(standing.trials, key=lambda trial: float(trial.values["optimizer.learning_rate"]))
    assert (sound.state, broken.state, standing.best) == (TrialState.FINISHED, TrialState.FAILED, sound.number)
    assert "the loss was no longer a number" in broken.message


def test_a_setting_that_cannot_even_begin_ends_nothing(
    sweeps: Sweeps, short: RunConfig, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = sweeps.manager.start

    def no_room_for_wide_nets(config: RunConfig, **rest: Any) -> Any:
        if rest["trial"] == 2:
            raise MemoryError("no room")
        return start(config, **rest)

    monkeypatch.setattr(sweeps.manager, "start", no_room_for_wide_nets)
    standing = finished(sweeps, plan_of(short, sampler="random", pruner="none", trials=5, at_once=1))
    assert [trial.state == TrialState.FAILED for trial in standing.trials] == [False, False, True, False, False]
    assert standing.trials[2].message == "no room"
    assert reopened(store).standing(standing.id).trials == standing.trials


def test_hopeless_trials_are_given_up_and_stay_so(sweeps: Sweeps, config: RunConfig, store: RunStore) -> None:
    config = config.with_values({"max_steps": 12_000})
    axis = ("optimizer.learning_rate", "0.1,0.11,0.12,0.13,0.14,1e-5,1.1e-5,1.2e-5")
    seed = good_ones_first(config, axis)
    standing = finished(sweeps, plan_of(config, axis, sampler="grid", pruner="median", at_once=1, trials=8, seed=seed))
    given_up = [trial for trial in standing.trials if trial.state == TrialState.PRUNED]
    assert {float(trial.values["optimizer.learning_rate"]) for trial in given_up} == {1e-5, 1.1e-5, 1.2e-5}
    for trial in given_up:
        row = sweeps.manager.row(trial.runs[0])
        assert (row.progress.state, row.tags) == (RunState.STOPPED, (PRUNED,))
        assert 1024 <= trial.step < 12_000  # 750 is a sixteenth
    assert reopened(store).standing(standing.id).trials == standing.trials


def good_ones_first(config: RunConfig, axis: tuple[str, str]) -> int:
    """A seed that shuffles the three hopeless rates to the end of the grid."""
    for seed in range(10_000):
        plan = plan_of(config, axis, sampler="grid", trials=8, seed=seed)
        last = [float((propose(plan, [], number) or {})["optimizer.learning_rate"]) for number in (5, 6, 7)]
        if max(last) < 1e-4:
            return seed
    raise AssertionError


def test_no_more_train_at_once_than_allowed(sweeps: Sweeps, config: RunConfig) -> None:
    id = sweeps.begin(plan_of(config, sampler="random", trials=9, at_once=3))
    standing = waits_for(sweeps, id, lambda now: len(now.trials) == 3 and all(t.step for t in now.trials))
    assert [trial.state for trial in standing.trials] == [TrialState.RUNNING] * 3


def test_stopping_keeps_what_is_done_and_resuming_goes_on(sweeps: Sweeps, short: RunConfig, store: RunStore) -> None:
    plan = plan_of(short.with_values({"max_steps": 4_000}), sampler="random", pruner="none", trials=6, at_once=2)
    id = sweeps.begin(plan)
    waits_for(sweeps, id, lambda now: len(done(now)) >= 2 and now.trials[-1].step > 0)
    sweeps.stop(id)
    stopped = sweeps.wait(id, PATIENCE)
    assert stopped.state == SweepState.STOPPED
    assert {trial.state for trial in stopped.trials} <= {TrialState.FINISHED, TrialState.STOPPED}
    assert len(stopped.trials) < 6
    sweeps.resume(id)
    whole = sweeps.wait(id, PATIENCE)
    assert whole.state == SweepState.FINISHED
    assert [trial.runs[0] for trial in whole.trials][: len(stopped.trials)] == [t.runs[0] for t in stopped.trials]
    assert whole.seconds > stopped.seconds
    assert results(whole) == results(finished(sweeps, plan))  # bit for bit, also those that were resumed
    assert reopened(store).standing(id).trials == whole.trials


def test_the_end_of_the_process_interrupts(manager: RunManager, config: RunConfig, store: RunStore) -> None:
    first = Sweeps(manager)
    id = first.begin(plan_of(config, sampler="random", trials=3, at_once=2))
    waits_for(first, id, lambda now: any(trial.step for trial in now.trials))
    first.close()
    again = reopened(store)
    assert again.standing(id).state == SweepState.INTERRUPTED
    again.resume(id)
    with pytest.raises(InputError, match="only a stopped or interrupted one resumes"):
        again.resume(id)
    waits_for(again, id, lambda now: all(trial.state == TrialState.RUNNING for trial in now.trials))
    again.delete(id)
    again.close()


def test_a_sweep_hears_from_another_process_to_stop(sweeps: Sweeps, config: RunConfig, store: RunStore) -> None:
    id = sweeps.begin(plan_of(config, sampler="random", trials=3, at_once=1))
    waits_for(sweeps, id, lambda now: any(trial.step for trial in now.trials))
    reopened(store).stop(id)
    assert waits_for(sweeps, id, lambda now: now.state == SweepState.STOPPED).trials


def test_a_run_whose_checkpoint_is_damaged_is_tried_again(sweeps: Sweeps, config: RunConfig, store: RunStore) -> None:
    plan = plan_of(config.with_values({"max_steps": 200_000}), sampler="random", trials=1, at_once=1)
    id = sweeps.begin(plan)
    waits_for(sweeps, id, lambda now: bool(now.trials) and now.trials[0].step > 0)
    sweeps.stop(id)
    (trial,) = sweeps.wait(id, PATIENCE).trials
    with store._transaction(trial.runs[0]) as db:  # pyright: ignore[reportPrivateUsage]
        db.execute("UPDATE checkpoints SET sha256 = 'none' WHERE run = ?", (trial.runs[0],))
    sweeps.resume(id)
    standing = waits_for(sweeps, id, lambda now: now.trials[0].state == TrialState.RUNNING)
    assert standing.trials[0].values == trial.values
    assert standing.trials[0].runs != trial.runs


def test_a_trial_whose_run_is_deleted_is_replaced(sweeps: Sweeps, config: RunConfig) -> None:
    id = sweeps.begin(plan_of(config, sampler="random", trials=1, at_once=1))
    first = waits_for(sweeps, id, lambda now: bool(now.trials) and now.trials[0].step > 0).trials[0].runs[0]
    sweeps.manager.delete(first)
    other = waits_for(sweeps, id, lambda now: bool(now.trials) and now.trials[0].runs != (first,)).trials[0]
    assert other.state in (TrialState.WAITING, TrialState.RUNNING)


def test_after_its_seconds_no_further_trial_begins(sweeps: Sweeps, short: RunConfig) -> None:
    standing = finished(sweeps, plan_of(short, sampler="random", trials=5_000, seconds=0.5, at_once=1))
    assert 1 <= len(standing.trials) < 200
    assert len(done(standing)) == len(standing.trials)


def test_an_adopted_trial_is_a_run_and_still_counts(sweeps: Sweeps, short: RunConfig, store: RunStore) -> None:
    before = finished(sweeps, plan_of(short, sampler="random", trials=3, pruner="none"))
    assert before.best is not None
    run = sweeps.adopt(before.id, before.best)
    row = sweeps.manager.row(run)
    assert (row.sweep, row.trial, row.tags) == ("", None, (before.id,))
    assert sweeps.standing(before.id).trials == before.trials
    sweeps.delete(before.id)
    assert [row.id for row in sweeps.manager.runs()] == [run]
    assert reopened(store).list() == []
    sweeps.restore(before.id)
    assert sweeps.standing(before.id).state == SweepState.FINISHED
    assert sweeps.standing(before.id).trials == before.trials
    assert [row.id for row in reopened(store).list()] == [before.id]


def test_a_trials_run_is_a_measurement_until_it_is_adopted(sweeps: Sweeps, short: RunConfig) -> None:
    standing = finished(sweeps, plan_of(short, sampler="random", trials=1))
    run = standing.trials[0].runs[0]
    tries: list[Callable[[], object]] = [
        lambda: sweeps.manager.train_on(run, {"max_steps": 3 * STEPS}),
        lambda: sweeps.manager.rewind(run, 8, {}),
        lambda: sweeps.manager.change(run, {"optimizer.learning_rate": 0.2}),
    ]
    for attempt in tries:
        with pytest.raises(InputError, match="is a trial of"):
            attempt()
    assert sweeps.standing(standing.id).trials == standing.trials


def test_of_two_processes_one_goes_on_with_a_sweep(
    sweeps: Sweeps, short: RunConfig, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = finished(sweeps, plan_of(short, sampler="random", trials=1)).id
    sweeps.table.write(id, SweepState.INTERRUPTED, "", 1.0)
    other, before = reopened(store), sweeps.table.entry(id)
    sweeps.table.take_up(id)
    monkeypatch.setattr(other.table, "entry", lambda _: before)  # both had looked before either began
    with pytest.raises(InputError, match="taken up by another process"):
        other.resume(id)


@pytest.mark.parametrize("fate", ["trained on", "deleted"])
def test_what_becomes_of_an_adopted_run_changes_no_result(
    sweeps: Sweeps, short: RunConfig, store: RunStore, fate: str
) -> None:
    before = finished(sweeps, plan_of(short, sampler="random", trials=2, pruner="none"))
    run = sweeps.adopt(before.id, 1)
    if fate == "deleted":
        sweeps.manager.delete(run)
    else:
        sweeps.manager.train_on(run, {"max_steps": 3 * STEPS})
        wait_until(lambda: sweeps.manager.row(run).progress.state == RunState.FINISHED, PATIENCE)
    for seen in (sweeps, reopened(store)):
        assert seen.standing(before.id).trials == before.trials
        assert seen.standing(before.id).best == before.best


def test_a_trial_that_was_given_up_stays_so_when_it_is_adopted(sweeps: Sweeps, short: RunConfig) -> None:
    before = finished(sweeps, plan_of(short, sampler="random", trials=2, pruner="none"))
    pruned = before.trials[1].runs[0]
    sweeps.manager.tag(pruned, [PRUNED])
    sweeps.table.write(before.id, SweepState.STOPPED, "", 0.0)
    sweeps.adopt(before.id, 1)
    assert sweeps.manager.row(pruned).tags == (before.id,)
    assert sweeps.standing(before.id).trials[1].state == TrialState.PRUNED
    sweeps.resume(before.id)
    assert sweeps.wait(before.id, PATIENCE).trials[1].state == TrialState.PRUNED
    assert sweeps.standing(before.id).trials[1].state == TrialState.PRUNED


def test_what_is_not_there_is_said(sweeps: Sweeps, short: RunConfig) -> None:
    with pytest.raises(InputError, match="There is no sweep 'none'"):
        sweeps.standing("none")
    with pytest.raises(InputError, match="There is no place 'moon'"):
        sweeps.begin(plan_of(short, where="moon"))
    standing = finished(sweeps, plan_of(short, RATE, WIDTH, sampler="random", trials=1))
    with pytest.raises(InputError, match="has no run of a trial 7"):
        sweeps.adopt(standing.id, 7)
    with pytest.raises(InputError, match="is finished"):
        sweeps.resume(standing.id)
    with pytest.raises(InputError, match="was not deleted"):
        sweeps.restore(standing.id)


def test_other_data_are_not_gone_on_with(sweeps: Sweeps, config: RunConfig, tmp_path: Path) -> None:
    words = tmp_path / "words.txt"
    words.write_text("\n".join(["anna", "bernd", "carla", "dora"] * 9 + ["emil"]))
    id = sweeps.begin(plan_of(config.with_values({"data.dataset": str(words)}), sampler="random", trials=2, at_once=1))
    waits_for(sweeps, id, lambda now: bool(now.trials))
    sweeps.stop(id)
    sweeps.wait(id, PATIENCE)
    words.write_text("\n".join(["anna", "bernd", "carla", "dora"] * 9 + ["fritz"]))
    with pytest.raises(InputError, match="has changed since the sweep"):
        sweeps.resume(id)


def test_the_version_changes_with_what_is_shown(sweeps: Sweeps, config: RunConfig) -> None:
    id = sweeps.begin(plan_of(config, sampler="random", trials=2, at_once=1))
    first = waits_for(sweeps, id, lambda now: bool(now.trials))
    second = waits_for(sweeps, id, lambda now: now.trials != first.trials)
    assert second.version > first.version
