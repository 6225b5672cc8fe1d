"""How the learning rate moves over the steps: a factor on the optimizer's rate."""

from dataclasses import dataclass
from typing import ClassVar

from makemore_core.knobs import Config, knob


@dataclass(frozen=True)
class ScheduleConfig(Config):
    """Base of the schedules' configs."""

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

    drop_at: int = knob(100_000, low=1, high=100_000_000, log=True, help="The first step at the lower rate.")
    drop_to: float = knob(0.1, low=0.0001, high=1, log=True, help="What the rate is multiplied with from then on.")

    def factor(self, step: int) -> float:
        return 1.0 if step < self.drop_at else self.drop_to


SCHEDULES: dict[str, type[ScheduleConfig]] = {config.name: config for config in (DropConfig, ConstantConfig)}
