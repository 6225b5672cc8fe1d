"""The factor on the learning rate, at the steps where it changes."""

import pytest

from makemore_core.schedules import SCHEDULES, ConstantConfig, DropConfig, ScheduleConfig


def test_the_drop_comes_at_its_step_and_stays() -> None:
    schedule = DropConfig(drop_at=100_000, drop_to=0.1)
    assert [schedule.factor(step) for step in (0, 99_999, 100_000, 10**9)] == [1.0, 1.0, 0.1, 0.1]


def test_a_constant_rate_stays() -> None:
    assert {ConstantConfig().factor(step) for step in (0, 1, 10**9)} == {1.0}


@pytest.mark.parametrize("schedule", SCHEDULES.values(), ids=SCHEDULES)
def test_every_schedule_starts_at_the_optimizers_rate(schedule: type[ScheduleConfig]) -> None:
    assert schedule().factor(0) == 1.0
