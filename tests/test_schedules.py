"""The factor on the learning rate, against torch's schedulers and at the steps where it changes."""

import math
from collections.abc import Callable

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.optim import lr_scheduler as theirs

from makemore_core.schedules import (
    SCHEDULES,
    ConstantConfig,
    CosineConfig,
    DropConfig,
    OneCycleConfig,
    RampConfig,
    ScheduleConfig,
    StepConfig,
    WarmUpConfig,
)
from tests.strategies import configs_of

RATE = 0.5
STEPS = 100
Scheduler = Callable[[torch.optim.Optimizer], theirs.LRScheduler]
TORCHS: dict[str, tuple[ScheduleConfig, Scheduler, int]] = {
    "constant": (ConstantConfig(), lambda o: theirs.ConstantLR(o, 1.0), STEPS),
    "drop": (DropConfig(drop_at=40, drop_to=0.1), lambda o: theirs.MultiStepLR(o, [40]), STEPS),
    "step": (StepConfig(every=7, decay=0.3), lambda o: theirs.StepLR(o, 7, 0.3), STEPS),
    "warm-up": (WarmUpConfig(20), lambda o: theirs.LinearLR(o, 1 / 21, 1.0, 20), STEPS),
    "cosine": (CosineConfig(80, 0.1), lambda o: theirs.CosineAnnealingLR(o, 80, 0.1 * RATE), 81),
    "cosine-to-nothing": (CosineConfig(80, 0), lambda o: theirs.CosineAnnealingLR(o, 80), 81),
    "cosine-warm-up": (
        CosineConfig(80, 0.1, warm_up=20),
        lambda o: theirs.SequentialLR(
            o, [theirs.LinearLR(o, 1 / 21, 1.0, 20), theirs.CosineAnnealingLR(o, 60, 0.1 * RATE)], [20]
        ),
        81,
    ),
    "one-cycle": (OneCycleConfig(80), lambda o: theirs.OneCycleLR(o, RATE, 80, cycle_momentum=False), 80),
    "one-cycle-own": (
        OneCycleConfig(77, 0.45, 10, 100),
        lambda o: theirs.OneCycleLR(
            o, RATE, 77, pct_start=0.45, div_factor=10, final_div_factor=100, cycle_momentum=False
        ),
        77,
    ),
    "ramp": (
        RampConfig(STEPS, 0.001),
        lambda o: theirs.ChainedScheduler(
            [theirs.ConstantLR(o, 0.001, STEPS + 1), theirs.ExponentialLR(o, 1000 ** (1 / (STEPS - 1)))]
        ),
        STEPS,
    ),
    "one-cycle-short": (OneCycleConfig(2), lambda o: theirs.OneCycleLR(o, RATE, 2, cycle_momentum=False), 2),
}


def rates(scheduler: Scheduler, steps: int) -> list[float]:
    """The learning rate of each step, as torch's loop has it: optimizer, then scheduler."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], RATE)
    schedule = scheduler(optimizer)
    seen: list[float] = []
    for _ in range(steps):
        seen.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if len(seen) < steps:  # OneCycleLR refuses to go further
            schedule.step()
    return seen


def test_every_schedule_has_its_torch_twin() -> None:
    assert {schedule.name for schedule, _, _ in TORCHS.values()} == set(SCHEDULES)


@pytest.mark.filterwarnings("ignore:The epoch parameter")  # SequentialLR's own
@pytest.mark.parametrize("twin", TORCHS.values(), ids=TORCHS)
def test_a_schedule_is_torchs(twin: tuple[ScheduleConfig, Scheduler, int]) -> None:
    schedule, scheduler, steps = twin
    assert [RATE * schedule.factor(step) for step in range(steps)] == pytest.approx(rates(scheduler, steps), rel=1e-12)


@pytest.mark.parametrize("kind", SCHEDULES.values(), ids=SCHEDULES)
@given(st.data())
def test_no_setting_leads_above_the_optimizers_rate_or_below_zero(
    kind: type[ScheduleConfig], data: st.DataObject
) -> None:
    schedule = data.draw(configs_of(kind))
    step = data.draw(st.integers(0, 10**9))
    assert 0 <= schedule.factor(step) <= 1


@pytest.mark.parametrize("kind", SCHEDULES.values(), ids=SCHEDULES)
@given(st.data())
def test_no_schedule_rises_again_after_its_end(kind: type[ScheduleConfig], data: st.DataObject) -> None:
    schedule = data.draw(configs_of(kind))
    assert schedule.factor(10**9) <= schedule.factor(10**8)  # the longest that a knob allows


def test_the_drop_comes_at_its_step_and_stays() -> None:
    schedule = DropConfig(drop_at=100_000, drop_to=0.1)
    assert [schedule.factor(step) for step in (0, 99_999, 100_000, 10**9)] == [1.0, 1.0, 0.1, 0.1]


def test_a_constant_rate_stays() -> None:
    assert {ConstantConfig().factor(step) for step in (0, 1, 10**9)} == {1.0}


def test_a_ramp_is_lecture_2s_row_of_rates_and_stays_at_its_end() -> None:
    lrs = 10 ** torch.linspace(-3, 0, 1000, dtype=torch.float64)  # makemore part 2
    ramp = RampConfig(over=1000, ramp_from=10**-3)
    assert [ramp.factor(step) for step in range(1000)] == pytest.approx(lrs.tolist(), rel=1e-12)
    assert ramp.factor(1000) == ramp.factor(10**9) == 1


def test_a_staircase_has_equal_steps() -> None:
    schedule = StepConfig(every=10, decay=0.5)
    assert [schedule.factor(step) for step in (0, 9, 10, 19, 20, 30)] == [1, 1, 0.5, 0.5, 0.25, 0.125]


@given(st.integers(1, 1000), st.integers(0, 2000))
def test_a_warm_up_is_linear_from_its_first_step(warm_up: int, step: int) -> None:
    # nanoGPT's get_lr: learning_rate * (it + 1) / (warmup_iters + 1)
    expected = (step + 1) / (warm_up + 1) if step < warm_up else 1
    assert WarmUpConfig(warm_up).factor(step) == CosineConfig(10**8, 1.0, warm_up).factor(step) == expected


def test_a_cosine_is_half_way_in_the_middle() -> None:
    schedule = CosineConfig(over=300, floor=0.2, warm_up=100)
    assert [schedule.factor(s) for s in (100, 200, 300, 10**9)] == pytest.approx([1, 0.6, 0.2, 0.2])


@pytest.mark.parametrize("warm_up", [10, 20])
def test_a_cosine_whose_warm_up_never_ends_goes_straight_to_its_floor(warm_up: int) -> None:
    schedule = CosineConfig(over=10, floor=0.2, warm_up=warm_up)
    assert schedule.factor(warm_up - 1) == warm_up / (warm_up + 1)
    assert schedule.factor(warm_up) == 0.2


def test_one_cycle_rises_peaks_and_ends_far_below_its_beginning() -> None:
    schedule = OneCycleConfig(over=1000, pct_start=0.3, div_factor=25, final_div_factor=1e4)
    assert math.isclose(schedule.factor(0), 1 / 25)
    assert schedule.factor(299) == 1
    assert math.isclose(schedule.factor(999), 1 / 25 / 1e4)
    up, down = ([schedule.factor(step) for step in steps] for steps in (range(300), range(299, 1000)))
    assert up == sorted(up)
    assert down == sorted(down, reverse=True)
