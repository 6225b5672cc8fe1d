"""Each challenge is met by a real run that deserves it, and not by another; its sentence says what is missing.

The lectures' own thresholds hold for makemore's names.txt; the runs are as short as they can be.
"""

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from makemore_core.config import RunConfig
from makemore_core.datasets import Dataset
from makemore_core.exercise.progress import Progress
from makemore_core.knobs import Value
from makemore_core.lessons import LESSONS, Finding, Situation
from makemore_core.presets import preset_named
from makemore_core.presets.initialisations import STARTING_POINTS
from makemore_core.training.manager import RunManager
from makemore_core.training.recorder import Evaluation
from makemore_core.training.store import RunStore

CHALLENGES = [(lesson.name, challenge.name) for lesson in LESSONS.values() for challenge in lesson.challenges]
Trained = Callable[[RunConfig], Situation]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """What a tab shows of a run that has reached its end; each is trained once."""
    manager = RunManager(RunStore(Path(tmp_path_factory.mktemp("store")) / "runs.sqlite"))
    known: dict[RunConfig, str] = {}

    def situation(config: RunConfig) -> Situation:
        if config not in known:
            run = manager.start(config)
            run.join(timeout=None)
            known[config] = run.id
        id = known[config]
        return Situation("train", "", config, None, manager.row(id), manager.config(id), manager.snapshot(id))

    return situation


def measured(lesson: str, challenge: str, now: Situation) -> Finding:
    return next(c for c in LESSONS[lesson].challenges if c.name == challenge).measure(now)


def run_of(preset: str, settings: dict[str, Value], steps: int) -> RunConfig:
    return preset_named(preset).config.with_values(settings | {"max_steps": steps})


ON_TRAIN: dict[str, Value] = {"data.split": "lectures"}
SMALL: dict[str, Value] = {"model.n_hidden": 16}
MET = {
    "same-table": run_of("lecture1-neural", ON_TRAIN, 1_000),
    "first-loss": run_of("lecture3-kaiming", {}, 2_000),
    "no-saturation": run_of("lecture3-batchnorm", {}, 2_000),
}
NOT_MET = {
    "same-table": run_of("lecture1-neural", ON_TRAIN, 100),
    "under-2.2": run_of("lecture3-kaiming", SMALL, 200),
    "beat-the-loss": run_of("lecture3-kaiming", SMALL, 200),
    "first-loss": run_of("lecture3-original", {}, 5),
    "no-saturation": run_of("lecture3-original", {}, 1_001),
    "beat-the-4-gram": run_of("lecture5-hierarchical", {"model.n_hidden": 16, "model.n_embd": 4}, 200),
    "attention-beats-counting": run_of("makemore-transformer", {"model.n_layers": 1, "model.n_embd": 8}, 20),
}
FULL = {  # seconds to minutes each
    "under-2.2": run_of("lecture3-kaiming", {}, 200_000),
    "beat-the-loss": run_of("lecture3-kaiming", {}, 200_000),
    "beat-the-4-gram": run_of("lecture5-hierarchical", {}, 60_000),
    "attention-beats-counting": replace(LESSONS["transformer"].config, max_steps=3_000),
}
SLOW = ("beat-the-4-gram", "attention-beats-counting")  # to judge on all of val, however few steps they take
LESSON_OF = {challenge: lesson for lesson, challenge in CHALLENGES}


@pytest.mark.parametrize("challenge", MET)
def test_a_run_that_deserves_it_meets_the_challenge(challenge: str, trained: Trained, names: Dataset) -> None:
    finding = measured(LESSON_OF[challenge], challenge, trained(MET[challenge]))
    assert finding.is_met, finding.words


@pytest.mark.long
@pytest.mark.parametrize("challenge", FULL)
def test_a_long_run_that_deserves_it_meets_the_challenge(challenge: str, trained: Trained, names: Dataset) -> None:
    finding = measured(LESSON_OF[challenge], challenge, trained(FULL[challenge]))
    assert finding.is_met, finding.words


@pytest.mark.parametrize(
    "challenge", [pytest.param(name, marks=[pytest.mark.long] * (name in SLOW)) for name in NOT_MET]
)
def test_a_run_that_falls_short_does_not(challenge: str, trained: Trained, names: Dataset) -> None:
    finding = measured(LESSON_OF[challenge], challenge, trained(NOT_MET[challenge]))
    assert not finding.is_met
    assert any(character.isdigit() for character in finding.words)


@pytest.mark.parametrize("challenge", ["first-loss", "no-saturation"])
def test_a_net_of_zeros_begins_well_and_meets_nothing(challenge: str, trained: Trained, names: Dataset) -> None:
    zeros = next(point.config for point in STARTING_POINTS if point.name == "all 0")
    finding = measured("lecture3", challenge, trained(replace(zeros, max_steps=1_001)))
    assert not finding.is_met
    assert finding.words.endswith("Now it has to learn: a val below the bigram's 2.453.")


def test_every_challenge_has_runs_that_do_and_do_not() -> None:
    of_runs = {name for _, name in CHALLENGES} - {"back-to-the-logits"}
    assert set(MET) | set(FULL) == of_runs == set(NOT_MET)


@pytest.mark.parametrize(("lesson", "challenge"), CHALLENGES)
def test_before_a_run_nothing_is_met(lesson: str, challenge: str, names: Dataset) -> None:
    finding = measured(lesson, challenge, Situation("train", "", LESSONS[lesson].config))
    assert not finding.is_met
    assert finding.words.endswith(".")


def test_somebody_elses_run_does_not_count(trained: Trained, names: Dataset) -> None:
    now = replace(trained(MET["first-loss"]), is_mine=False)
    assert measured("lecture3", "first-loss", now) == Finding(
        False, "The run that is shown is somebody else's; train or fork one of your own."
    )


def test_what_came_after_a_minute_of_training_comes_too_late(trained: Trained, names: Dataset) -> None:
    now = trained(NOT_MET["under-2.2"])
    assert now.snapshot
    for seconds, is_met in ((59.0, True), (61.0, False)):
        late = (*now.snapshot.evaluations, Evaluation(100_000, 2.1, 2.1, seconds))
        progress = replace(now.snapshot.progress, seconds=seconds)
        found = measured(
            "lecture2", "under-2.2", replace(now, snapshot=replace(now.snapshot, evaluations=late, progress=progress))
        )
        assert found.is_met == is_met
        assert is_met or found.words.endswith("The time is up: begin another run.")


def test_a_loss_that_ran_off_is_no_best_val(trained: Trained, names: Dataset) -> None:
    now = trained(NOT_MET["under-2.2"])
    assert now.snapshot
    gone = (*now.snapshot.evaluations, Evaluation(300, math.nan, math.nan, 1.0), Evaluation(301, 1e9, -math.inf, 1.0))
    assert not measured("lecture2", "under-2.2", replace(now, snapshot=replace(now.snapshot, evaluations=gone))).is_met


def test_the_4_gram_is_beaten_by_the_net_that_was_asked_for(trained: Trained, names: Dataset) -> None:
    now = trained(MET["first-loss"])
    assert now.snapshot
    good = replace(now, snapshot=replace(now.snapshot, evaluations=(Evaluation(5, 1.0, 1.0, 1.0),)))
    assert measured("lecture5", "beat-the-4-gram", good) == Finding(
        False, "The run shown is an mlp: this challenge asks for another net."
    )


def test_the_gradients_have_to_be_found_and_not_looked_up() -> None:
    def found(progress: Progress) -> Finding:
        draft = LESSONS["lecture4"].config
        now = Situation("backprop", "", draft, choices={"exercise": progress.spelled})
        return measured("lecture4", "back-to-the-logits", now)

    assert found(Progress(frozenset(range(8)))).is_met
    assert found(Progress(frozenset(range(7)))).words == "7 of 8 found: `dlogits` is missing."
    looked_up = found(Progress(frozenset({0, 2, 3, 4, 5, 6, 7}), frozenset({1})))
    assert not looked_up.is_met
    assert "dprobs was looked up" in looked_up.words
