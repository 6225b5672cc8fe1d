"""All runs by id: started, listed, resumed and forgotten, whoever asks and however often."""

import gc
import time
import weakref
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from makemore_core.config import RunConfig
from makemore_core.datasets import DataConfig
from makemore_core.errors import InputError
from makemore_core.training.manager import RunManager
from makemore_core.training.reader import AnyRun
from makemore_core.training.recorder import Progress, RunState, Snapshot
from makemore_core.training.rows import STALE_AFTER, RunRow
from makemore_core.training.run import Command, Run
from makemore_core.training.store import RunStore
from makemore_core.training.trainer import below
from tests.conftest import WORDS, wait_until


def snapshot_of(manager: RunManager, id: str) -> Snapshot:
    snapshot = manager.snapshot(id)
    assert snapshot is not None
    return snapshot


def stopped(manager: RunManager, config: RunConfig, name: str = "") -> AnyRun:
    """A run that has trained a little and was stopped."""
    run = manager.start(config, name=name)
    wait_until(lambda: snapshot_of(manager, run.id).progress.step > 20)
    manager.command(run.id, Command.STOP)
    wait_until(lambda: snapshot_of(manager, run.id).progress.state == RunState.STOPPED)
    return run


def test_a_started_run_is_listed_as_it_is(manager: RunManager, config: RunConfig) -> None:
    run = manager.start(config, preset="lecture3-kaiming", name="my-first")
    (row,) = manager.runs()
    assert (row.id, row.preset, row.progress.state) == ("my-first", "lecture3-kaiming", RunState.RUNNING)
    assert RunConfig.from_dict(row.config) == config
    assert row.parameters == sum(p.numel() for p in run.trainer.parameters.values())
    assert row.dataset == {
        "name": "words.txt", "sha256": config.data.load().sha256, "words": len(WORDS), "vocab": 13,
    }  # fmt: skip


def test_the_list_shows_the_step_of_this_moment(manager: RunManager, config: RunConfig) -> None:
    run = manager.start(config)
    wait_until(lambda: manager.row(run.id).progress.step > 0)  # long before the first save


def test_unnamed_runs_get_names_of_their_own(manager: RunManager, config: RunConfig) -> None:
    assert len({manager.start(config, paused=True).id for _ in range(5)}) == 5


@pytest.mark.parametrize("name", ["-x", "Großes", "a b", "../x", "a\0b", "=cmd()", "x" * 41, "<b>", "a\n"])
def test_names_that_could_harm_are_refused(manager: RunManager, config: RunConfig, name: str) -> None:
    with pytest.raises(InputError, match="A run's name has 1 to 40 letters a-z, digits and hyphens"):
        manager.start(config, name=name)


def test_a_name_is_taken_once_even_by_two_at_once(manager: RunManager, config: RunConfig) -> None:
    def start(_: int) -> str:
        try:
            return manager.start(config, name="otter", paused=True).id
        except InputError as refusal:
            return str(refusal)

    with ThreadPoolExecutor(4) as tabs:
        answers = list(tabs.map(start, range(4)))
    assert answers.count("otter") == 1
    assert sum(answer.startswith("There is a run 'otter' already") for answer in answers) == 3


def test_an_unknown_run_is_refused_everywhere(manager: RunManager) -> None:
    for ask in (manager.snapshot, manager.row, manager.resume, manager.trained_model, manager.trainer, manager.delete):
        with pytest.raises(InputError, match="There is no run 'nobody'"):
            ask("nobody")
    for command in Command:
        with pytest.raises(InputError, match="There is no run 'nobody'"):
            manager.command("nobody", command)


def test_settings_that_cannot_be_trained_leave_no_run_behind(manager: RunManager, config: RunConfig) -> None:
    with pytest.raises(InputError):
        manager.start(replace(config, data=DataConfig("nowhere.txt")))
    assert manager.runs() == []


def test_a_stopped_run_can_be_played_at_once(manager: RunManager, config: RunConfig) -> None:
    run = stopped(manager, config)
    step = snapshot_of(manager, run.id).progress.step
    manager.command(run.id, Command.PLAY)
    wait_until(lambda: snapshot_of(manager, run.id).progress.step > step)
    assert snapshot_of(manager, run.id).progress.state == RunState.RUNNING


def test_a_stopped_run_wakes_up_for_a_single_step(manager: RunManager, config: RunConfig) -> None:
    run = stopped(manager, config)
    step = snapshot_of(manager, run.id).progress.step
    manager.command(run.id, Command.STEP)
    wait_until(lambda: snapshot_of(manager, run.id).progress.step == step + 1)
    assert snapshot_of(manager, run.id).progress.state == RunState.PAUSED


def test_a_living_or_finished_run_does_not_resume(manager: RunManager, config: RunConfig) -> None:
    living = manager.start(config)
    with pytest.raises(InputError, match="is running; only an interrupted or stopped run resumes"):
        manager.resume(living.id)
    done = manager.start(replace(config, max_steps=1))
    wait_until(lambda: snapshot_of(manager, done.id).progress.state == RunState.FINISHED)
    with pytest.raises(InputError, match="is finished"):
        manager.command(done.id, Command.PLAY)


def test_a_living_run_does_not_resume_even_if_its_last_save_is_old(manager: RunManager, config: RunConfig) -> None:
    run = manager.start(config, paused=True)
    manager.store._db.execute("UPDATE runs SET updated = 0")  # pyright: ignore[reportPrivateUsage]: as after a slow save
    with pytest.raises(InputError, match="is paused"):
        manager.resume(run.id)


def test_a_new_manager_shows_what_the_store_remembers(manager: RunManager, config: RunConfig) -> None:
    run = stopped(manager, config)
    with closing(RunStore(manager.store.path)) as fresh:
        again = RunManager(fresh)
        before, after = snapshot_of(manager, run.id), snapshot_of(again, run.id)
        assert np.array_equal(before.losses, after.losses)
        assert before.evaluations == after.evaluations
        assert before.progress == after.progress
        assert again.snapshot(run.id, since=after.cursor) is None


def test_a_run_of_a_dead_process_turns_interrupted_while_one_looks(store: RunStore, config: RunConfig) -> None:
    soon = time.time() - STALE_AFTER + 0.2
    about = {"sha256": config.data.load().sha256}
    store.add(RunRow("otter", "", config.to_dict(), about, 1, Progress(RunState.RUNNING), soon, soon))
    manager = RunManager(store)
    first = snapshot_of(manager, "otter")
    assert first.progress.state == RunState.RUNNING
    wait_until(lambda: manager.snapshot("otter", since=first.cursor) is not None)
    assert snapshot_of(manager, "otter").progress.state == manager.row("otter").progress.state == RunState.INTERRUPTED
    manager.resume("otter", paused=True)
    manager.close()


def test_a_run_of_another_process_is_followed(manager: RunManager, config: RunConfig) -> None:
    with closing(RunStore(manager.store.path)) as store:
        viewer = RunManager(store)
        run = manager.start(config, paused=True)
        assert len(snapshot_of(viewer, run.id).losses) == 0
        manager.command(run.id, Command.PLAY)
        wait_until(lambda: snapshot_of(manager, run.id).progress.step > 20)
        manager.command(run.id, Command.STOP)
        wait_until(lambda: snapshot_of(viewer, run.id).progress.state == RunState.STOPPED)
        assert np.array_equal(snapshot_of(viewer, run.id).losses, snapshot_of(manager, run.id).losses)


def test_a_trained_model_is_a_copy_in_evaluation(manager: RunManager, config: RunConfig) -> None:
    run = stopped(manager, config)
    trained = manager.trained_model(run.id)
    assert all(map(torch.equal, trained.model.parameters(), run.trainer.model.parameters()))
    assert trained.model.training is False
    trained.model.parameters()[0].data.zero_()
    assert run.trainer.model.parameters()[0].any()


def test_a_runs_model_can_be_had_as_it_was(manager: RunManager, config: RunConfig) -> None:
    run = stopped(manager, config)
    tokens = run.trainer.dataset.tokens("val")
    names = run.trainer.model.state().keys()
    for observation in snapshot_of(manager, run.id).observations:
        then = manager.trained_model(run.id, observation.step).model
        kept = below("model.", manager.store.snapshot(run.id, observation.step) or {})
        assert kept.keys() == names
        assert all(torch.equal(then.state()[name], tensor) for name, tensor in kept.items())
    first, last = (manager.trained_model(run.id, step).model.nats(tokens).mean() for step in (0, None))
    assert last < first
    with pytest.raises(InputError, match="nearest step with weights is 0"):
        manager.trained_model(run.id, -5)


def test_a_training_runs_model_can_be_had(manager: RunManager, config: RunConfig) -> None:
    run = manager.start(config)
    wait_until(lambda: snapshot_of(manager, run.id).progress.step > 20)
    trained = manager.trained_model(run.id)
    x = torch.zeros(1, trained.model.block_size, dtype=torch.int64)
    assert torch.equal(trained.model(x), trained.model(x))


def test_a_runs_trainer_is_its_checkpoint(manager: RunManager, config: RunConfig) -> None:
    run = stopped(manager, config)
    assert all(map(torch.equal, manager.trainer(run.id).state().values(), run.trainer.state().values()))


def test_a_data_set_that_changed_is_told(manager: RunManager, config: RunConfig, tmp_path: Path) -> None:
    path = tmp_path / "own.txt"
    path.write_text("\n".join(WORDS))
    run = stopped(manager, replace(config, data=DataConfig(str(path))))
    path.write_text("\n".join(WORDS[:50]))
    with pytest.raises(InputError, match=r"The data set 'own\.txt' has changed since"):
        manager.resume(run.id)


def test_a_run_may_be_deleted_while_it_trains(manager: RunManager, config: RunConfig) -> None:
    run, other = manager.start(config), manager.start(config)
    wait_until(lambda: snapshot_of(manager, run.id).progress.step > 20)
    manager.delete(run.id)
    assert not run.is_alive
    assert [row.id for row in manager.runs()] == [other.id]
    with pytest.raises(InputError, match=r"was deleted; .* undoes that"):
        manager.snapshot(run.id)


def test_a_deleted_run_comes_back_and_goes_on(manager: RunManager, config: RunConfig) -> None:
    run = manager.start(config)
    wait_until(lambda: snapshot_of(manager, run.id).progress.step > 20)
    manager.delete(run.id)
    with pytest.raises(InputError, match="already, listed or deleted"):
        manager.start(config, name=run.id)
    manager.restore(run.id)
    row = manager.row(run.id)
    assert (row.progress.state, row.progress.step) == (RunState.STOPPED, run.trainer.number)
    assert manager.resume(run.id, paused=True).trainer.number == run.trainer.number


def test_a_run_is_renamed_and_tagged(manager: RunManager, config: RunConfig) -> None:
    stopped(manager, config, "otter")
    stopped(manager, config, "heron")
    manager.rename("otter", "my-best")
    manager.tag("my-best", ["  good  one ", "class 3", "class 3", " "])
    row = manager.row("my-best")
    assert (row.id, row.title, row.tags) == ("otter", "my-best", ("class 3", "good one"))
    for name in ("heron", "my best", "-", "x" * 41):
        with pytest.raises(InputError, match=r"A run's name has|There is a run"):
            manager.rename("otter", name)
    for tags in (["x" * 41], map(str, range(21))):
        with pytest.raises(InputError, match="A run has up to 20 tags of up to 40 characters, but got"):
            manager.tag("otter", tags)
    manager.rename("otter", "")
    assert (manager.row("otter").title, manager.row("otter").tags) == ("otter", ("class 3", "good one"))


def test_no_name_is_no_run_and_a_name_is_as_good_as_the_id(manager: RunManager, config: RunConfig) -> None:
    run = manager.start(replace(config, max_steps=3), name="otter")
    run.join(None)
    with pytest.raises(InputError, match="There is no run ''"):
        manager.row("")
    with pytest.raises(InputError, match="There is no deleted run ''"):
        manager.restore("")
    manager.rename("otter", "best")
    assert manager.store.whole("best") == manager.store.whole("otter")
    assert manager.store.whole("best").checkpoint is not None
    assert [row.id for row in manager.runs()] == ["otter"]
    manager.delete("otter")
    assert manager.runs() == []
    with pytest.raises(InputError, match="runs restore best` undoes that"):
        manager.row("best")
    manager.restore("best")
    assert [row.title for row in manager.runs()] == ["best"]


def test_what_changes_in_sleep_is_seen_and_forked_at_once(manager: RunManager, config: RunConfig) -> None:
    run = stopped(manager, config)
    late = RunManager(manager.store)
    assert snapshot_of(late, run.id).marks == ()
    late.change(run.id, {"optimizer.learning_rate": 0.01})
    assert [mark.settings for mark in snapshot_of(late, run.id).marks] == [{"optimizer.learning_rate": 0.01}]
    fork = late.fork(run.id, paused=True)
    assert late.config(fork.id).optimizer.learning_rate == 0.01
    late.close()


def test_a_run_of_another_process_is_not_rewound_under_its_feet(manager: RunManager, config: RunConfig) -> None:
    run = manager.start(replace(config, max_steps=20))
    run.join(None)
    manager.store.beat(run.id, Progress(RunState.RUNNING))
    before = manager.store.losses(run.id)
    with pytest.raises(InputError, match="is training in another process; stop it there first"):
        RunManager(manager.store).rewind(run.id, 8, {})
    assert np.array_equal(manager.store.losses(run.id), before)


def test_runs_may_come_and_go_while_one_asks_whether_any_trains(manager: RunManager, config: RunConfig) -> None:
    """As the threads of a sweep do."""

    class Letting(Run):
        @property
        def is_alive(self) -> bool:
            manager._runs.pop("heron", None)
            return False

    run = manager.start(replace(config, max_steps=3), name="otter")
    run.join(None)
    assert isinstance(run, Run)
    progress = Progress(RunState.FINISHED)
    manager._runs |= {id: Letting(id, run.trainer, run.recorder, manager.store, progress) for id in ("finch", "heron")}
    assert not manager.trains()
    assert "heron" not in manager._runs


def test_close_stops_every_run_with_a_checkpoint(manager: RunManager, config: RunConfig) -> None:
    runs = [manager.start(config), manager.start(config, paused=True), manager.start(config)]
    manager.close()
    assert not any(run.is_alive for run in runs)
    for run in runs:
        checkpoint = manager.store.checkpoint(run.id)
        assert checkpoint is not None
        assert checkpoint["step"].item() == run.trainer.number
        assert manager.store.run(run.id).progress.state == RunState.STOPPED
    manager.close()  # twice is once


def test_a_closed_manager_leaves_nothing_in_memory(store: RunStore, config: RunConfig) -> None:
    manager = RunManager(store)
    manager.start(replace(config, max_steps=3)).join(None)
    left = weakref.ref(manager)
    manager.close()
    del manager
    gc.collect()
    assert left() is None
