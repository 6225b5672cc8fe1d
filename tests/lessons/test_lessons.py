"""The lessons' contract: every station is open at the beginning and can be done, by what its action really does."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from makemore_core.config import RunConfig
from makemore_core.datasets import Dataset
from makemore_core.exercise.progress import Progress as Found
from makemore_core.knobs import Value
from makemore_core.lessons import LESSONS, Lesson, Situation, Station
from makemore_core.lessons.place import Place, is_complete
from makemore_core.lessons.rules import trigram
from makemore_core.presets import preset_named
from makemore_core.presets.initialisations import STARTING_POINTS
from makemore_core.training.curve import COLUMNS
from makemore_core.training.marks import Mark
from makemore_core.training.recorder import Progress, RunState, Snapshot
from makemore_core.training.rows import RunRow

STATIONS = [(lesson, station) for lesson in LESSONS.values() for station in lesson.stations]
each_station = pytest.mark.parametrize(
    ("lesson", "station"), STATIONS, ids=[f"{lesson.name}-{station.name}" for lesson, station in STATIONS]
)
each_lesson = pytest.mark.parametrize("lesson", LESSONS.values(), ids=LESSONS)
Act = Callable[[Situation], Situation]


def at_the_beginning(lesson: Lesson) -> Situation:
    """Just after its button was pressed: the untrained net, nothing chosen."""
    lab = preset_named("lecture3-original").config
    return Situation("lessons", lesson.preset, lesson.config, lab=lab, name="emma")


def go_to(page: str) -> Act:
    return lambda now: replace(now, page=page)


def choose(**choices: Any) -> Act:
    return lambda now: replace(now, choices=dict(now.choices) | choices)


def turn(settings: Mapping[str, Value]) -> Act:
    return lambda now: replace(now, draft=now.draft.with_values(settings))


def in_lab(point: str) -> Act:
    config = next(p.config for p in STARTING_POINTS if p.name == point)
    return lambda now: replace(now, lab=config)


def train(config: RunConfig | None = None, steps: int = 1) -> Act:
    """A run of the next run's settings, or of others, that has taken some steps."""

    def trained(now: Situation) -> Situation:
        chosen = config or now.draft
        progress = Progress(RunState.RUNNING, step=steps)
        row = RunRow("otter", "", chosen.to_dict(), {}, 1, progress, 0.0, 0.0)
        return replace(
            now, row=row, config=chosen, snapshot=Snapshot("otter", 0, progress, np.zeros((0, len(COLUMNS))))
        )

    return trained


def lower_the_rate(now: Situation) -> Situation:
    assert now.snapshot
    mark = Mark(5, "learning rate", {"optimizer.learning_rate": 0.01})
    return replace(now, snapshot=replace(now.snapshot, marks=(mark,)))


def find(*numbers: int) -> Act:
    return choose(exercise=Found(frozenset(numbers)).spelled)


def preset(name: str, **settings: Value) -> RunConfig:
    return preset_named(name).config.with_values({k.replace("__", "."): v for k, v in settings.items()})


ACTS: dict[str, dict[str, tuple[Act, ...]]] = {
    "lecture1": {
        "data": (choose(data_view="Lint"),),
        "pair": (choose(count_row="q"),),
        "probabilities": (choose(count_shows="Probabilities"),),
        "infinite": (choose(count_alpha=0.0),),
        "drowned": (choose(count_alpha=1_000.0),),
        "trigram": (choose(count_prefix="m"),),
        "tuned": (choose(count_prefix="m", count_alpha=0.1),),
        "neural": (train(preset("lecture1-neural")),),
        "longer": (choose(counting="Longer contexts"),),
    },
    "lecture2": {
        "play": (train(),),
        "split": (choose(data_view="Split"),),
        "ramp": (choose(search="Learning rate"),),
        "rate": (choose(finder_rate=0.13),),
        "hidden": (turn({"model.n_hidden": 300}),),
        "larger": (turn({"model.n_hidden": 300}), train()),
        "decay": (train(), lower_the_rate),
        "letters": (choose(embeddings="Movie"),),
        "sample": (choose(prefix="jo"),),
    },
    "lecture3": {
        "first-step": (train(),),
        "output": (in_lab("W2*.01, b2*0"),),
        "tails": (in_lab("and W1*.2, b1*.01"),),
        "kaiming": (in_lab("W1*(5/3)/sqrt(30)"),),
        "batch-norm": (in_lab("and BatchNorm"),),
        "train-it": (train(preset("lecture3-batchnorm")),),
        "update-data": (choose(inside="Over time"),),
        "fold": (choose(inside="Fold"),),
        "zeros": (in_lab("all 0"),),
        "zeros-trained": (train(next(p.config for p in STARTING_POINTS if p.name == "all 0"), steps=1_000),),
    },
    "lecture4": {
        "walk": (choose(backprop_graph=1),),
        "compare": (choose(backprop="Compare"),),
        "first": (find(0),),
        "three": (find(0, 1, 2),),
        "short": (choose(backprop="Short forms"),),
        "pull": (choose(backprop="dlogits"),),
        "by-hand": (turn({"engine": "by_hand"}),),
        "trained": (turn({"engine": "by_hand"}), train()),
    },
    "lecture5": {
        "flat": (train(),),
        "pairs": (train(preset("lecture5-hierarchical-bug")),),
        "shapes": (choose(Layer="batch_norm1"),),
        "bug": (turn(preset("lecture5-hierarchical").settings()),),
        "fixed": (train(preset("lecture5-hierarchical")),),
        "beside": (choose(compare="Differences"),),
        "mattered": (choose(next_character="Which letter mattered"),),
        "modules": (go_to("three_forms"),),
    },
    "transformer": {
        "play": (train(),),
        "map": (choose(inside="Attention"),),
        "yours": (lambda now: replace(now, name="Olivia"),),
        "head": (choose(attention_head=2),),
        "expects": (choose(next_character="Attention"),),
        "dice": (choose(next_character="Dice"),),
        "one-head": (turn({"model.n_head": 1}),),
        "dropout": (turn({"model.dropout": 0.1}),),
    },
}  # fmt: skip


@each_station
def test_a_station_is_open_at_the_beginning_and_its_action_does_it(
    lesson: Lesson, station: Station, names: Dataset
) -> None:
    now = at_the_beginning(lesson)
    assert not station.done(now)
    for act in ACTS[lesson.name][station.name]:
        now = act(now)
    assert station.done(now)


@each_station
def test_a_station_is_not_done_by_what_comes_before_it(lesson: Lesson, station: Station, names: Dataset) -> None:
    """Whoever walks from the first station on finds something to do at each."""
    now = at_the_beginning(lesson)
    for before in lesson.stations[: lesson.stations.index(station)]:
        for act in ACTS[lesson.name][before.name]:
            now = act(now)
    assert not station.done(now)


def test_each_station_has_an_action_in_this_table() -> None:
    assert {name: list(acts) for name, acts in ACTS.items()} == {
        lesson.name: [station.name for station in lesson.stations] for lesson in LESSONS.values()
    }


@each_lesson
def test_a_lesson_says_what_it_is_for_and_ends_with_a_challenge(lesson: Lesson) -> None:
    assert lesson.challenges
    assert len(set(lesson.parts)) == len(lesson.parts)
    assert 5 <= lesson.minutes <= 60
    for text in (lesson.goal, *(c.sentence for c in lesson.challenges), *(s.text for s in lesson.stations)):
        assert re.fullmatch(r"[A-Z0-9].*[.?]", text)
    lesson.config.model.check()


@each_station
def test_a_station_names_one_control_in_bold(lesson: Lesson, station: Station) -> None:
    assert 1 <= station.action.count("**") // 2 <= 3
    assert len(station.text) <= 160
    assert len(station.action) <= 110


def test_alpha_is_tuned_where_the_trigrams_val_is_lowest_and_nowhere_else(names: Dataset) -> None:
    tuned = LESSONS["lecture1"].station("tuned").done
    now = choose(count_prefix="m")(at_the_beginning(LESSONS["lecture1"]))
    known = trigram(now.draft.data)
    alphas = [0.001, 0.01, 0.1, 0.5, 1.0, 10.0]
    losses = known.val.losses(alphas)
    assert [tuned(choose(count_alpha=alpha)(now)) for alpha in alphas] == [
        bool(loss < known.val.losses([known.best])[0] + 0.001) for loss in losses
    ]
    assert not tuned(choose(count_prefix="", count_alpha=0.1)(now))


@each_lesson
def test_a_place_is_read_as_it_is_spelled(lesson: Lesson) -> None:
    for number in range(len(lesson.stations) + 1):
        assert Place.read(Place(lesson, number).spelled) == Place(lesson, number)
    assert Place.read(f"{lesson.name}.999") == Place(lesson, len(lesson.stations))


@pytest.mark.parametrize("text", ["", "lecture3", "lecture9.1", "lecture3.-1", "lecture3.1e3", "lecture3.4 ", "٣.1"])
def test_what_spells_no_place_is_none(text: str) -> None:
    assert Place.read(text) is None


def test_a_lesson_is_taken_up_behind_the_last_station_that_was_done() -> None:
    lesson = LESSONS["lecture1"]
    assert Place.reached(lesson, {}).number == 0
    assert Place.reached(lesson, {("lecture1", "pair"): "", ("lecture2", "split"): ""}).number == 2
    assert Place.reached(lesson, {("lecture1", "longer"): ""}).station is None
    everything = dict.fromkeys((("lecture1", part) for part in lesson.parts), "")
    assert is_complete(lesson, everything)
    assert Place.reached(lesson, everything).number == 0


def test_before_the_first_station_there_is_none_and_behind_the_last_come_the_challenges() -> None:
    lesson = LESSONS["lecture1"]
    assert Place(lesson).back == Place(lesson)
    end = Place(lesson, len(lesson.stations))
    assert end.next == end
    assert end.station is None
    assert end.back.station == lesson.stations[-1]
