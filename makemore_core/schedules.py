"""How the learning rate moves over the steps: a factor on the optimizer's rate, never above 1."""

import math
from dataclasses import dataclass
from typing import ClassVar

from makemore_core.knobs import Config, knob

LONGEST = 100_000_000  # steps, as long as a run may be


@dataclass(frozen=True)
class ScheduleConfig(Config):
    """Base of the schedules' configs."""

    name: ClassVar[str]

    def factor(self, step: int) -> float:
        """What the learning rate is multiplied with at a step, counted from 0."""
        raise NotImplementedError


@dataclass(frozen=True)
class ConstantConfig(ScheduleConfig):
    """The same learning rate at every step."""

    name: ClassVar[str] = "constant"
    title: ClassVar[str] = "constant"

    def factor(self, step: int) -> float:
        return 1.0


@dataclass(frozen=True)
class DropConfig(ScheduleConfig):
    """One drop: the lectures train at .1, then settle at .01."""

    name: ClassVar[str] = "drop"
    title: ClassVar[str] = "one drop"

    drop_at: int = knob(100_000, low=1, high=LONGEST, log=True, help="The first step at the lower rate.")
    drop_to: float = knob(0.1, low=0.0001, high=1, log=True, help="What the rate is multiplied with from then on.")

    def factor(self, step: int) -> float:
        return 1.0 if step < self.drop_at else self.drop_to


@dataclass(frozen=True)
class StepConfig(ScheduleConfig):
    """A drop again and again, at equal distances."""

    name: ClassVar[str] = "step"
    title: ClassVar[str] = "staircase"

    every: int = knob(50_000, low=1, high=LONGEST, log=True, help="Steps from one drop to the next.")
    decay: float = knob(0.5, low=0.0001, high=1, log=True, help="What the rate is multiplied with at each drop.")

    def factor(self, step: int) -> float:
        return self.decay ** (step // self.every)


@dataclass(frozen=True)
class WarmUpConfig(ScheduleConfig):
    """From almost nothing in a straight line to the full rate, which stays."""

    name: ClassVar[str] = "warm-up"
    title: ClassVar[str] = "warm-up"

    warm_up: int = knob(2_000, low=1, high=LONGEST, log=True, help="Steps before the full rate.")

    def factor(self, step: int) -> float:
        return warmed_up(step, self.warm_up)


@dataclass(frozen=True)
class CosineConfig(ScheduleConfig):
    """Half a cosine down to the floor, after a warm-up: get_lr in nanoGPT's train.py (Loshchilov & Hutter 2017)."""

    name: ClassVar[str] = "cosine"
    title: ClassVar[str] = "cosine"

    over: int = knob(200_000, low=1, high=LONGEST, log=True, help="Steps until the floor, most often all of the run.")
    floor: float = knob(0.1, low=0, high=1, help="What is left of the rate at the end.")
    warm_up: int = knob(0, low=0, high=LONGEST, log=True, help="Steps before the full rate; 0 = begin with it.")

    def factor(self, step: int) -> float:
        if step < self.warm_up:
            return warmed_up(step, self.warm_up)
        if step >= self.over:
            return self.floor
        return along_cosine(1.0, self.floor, (step - self.warm_up) / (self.over - self.warm_up))


@dataclass(frozen=True)
class OneCycleConfig(ScheduleConfig):
    """Up and far down again: Smith & Topin 2018, in the two cosines of torch's OneCycleLR; momentum stays."""

    name: ClassVar[str] = "one-cycle"
    title: ClassVar[str] = "one cycle"

    over: int = knob(200_000, low=1, high=LONGEST, log=True, help="Steps of the cycle, most often all of the run.")
    pct_start: float = knob(0.3, low=0.01, high=0.99, help="The share of the steps on which the rate rises.")
    div_factor: float = knob(25.0, low=1, high=1e6, log=True, help="The rate begins at 1 / this.")
    final_div_factor: float = knob(1e4, low=1, high=1e9, log=True, help="It ends at 1 / this of where it began.")

    def factor(self, step: int) -> float:
        first = 1 / self.div_factor
        peak = self.pct_start * self.over - 1  # torch counts its phases by their last step
        if step < peak:
            return along_cosine(first, 1.0, step / peak)
        return along_cosine(1.0, first / self.final_div_factor, min((step - peak) / (self.over - 1 - peak), 1.0))


@dataclass(frozen=True)
class RampConfig(ScheduleConfig):
    """Lecture 2's experiment: every step multiplies the rate with the same number, from far too little up to all of it.

    `10**torch.linspace(-3, 0, 1000)` is a ramp of 1,000 steps from .001 to a rate of 1 (makemore part 2).
    """

    name: ClassVar[str] = "ramp"
    title: ClassVar[str] = "exponential ramp"

    over: int = knob(1_000, low=2, high=LONGEST, log=True, help="Steps from the first rate to the full one.")
    ramp_from: float = knob(0.001, low=1e-9, high=1, log=True, help="The share of the rate at which it begins.")

    def factor(self, step: int) -> float:
        return self.ramp_from ** max(0.0, 1 - step / (self.over - 1))


def warmed_up(step: int, steps: int) -> float:
    """A straight line that reaches 1 after that many steps; step 0 already moves, as in nanoGPT."""
    return min((step + 1) / (steps + 1), 1.0)


def along_cosine(start: float, end: float, share: float) -> float:
    """From start at share 0 to end at share 1, flat at both ends."""
    return end + (start - end) / 2 * (1 + math.cos(math.pi * share))


SCHEDULES: dict[str, type[ScheduleConfig]] = {
    config.name: config
    for config in (DropConfig, ConstantConfig, StepConfig, CosineConfig, WarmUpConfig, OneCycleConfig, RampConfig)
}
