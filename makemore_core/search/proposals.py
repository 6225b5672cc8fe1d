"""Which settings are tried next. A proposal depends on the plan, the trials so far and its number alone.

So a sweep that was killed goes on as it would have. TPE is Optuna's, which is imported when it is first asked.
"""

import math
import random
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, Any

from makemore_core.errors import InputError
from makemore_core.knobs import Value
from makemore_core.search.axes import Axis
from makemore_core.search.plan import SweepPlan
from makemore_core.search.standing import DONE, Trial, TrialState
from makemore_core.training.marks import check_trainable

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution
    from optuna.study import Study

STARTUP = 10  # trials that TPE draws at random
TRIES = {"tpe": 4, "random": 200}  # for settings that are new and can be trained
MOST_POINTS = 100_000  # of a grid
Values = dict[str, Value]


def planned(plan: SweepPlan) -> int:
    """How many trials there will be: those asked for, or fewer where there are fewer settings."""
    if plan.sampler == "grid":
        return len(_grid(plan))
    return int(min(plan.trials, math.prod(_count(axis) for axis in plan.axes)))


def propose(plan: SweepPlan, trials: Sequence[Trial], number: int) -> Values | None:
    """Settings of trial `number`: none that was tried, none that cannot be trained; None if there are no more.

    The first are the plan's own, if they lie within the ranges: what all others have to beat.
    """
    if plan.sampler == "grid":
        return _grid(plan)[number] if number < len(_grid(plan)) else None
    if number == 0 and plan.own_values:  # the yardstick
        return plan.own_values
    tried = {_key(trial.values) for trial in trials}
    for values in _candidates(plan, trials, number):
        if _key(values) not in tried and is_trainable(plan, values):
            return values
    return None


def is_trainable(plan: SweepPlan, values: Values) -> bool:
    """Whether these settings go together: heads share n_embd evenly, BatchNorm has two examples."""
    try:
        check_trainable(plan.with_values(values))
    except InputError:
        return False
    return True


def _candidates(plan: SweepPlan, trials: Sequence[Trial], number: int) -> Iterator[Values]:
    told = [trial for trial in trials if trial.state in DONE]
    if plan.sampler == "tpe" and len(told) >= STARTUP:
        study = study_of(plan, trials)
        for attempt in range(TRIES["tpe"]):
            yield _by_tpe(plan, study, _dice(plan, number, attempt).getrandbits(32))
    for attempt in range(TRIES["random"]):
        dice = _dice(plan, number, attempt)
        yield {axis.path: axis.at(dice.random()) for axis in plan.axes}


def _dice(plan: SweepPlan, number: int, attempt: int) -> random.Random:
    return random.Random(f"{plan.seed}, trial {number}, attempt {attempt}")


def _by_tpe(plan: SweepPlan, study: "Study", seed: int) -> Values:
    from optuna.samplers import TPESampler

    study.sampler = TPESampler(n_startup_trials=0, seed=seed)
    drawn = study.ask(_distributions(plan)).params
    return {axis.path: drawn[axis.path] if axis.options else axis.rounded(drawn[axis.path]) for axis in plan.axes}


def study_of(plan: SweepPlan, trials: Sequence[Trial]) -> "Study":
    """The trials as Optuna's study, in memory. One that ran off counts as worse than any."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study()
    states = optuna.trial.TrialState
    state = {TrialState.FINISHED: states.COMPLETE, TrialState.FAILED: states.COMPLETE, TrialState.PRUNED: states.PRUNED}
    worst = max((trial.val for trial in trials if trial.val is not None and math.isfinite(trial.val)), default=0.0) + 1
    for trial in trials:
        if not _lies_within(plan, trial):
            continue
        told = state.get(TrialState(trial.state), states.RUNNING)
        value = worst if trial.state == TrialState.FAILED or trial.val is None else trial.val
        study.add_trial(
            optuna.trial.create_trial(
                state=told,
                value=value if told == states.COMPLETE else None,
                params=trial.values,
                distributions=_distributions(plan),
                intermediate_values=dict(trial.curve),
            )
        )
    return study


def _lies_within(plan: SweepPlan, trial: Trial) -> bool:
    """Whether a trial has a value for each axis; one whose run never came to be has none."""
    return all(axis.path in trial.values for axis in plan.axes)


def _distributions(plan: SweepPlan) -> "dict[str, BaseDistribution]":
    return {axis.path: _distribution(axis) for axis in plan.axes}


def _distribution(axis: Axis) -> "BaseDistribution":
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    if axis.options:
        return CategoricalDistribution(axis.options)
    low, high = axis.ends
    return IntDistribution(int(low), int(high), axis.log) if axis.whole else FloatDistribution(low, high, axis.log)


@lru_cache(maxsize=64)
def _grid(plan: SweepPlan) -> tuple[Values, ...]:
    """All settings of a grid that can be trained, in an order that the plan's seed shuffles.

    A range without a number of points takes as many as the trials allow.
    """
    free = [axis for axis in plan.axes if not axis.options and not axis.points]
    fixed = math.prod(len(axis.grid(0)) for axis in plan.axes if axis not in free)
    points = max(2, _root(plan.trials // fixed, len(free))) if free else 0
    lines = [axis.grid(points) for axis in plan.axes]
    if math.prod(map(len, lines)) > MOST_POINTS:
        raise InputError(f"A grid has at most {MOST_POINTS:,} points, but this one has {math.prod(map(len, lines)):,}.")
    paths = [axis.path for axis in plan.axes]
    every: list[Values] = [dict(zip(paths, point, strict=True)) for point in product(*lines)]
    random.Random(plan.seed).shuffle(every)
    return tuple(values for values in every[: plan.trials] if is_trainable(plan, values))


def _root(number: int, degree: int) -> int:
    """The largest whole number whose power of that degree is not above a number."""
    near = round(max(1, number) ** (1 / degree))
    return near if near**degree <= number else near - 1


def _count(axis: Axis) -> float:
    if axis.options:
        return len(axis.options)
    low, high = axis.ends
    return high - low + 1 if axis.whole else math.inf


def _key(values: Values) -> tuple[Any, ...]:
    return tuple(sorted((path, repr(value)) for path, value in values.items()))
