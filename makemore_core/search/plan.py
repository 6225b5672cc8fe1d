"""What a sweep is asked to do: which knobs in which ranges, how settings are proposed, when a trial is given up."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from makemore_core.config import CHOICES, RunConfig
from makemore_core.errors import InputError
from makemore_core.knobs import Config, Value, knob, knobs_of
from makemore_core.search.axes import Axis

SAMPLERS = {
    "tpe": "Learns from the trials so far where good settings lie (TPE, Bergstra et al. 2011).",
    "random": "Draws every setting anew: hard to beat for the first twenty trials (Bergstra & Bengio 2012).",
    "grid": "All combinations at equal distances.",
}
PRUNERS = {
    "median": "Gives a trial up that is worse than half of the others were at the same step.",
    "halving": "Lets the better half go on at each doubling of the steps (Li et al. 2020).",
    "none": "Every trial trains to its end.",
}
MOST_AXES = 12


@dataclass(frozen=True)
class SweepPlan(Config):
    """A config, the axes along which it is varied, and the budget. Checked as soon as it is made: InputError."""

    config: RunConfig
    preset: str = ""  # empty for own settings
    axes: tuple[Axis, ...] = ()
    sampler: str = knob("tpe", options=tuple(SAMPLERS), help="How the next settings are proposed.")
    pruner: str = knob("median", options=tuple(PRUNERS), help="When a trial is given up before its end.")
    trials: int = knob(40, low=1, high=10_000, log=True, help="Settings that are tried; of a grid, at most so many.")
    seconds: float = knob(0.0, low=0, high=1e7, help="Seconds after which no further trial begins; 0 = no end.")
    seeds: int = knob(1, low=1, high=20, help="Runs for each setting, from as many seeds; their mean val counts.")
    at_once: int = knob(0, low=0, high=512, help="Runs that train at the same time; 0 = as many as there is room for.")
    where: str = knob("", help="Where the runs train: here, or in another place that has room.")
    seed: int = knob(0, low=0, high=2**31 - 1, help="Starts the dice that draw settings.")

    def __post_init__(self) -> None:
        super().__post_init__()
        paths = [axis.path for axis in self.axes]
        if not 1 <= len(paths) <= MOST_AXES:
            raise InputError(f"`1 <= axes <= {MOST_AXES}` must hold, but got {len(paths)} settings to search.")
        if twice := next((path for path in paths if paths.count(path) > 1), None):
            raise InputError(f"Each setting is searched along one axis, but {twice} has two.")
        choices = [axis for axis in self.axes if axis.path in CHOICES]
        for names in product(*(axis.options for axis in choices)):  # every choice must know the other axes' knobs
            chosen = self.config.with_values(dict(zip((axis.path for axis in choices), names, strict=True)))
            axes = tuple(axis.on(chosen) for axis in self.axes)
            object.__setattr__(self, "axes", axes)

    def with_values(self, values: Mapping[str, Value], seed: int = 0) -> RunConfig:
        """The config of a trial's run: its settings, and the config's own seed or one of those that follow it."""
        return self.config.with_values({**values, "seed": (self.config.seed + seed) % 2**63})

    @property
    def own_values(self) -> dict[str, Value]:
        """The config's own settings along the axes; empty if one of them lies outside."""
        settings = self.config.settings()
        own = {axis.path: settings[axis.path] for axis in self.axes if axis.path in settings}
        return own if all(axis.path in own and axis.holds(own[axis.path]) for axis in self.axes) else {}

    def to_dict(self) -> dict[str, Any]:
        """Plain values, which from_dict() reads."""
        own = {k.name: getattr(self, k.name) for k in knobs_of(self)}
        axes = [axis.to_dict() for axis in self.axes]
        return {"config": self.config.to_dict(), "preset": self.preset, "axes": axes} | own

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "SweepPlan":
        """The plan that to_dict() wrote."""
        config = RunConfig.from_dict(values["config"])
        own = {k.name: values[k.name] for k in knobs_of(cls) if k.name in values}
        return cls(config, str(values["preset"]), _axes_from(values["axes"], config), **own)


def _axes_from(texts: list[Mapping[str, Any]], config: RunConfig) -> tuple[Axis, ...]:
    """Axes of plain values. A knob that only another choice has is read with that choice."""
    choices = {str(t["path"]): str(t["text"]).split(",")[0] for t in texts if t["path"] in CHOICES}
    return tuple(Axis.from_dict(t, config if t["path"] in CHOICES else config.with_values(choices)) for t in texts)
