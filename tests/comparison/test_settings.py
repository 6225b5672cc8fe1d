"""The settings of many runs: those of now, those that differ, and groups over seeds."""

import time
from typing import Any

from hypothesis import given

from makemore_core.comparison.settings import (
    BY_EACH,
    BY_THE_REST,
    SettingsOfRuns,
    differences,
    differing,
    grouped,
    settings_at_start,
    telling,
)
from makemore_core.config import RunConfig
from makemore_core.training.recorder import Progress
from makemore_core.training.rows import RunRow
from tests.strategies import run_configs

RATE = "optimizer.learning_rate"


def row(id: str, config: dict[str, Any], created: float = 0.0) -> RunRow:
    return RunRow(id, "", config, {}, 0, Progress(), created, time.time())


def settings(*changes: dict[str, Any]) -> list[dict[str, Any]]:
    return [RunConfig().with_values(change).settings() for change in changes]


@given(run_configs())
def test_a_run_began_with_the_settings_of_its_config(config: RunConfig) -> None:
    assert settings_at_start(row("otter", config.to_dict())) == config.settings()


def test_a_run_older_than_a_knob_had_its_default() -> None:
    old = RunConfig().with_values({"model": "bigram"}).to_dict()
    del old["patience"], old["model"]["l2"]
    began = settings_at_start(row("otter", old))
    assert began["patience"] == 0
    assert began["model.l2"] == RunConfig().with_values({"model": "bigram"}).settings()["model.l2"]
    assert "model.n_hidden" not in began


def test_what_was_changed_on_the_way_holds_now() -> None:
    rows = [row("otter", RunConfig().to_dict()), row("lynx", RunConfig().to_dict())]
    now = SettingsOfRuns().now(rows, {"lynx": {RATE: 0.01}})
    assert now["lynx"][RATE] == 0.01
    assert now["otter"][RATE] == RunConfig().optimizer.learning_rate
    assert differing(now.values()) == [RATE]


def test_a_fork_with_another_optimizer_has_its_settings_alone() -> None:
    then, new = RunConfig(), RunConfig().with_values({"optimizer": "adam", "schedule": "cosine", "clip": 1.0})
    before = then.settings()
    turned = {path: value for path, value in new.settings().items() if before.get(path) != value}
    assert SettingsOfRuns().now([row("fork", then.to_dict())], {"fork": turned})["fork"] == new.settings()


def test_what_many_differ_in_is_remembered_until_something_changes() -> None:
    known, rows = SettingsOfRuns(), [row("otter", RunConfig().to_dict()), row("lynx", RunConfig(seed=1).to_dict())]
    for changed, differ in (({}, ["seed"]), ({"lynx": {RATE: 0.01}}, [RATE, "seed"]), ({}, ["seed"])):
        for _ in range(2):
            now = [*known.now(rows, changed).values()]
            assert known.differing(now) == differ == differing(now)
    assert known.differing([]) == []


def test_a_new_run_under_an_old_name_is_read_anew() -> None:
    known = SettingsOfRuns()
    known.now([row("otter", {"seed": 1}, created=1.0)], {})
    assert known.now([row("otter", {"seed": 2}, created=2.0)], {})["otter"]["seed"] == 2


def test_only_what_differs_is_named_and_choices_come_first() -> None:
    assert differing(settings({}, {})) == []
    assert differing(settings({}, {"seed": 1, "model.n_hidden": 64})) == ["model.n_hidden", "seed"]
    assert differing(settings({"seed": 1}, {"optimizer": "adam"}))[0] == "optimizer"


def test_a_setting_that_one_model_alone_has_is_no_difference_of_its_own() -> None:
    paths = differing(settings({}, {"model": "counting"}))
    assert "model" in paths
    assert "model.n_hidden" not in paths
    assert "model.alpha" not in paths


def test_groups_over_seeds_hold_runs_that_differ_in_nothing_else() -> None:
    fast: dict[str, Any] = {RATE: 0.5}
    each = settings({"seed": 1}, {"seed": 2}, {"seed": 1} | fast, {"seed": 3}, {"seed": 9, "sampling.seed": 4} | fast)
    runs = dict(zip("abcde", each, strict=True))
    groups = grouped(runs, BY_THE_REST)
    assert [group.runs for group in groups] == [("a", "b", "d"), ("c", "e")]
    assert [group.shared for group in groups] == [{RATE: 0.1}, {RATE: 0.5}]
    assert [group.runs for group in grouped(runs, BY_EACH)] == [("a",), ("b",), ("c",), ("d",), ("e",)]
    assert [group.runs for group in grouped(runs, "seed")] == [("a", "c"), ("b",), ("d",), ("e",)]


def test_as_few_settings_as_needed_tell_groups_apart() -> None:
    runs = settings({"model": "counting"}, {"seed": 3}, {RATE: 0.5, "batch_size": 64}, {RATE: 0.5, "seed": 4})
    assert telling(runs) == ["model", RATE, "batch_size"]
    assert telling(runs[:2]) == ["model"]
    assert telling(runs[:1]) == []


def test_a_diff_marks_what_is_not_as_in_the_first_and_says_what_a_run_does_not_have() -> None:
    runs = settings({"seed": 1}, {"seed": 2}, {"seed": 1, "model": "counting", "model.block_size": 3})
    found = {row.path: row for row in differences(runs)}
    assert found["seed"].values == (1, 2, 1)
    assert found["seed"].changed == (False, True, False)
    assert found["model.n_hidden"].values[2] is None
    assert "batch_size" not in found
    assert "batch_size" in {row.path for row in differences(runs, also_alike=True)}
    paths = [row.path for row in differences(runs)]
    assert paths.index("model") < paths.index("seed") < paths.index("model.n_hidden")
