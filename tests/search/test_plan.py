"""Plans: kept and read again, and refused where they cannot be carried out."""

from typing import Any

import orjson
import pytest

from makemore_core.errors import InputError
from makemore_core.presets import PRESETS
from makemore_core.search.axes import Axis
from makemore_core.search.plan import PRUNERS, SAMPLERS, SweepPlan
from tests.search.plans import RATE, WIDTH, plan_of

MLP = PRESETS["lecture3-batchnorm"].config


@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize("pruner", PRUNERS)
def test_a_plan_is_read_as_it_was_written(sampler: str, pruner: str) -> None:
    axes = (RATE, ("optimizer", "sgd,adam"), ("model.batch_norm", "true,false"), ("model.n_embd", "2:32:4"))
    plan = plan_of(MLP, *axes, sampler=sampler, pruner=pruner, trials=7, seconds=2.5, seeds=3, at_once=2, seed=11)
    assert SweepPlan.from_dict(orjson.loads(orjson.dumps(plan.to_dict()))) == plan


@pytest.mark.parametrize(
    ("axes", "own", "rule"),
    [
        ((RATE, RATE), {}, "has two"),
        ((RATE,), {"trials": 0}, "1 <= trials <= 10000"),
        ((RATE,), {"sampler": "tpa"}, "Unknown sampler 'tpa'"),
        ((RATE,), {"pruner": "asha"}, "Unknown pruner 'asha'"),
        ((RATE,), {"seeds": 0}, "1 <= seeds <= 20"),
        ((RATE,), {"at_once": -1}, "0 <= at_once <= 512"),
        (
            (("optimizer", "momentum,adam"), ("optimizer.momentum", "0:.9")),
            {},
            "Unknown setting 'optimizer.momentum'",
        ),
    ],
)
def test_what_cannot_be_carried_out_is_refused(axes: Any, own: dict[str, Any], rule: str) -> None:
    with pytest.raises(InputError, match=rule):
        plan_of(MLP, *axes, **own)


def test_a_plan_searches_something() -> None:
    with pytest.raises(InputError, match="1 <= axes <= 12"):
        SweepPlan(MLP)


def test_an_axis_out_of_the_knobs_range_is_refused() -> None:
    with pytest.raises(InputError, match="4 <= n_hidden <= 1024"):
        SweepPlan(MLP, "", (Axis("model.n_hidden", 1, 9),))


def test_the_seeds_of_a_setting_follow_the_configs_own() -> None:
    plan = plan_of(MLP, RATE, seeds=3)
    configs = [plan.with_values({"optimizer.learning_rate": 0.2}, seed) for seed in range(3)]
    assert [config.seed - MLP.seed for config in configs] == [0, 1, 2]
    assert {config.optimizer.learning_rate for config in configs} == {0.2}


def test_the_configs_own_settings_are_known_where_they_lie_within() -> None:
    assert plan_of(MLP, RATE, WIDTH).own_values == {}  # 200 neurons are more than 64
    assert plan_of(MLP, RATE).own_values == {"optimizer.learning_rate": 0.1}
