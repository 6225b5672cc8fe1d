"""Between the thread that writes and the pages that read: frozen copies, each with its cursor."""

import math
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest
import torch

from makemore_core.diagnostics.reading import Text
from makemore_core.training.recorder import ALIVE, Evaluation, Observation, Progress, Recorder, RunState
from tests.conftest import shown


def recorder() -> Recorder:
    return Recorder("otter", Progress(max_steps=10))


def seen(step: int) -> Observation:
    return Observation(step, {"samples": Text([f"name{step}"])})


def test_nothing_new_is_no_snapshot() -> None:
    r = recorder()
    cursor = shown(r).cursor
    assert r.snapshot(since=cursor) is None
    r.progress(Progress(RunState.RUNNING, step=1))
    news = r.snapshot(since=cursor)
    assert news is not None
    assert news.progress.step == 1
    assert news.cursor != cursor


def test_a_cursor_of_another_recorder_is_never_up_to_date() -> None:
    # a resumed run has a new recorder; a page may still hold the old one's cursor
    assert recorder().snapshot(since=shown(recorder()).cursor) is not None


def test_a_snapshot_does_not_change_afterwards() -> None:
    r = recorder()
    r.losses(0, np.array([3.0]))
    before = shown(r)
    r.losses(1, np.array([2.0]))
    r.evaluated(Evaluation(1, 2.0, 2.1))
    r.observed(seen(1), keep=True, weights={})
    assert (len(before.losses), before.evaluations, before.observations) == (1, (), ())
    before.losses[:] = 0
    assert shown(r).losses[0, -1] == 3
    with pytest.raises(FrozenInstanceError):
        before.cursor = 7  # pyright: ignore[reportAttributeAccessIssue]: that is the claim


def test_the_latest_observation_is_last_but_only_those_to_keep_stay() -> None:
    r = recorder()
    for step, keep in ((0, True), (1, False), (2, False), (3, True), (4, False)):
        r.observed(seen(step), keep, weights={})
    snapshot = shown(r)
    assert [o.step for o in snapshot.observations] == [0, 3, 4]
    assert snapshot.shown == seen(4)
    assert snapshot.reading("samples") == Text(["name4"])
    assert snapshot.reading("nothing") is None


@pytest.mark.parametrize(("at", "step"), [(None, 8), (8, 8), (7, 3), (3, 3), (0, 0), (100, 8)])
def test_one_looks_back_to_the_latest_observation_up_to_a_step(at: int | None, step: int) -> None:
    r = recorder()
    for kept in (0, 3, 8):
        r.observed(seen(kept), keep=True, weights={})
    now = shown(r)
    then = replace(now, at=at)
    assert then.step == step
    assert then.reading("samples") == Text([f"name{step}"])
    assert [o.step for o in then.seen] == [kept for kept in (0, 3, 8) if kept <= step]
    assert then.observations == now.observations  # curves keep their end
    assert (then.version == now.version) == (at is None)


def test_before_the_first_step_there_is_nothing_to_read() -> None:
    snapshot = shown(recorder())
    assert snapshot.shown is None
    assert snapshot.reading("samples") is None
    assert recorder().weights() is None


def test_weights_are_those_of_the_latest_observation() -> None:
    r = recorder()
    r.observed(seen(0), keep=True, weights={"w": torch.ones(2)})
    weights = r.weights()
    assert weights is not None
    assert weights["w"].tolist() == [1, 1]


def test_changes_are_what_the_store_lacks() -> None:
    r = recorder()
    r.losses(0, np.array([3.0, 2.0]))
    r.evaluated(Evaluation(0, 3.0, 3.1))
    r.observed(seen(0), keep=True, weights={})
    first = r.changes()
    assert (len(first.losses), len(first.evaluations), len(first.observations)) == (2, 1, 1)
    r.saved()
    r.losses(2, np.array([1.0]))
    r.observed(seen(2), keep=False, weights={})
    later = r.changes()
    assert later.losses[:, 0].tolist() == [1, 2]  # the last bucket may have grown
    assert (later.evaluations, later.observations) == ([], [])


def test_time_left_is_steps_left_over_speed() -> None:
    assert Progress(step=25, max_steps=100, steps_per_second=15).seconds_left == 5
    assert Progress(step=25, max_steps=100).seconds_left == math.inf


@pytest.mark.parametrize("state", RunState)
def test_a_run_is_alive_until_it_ended(state: RunState) -> None:
    assert Progress(state).is_alive == (state in ALIVE) == (state in ("ready", "running", "paused"))


def test_all_who_look_within_a_moment_get_the_same_copy_until_anything_but_steps_is_new(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("makemore_core.training.recorder.MOMENT", 1e9)
    running = Progress(RunState.RUNNING, step=1, max_steps=9)
    r = Recorder("otter", running)
    r.progress(running)
    first = shown(r)
    r.progress(replace(running, step=2, seconds=1.0))
    assert shown(r) is first
    r.evaluated(Evaluation(2, 3.0, 3.0))
    r.progress(replace(running, step=2, seconds=1.0))
    assert shown(r).evaluations
    r.progress(replace(running, message="news"))
    assert shown(r).progress.message == "news"
    r.progress(replace(running, step=3, state=RunState.PAUSED))
    assert shown(r).progress.step == 3
    r.progress(replace(running, step=4, state=RunState.PAUSED))
    assert shown(r).progress.step == 4


def test_after_a_moment_the_same_look_shows_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("makemore_core.training.recorder.MOMENT", 0.0)
    running = Progress(RunState.RUNNING, step=1)
    r = Recorder("otter", running)
    for step in (2, 3):
        r.progress(replace(running, step=step))
        assert shown(r).progress.step == step
