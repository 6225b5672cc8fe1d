"""Presets that are broken on purpose: each is diagnosed by its own diagnostic, and cured by its cure, on real names."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

import pytest

from makemore_core.catalogue import CATALOGUE, SHIPPED, is_here
from makemore_core.config import RunConfig
from makemore_core.datasets import DataConfig, Dataset
from makemore_core.diagnostics import DIAGNOSTICS, measured
from makemore_core.diagnostics.reading import Reading
from makemore_core.lint.verdicts import OF_THE_SPLIT
from makemore_core.presets import PRESETS, Preset
from makemore_core.presets.sick import SICK
from makemore_core.presets.sickness import Sickness
from makemore_core.training.trainer import Trainer
from tests.rounds import some

STEPS = 500
BEST_PUBLISHED = 1.9936515  # val of lecture 5's largest net
each_sick = pytest.mark.parametrize("preset", SICK, ids=lambda preset: preset.name)
on_each_list = pytest.mark.parametrize("dataset", [*some(("names", SHIPPED), (SHIPPED,))])


@dataclass(frozen=True)
class Ran:
    """What a run of some hundred steps has shown: readings by step, and its losses in the end."""

    observed: Mapping[int, Mapping[str, Reading]]
    train: float
    val: float


@cache
def ran(config: RunConfig) -> Ran:
    trainer = Trainer(config, config.data.load())
    observed = {0: measured(trainer.step())}
    for step in (200, STEPS):
        trainer.advance(step - trainer.number)
        observed[step] = measured(trainer.step())
    return Ran(observed, trainer.evaluate("train"), trainer.evaluate("val"))


def sickness_of(preset: Preset) -> Sickness:
    assert preset.sickness
    return preset.sickness


def sick(preset: Preset, dataset: str = "names") -> RunConfig:
    if not is_here(CATALOGUE[dataset]):
        pytest.skip(f"{dataset} is not on this machine.")
    return preset.config.with_values({"data.dataset": dataset})


def cured(preset: Preset, dataset: str = "names") -> RunConfig:
    return sick(preset, dataset).with_values(sickness_of(preset).cure)


@each_sick
def test_a_sick_preset_says_where_to_look_what_it_is_and_what_helps(preset: Preset) -> None:
    sickness = sickness_of(preset)
    assert PRESETS[preset.name] is preset
    assert sickness.diagnostic in (*DIAGNOSTICS, *OF_THE_SPLIT)
    assert all(words.endswith(".") for words in (sickness.why, *sickness.symptoms.values()))
    before, after = preset.config, preset.config.with_values(sickness.cure)
    assert not sickness.is_cured_in(before)
    assert sickness.is_cured_in(after)
    assert after.differences(before) == dict(sickness.cure)  # nothing else, and nothing in vain


@each_sick
@on_each_list
def test_its_diagnostic_says_so_in_time_and_not_after_the_cure(preset: Preset, dataset: str) -> None:
    sickness, before, after = sickness_of(preset), sick(preset, dataset), cured(preset, dataset)
    assert sickness.diagnosis(ran(before).observed[sickness.shows_at], before.data) is not None
    assert sickness.last_seen(ran(after).observed.items(), after.data) is None


@pytest.mark.parametrize("preset", [p for p in SICK if p.name != "sick-leak"], ids=lambda preset: preset.name)
@on_each_list
def test_the_cured_net_learns_more_in_as_many_steps(preset: Preset, dataset: str) -> None:
    assert ran(cured(preset, dataset)).val < ran(sick(preset, dataset)).val


@on_each_list
def test_dead_relus_leave_a_blind_guess(dataset: str) -> None:
    assert ran(sick(PRESETS["sick-dead-relu"], dataset)).train == pytest.approx(math.log(27), abs=1e-3)


@on_each_list
def test_an_unshuffled_val_is_above_train_before_there_is_anything_to_overfit(dataset: str) -> None:
    """Seed 004 printed 1.967 / 2.265 on the same list in its own order."""
    preset = PRESETS["sick-unshuffled"]
    before, after = ran(sick(preset, dataset)), ran(cured(preset, dataset))
    assert before.val - before.train > 0.15
    assert abs(after.val - after.train) < 0.02


@on_each_list
def test_a_leak_makes_val_better_than_any_published_and_the_cure_tells_the_truth(dataset: str) -> None:
    preset = PRESETS["sick-leak"]
    before, after = ran(sick(preset, dataset)), ran(cured(preset, dataset))
    assert before.val < BEST_PUBLISHED < after.val
    assert before.val - before.train < (after.val - after.train) / 3
    assert after.val - after.train > 0.5  # as far by heart, and now one sees it


def test_a_list_is_repeated_before_the_split_or_each_word_kept_once(data: DataConfig) -> None:
    words = data.load().words
    assert replace(data, copies=3).load().words == words * 3
    assert replace(data, most_words=7).load().words == words[:7]
    assert replace(data, copies=0).load().words == tuple(dict.fromkeys(words))


def test_each_word_once_leaves_no_leak(names: Dataset) -> None:
    parts = DataConfig("names", copies=0).load().parts
    assert sum(map(len, parts.values())) == 29_494  # distinct names, reference-runs.md
    assert not set(parts["train"]) & {*parts["val"], *parts["test"]}
