"""Proposals: the same for the same seed whatever was killed, new ones only, and TPE learns where to look."""

import math
from collections.abc import Sequence
from statistics import median

import pytest

from makemore_core.config import RunConfig
from makemore_core.models.transformer import TransformerConfig
from makemore_core.presets import PRESETS
from makemore_core.search.importances import importances
from makemore_core.search.plan import SweepPlan
from makemore_core.search.proposals import Values, planned, propose
from makemore_core.search.standing import Trial, TrialState
from tests.search.plans import RATE, WIDTH, ended, plan_of

MLP = PRESETS["lecture3-batchnorm"].config
GRID = (("optimizer.learning_rate", "log:1e-3:1"), ("optimizer", "sgd,adam"))


def valley(trial: Values) -> float:
    """Lowest at a rate of .05; the width does not matter."""
    return 2 + (math.log10(float(str(trial["optimizer.learning_rate"]))) - math.log10(0.05)) ** 2


def tried(plan: SweepPlan, many: int, trials: Sequence[Trial] = ()) -> list[Trial]:
    """So many trials one after the other, on the landscape above."""
    done = list(trials)
    while len(done) < many and (values := propose(plan, done, len(done))) is not None:
        done.append(Trial(len(done), values, TrialState.FINISHED, valley(values)))
    return done


@pytest.mark.parametrize("sampler", ["random", "tpe", "grid"])
def test_a_sweep_that_was_cut_off_goes_on_as_it_would_have(sampler: str) -> None:
    plan = plan_of(MLP, sampler=sampler, trials=25, seed=3)
    whole = tried(plan, 25)
    assert tried(plan, 25, whole[:13]) == whole
    assert tried(plan_of(MLP, sampler=sampler, trials=25, seed=4), 25) != whole


def test_chance_asks_nobody_what_came_before() -> None:
    plan = plan_of(MLP, sampler="random")
    assert propose(plan, [], 7) == propose(plan, tried(plan, 7), 7)


def test_a_grid_has_every_combination_once() -> None:
    trials = tried(plan_of(MLP, *GRID, sampler="grid", trials=8), 99)
    points = {(trial.values["optimizer.learning_rate"], trial.values["optimizer"]) for trial in trials}
    assert points == {(rate, name) for rate in (0.001, 0.01, 0.1, 1.0) for name in ("sgd", "adam")}
    assert len(trials) == planned(plan_of(MLP, *GRID, sampler="grid", trials=9)) == 8


def test_the_points_of_an_axis_are_its_own() -> None:
    axes = (("optimizer.learning_rate", "log:1e-3:1:7"), ("model.n_hidden", "8:64:2"))
    assert planned(plan_of(MLP, *axes, sampler="grid", trials=99)) == 14


@pytest.mark.parametrize("sampler", ["random", "tpe"])
def test_nothing_is_tried_twice_and_a_small_space_ends(sampler: str) -> None:
    axes = (("model.n_embd", "2:4"), ("model.batch_norm", "true,false"), ("optimizer", "sgd,adam"))
    plan = plan_of(MLP, *axes, sampler=sampler, trials=40)
    done: list[Trial] = []
    while (values := propose(plan, done, len(done))) is not None:
        done.append(Trial(len(done), values, TrialState.FINISHED, float(len(done))))
    assert len(done) == planned(plan) == 12
    assert len({repr(trial.values) for trial in done}) == 12


def test_only_settings_that_go_together_are_proposed() -> None:
    config = RunConfig(model=TransformerConfig(n_embd=12, n_head=4))
    axes = (("model.n_embd", "6:24"), ("model.n_head", "1:6"))
    for sampler in ("random", "grid"):
        plan = plan_of(config, *axes, sampler=sampler, trials=30)
        for number in range(10):
            values = propose(plan, [], number) or {}
            assert int(values["model.n_embd"]) % int(values["model.n_head"]) == 0


def test_the_first_trial_is_the_config_itself() -> None:
    plan = plan_of(MLP, RATE, ("model.n_hidden", "32:512"))
    assert propose(plan, [], 0) == {"optimizer.learning_rate": 0.1, "model.n_hidden": 200}


def test_tpe_comes_nearer_than_chance() -> None:
    late = {
        sampler: median(trial.val or 0 for trial in tried(plan_of(MLP, sampler=sampler, trials=40), 40)[20:])
        for sampler in ("random", "tpe")
    }
    assert late["tpe"] < 2.1  # within a factor of 2 of the best rate
    assert late["random"] > 2.4


def test_tpe_turns_away_from_what_ran_off() -> None:
    plan = plan_of(MLP, RATE, trials=40)
    trials = [ended(n, 2.0, optimizer__learning_rate=round(0.001 + n / 1000, 4)) for n in range(8)]
    trials += [ended(8 + n, 9.9, TrialState.FAILED, optimizer__learning_rate=0.5 + n / 100) for n in range(8)]
    rates = [float((propose(plan, trials, 16 + n) or {})["optimizer.learning_rate"]) for n in range(12)]
    assert sum(rate < 0.1 for rate in rates) > 9


def test_the_knob_that_matters_is_told() -> None:
    plan = plan_of(MLP, RATE, WIDTH, sampler="random", trials=40)
    matters = importances(plan, tried(plan, 40))
    assert sum(matters.values()) == pytest.approx(1)
    assert matters["optimizer.learning_rate"] > 0.8
    assert importances(plan, tried(plan, 9)) == {}
    assert importances(plan_of(MLP, RATE), tried(plan_of(MLP, RATE), 20)) == {}
