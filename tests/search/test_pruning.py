"""Pruning: judged where all runs are evaluated, by Optuna's rule of the median, and by halves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makemore_core.search.pruning import in_worse_half, is_hopeless, rungs
from makemore_core.training.spacing import KEPT, is_on_grid

VALS = st.floats(1, 4, allow_nan=False)


@given(st.integers(1, 10_000_000))
def test_trials_are_judged_where_every_run_is_evaluated(max_steps: int) -> None:
    steps = rungs(max_steps)
    assert all(step & (step - 1) == 0 and is_on_grid(step, KEPT) for step in steps)
    assert all(max_steps / 16 <= step < max_steps for step in steps)
    assert len(steps) == (4 if max_steps > 15 else len(steps))


def test_the_lecture_at_2000_steps_is_judged_four_times() -> None:
    assert rungs(2_000) == (128, 256, 512, 1024)


@given(st.lists(VALS, min_size=5, max_size=12), VALS)
def test_the_median_rule_is_optunas(vals: list[float], val: float) -> None:
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(pruner=optuna.pruners.MedianPruner(n_startup_trials=5))
    for other in vals:
        study.add_trial(optuna.trial.create_trial(value=other, intermediate_values={128: other}))
    trial = study.ask()
    trial.report(val, 128)
    curves = [((128, other),) for other in vals]
    assert is_hopeless("median", 128, val, curves, curves) == trial.should_prune()


def test_nobody_is_given_up_before_there_are_some_to_compare_with() -> None:
    curves = [((128, 2.0),)] * 4
    assert not is_hopeless("median", 128, 9.0, curves, curves)
    assert is_hopeless("median", 128, 9.0, [*curves, curves[0]], curves)


def test_trials_that_never_came_to_a_step_do_not_count_there() -> None:
    curves = [((128, 2.0), (256, 1.5))] * 5 + [((128, 2.0),)] * 9
    assert not is_hopeless("median", 512, 9.0, curves, curves)
    assert is_hopeless("median", 256, 1.6, curves, curves)


@pytest.mark.parametrize(("val", "is_over"), [(1.0, False), (1.5, False), (1.9, False), (2.5, True), (9.0, True)])
def test_the_better_half_goes_on(val: float, is_over: bool) -> None:
    assert in_worse_half(val, [], [2.0, 3.0, 4.0, 1.2]) is is_over


@given(st.lists(VALS, min_size=1, max_size=40, unique=True))
def test_the_best_always_goes_on_and_about_half_with_it(vals: list[float]) -> None:
    others = [[other for other in vals if other != val] for val in vals]
    going_on = [val for val, rest in zip(vals, others, strict=True) if not in_worse_half(val, [], rest)]
    assert min(vals) in going_on
    assert len(going_on) == max(1, len(vals) // 2)


def test_none_gives_nobody_up() -> None:
    assert not is_hopeless("none", 128, 99.0, [((128, 1.0),)] * 9, [((128, 1.0),)] * 9)
