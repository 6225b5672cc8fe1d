"""A knob and the range in which a sweep tries it: proposed from what the knob knows, or written `log:1e-3:1`."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from makemore_core.config import CHOICES, RunConfig
from makemore_core.errors import InputError, choose_one_of, quoted
from makemore_core.knobs import Knob, Value

PARTS = ("model", "optimizer", "schedule")  # whose knobs may be searched; data and sampling would change the yardstick
OWN = ("batch_size", "clip")
SCALES = {"log": True, "linear": False}
AROUND = {float: 10.0, int: 4.0}  # how far a proposal goes either way; a net ten times as wide takes a hundred times
SMALL = 0.05  # of its range: a value below is better searched on a log scale
DIGITS = 3  # of a value that is drawn, so that a person can type it again
FORM = "log:1e-3:1, 32:512 or tanh,relu"


@dataclass(frozen=True)
class Axis:
    """A knob's path with its range, or with the values to try. `whole` is for numbers without a fraction.

    `points` is how many of a range a grid takes; 0 leaves that to the number of trials.
    """

    path: str
    low: float | None = None
    high: float | None = None
    log: bool = False
    options: tuple[Value, ...] = ()
    whole: bool = False
    points: int = 0

    def __post_init__(self) -> None:
        if self.options:
            if len(set(map(repr, self.options))) < max(2, len(self.options)):
                raise InputError(f"An axis has two values or more, each once, but {self.path} got {self.text!r}.")
            return
        if self.low is None or self.high is None or not -math.inf < self.low < self.high < math.inf:
            raise InputError(f"`low < high` must hold for the range of {self.path}, but got {self.text!r}.")
        if self.log and self.low <= 0:
            raise InputError(f"`0 < low` must hold for a log range, but got {self.text!r} for {self.path}.")
        if self.points == 1 or not 0 <= self.points <= 1000:
            raise InputError(f"`2 <= points <= 1000` must hold for a grid, but got {self.points} for {self.path}.")

    @property
    def text(self) -> str:
        """As a person writes it, and parse() reads it: `log:0.001:1`, `linear:0:2:5`, `tanh,relu`."""
        if self.options:
            return ",".join(map(_text, self.options))
        points = [str(self.points)] if self.points else []
        return ":".join(("log" if self.log else "linear", *map(_text, self.ends), *points))

    @property
    def ends(self) -> tuple[float, float]:
        """Both ends of its range."""
        return cast("tuple[float, float]", (self.low, self.high))

    @classmethod
    def parse(cls, path: str, text: str, config: RunConfig) -> "Axis":
        """The axis that a text spells for a knob of this config; without a scale it takes the knob's own.

        Raises InputError for a path that cannot be searched, and for a range that is no range of the knob.
        """
        knob = searched(path, config)
        if "," in text or knob.type in (bool, str):
            return cls(path, options=tuple(knob.parse(word.strip()) for word in text.split(",")))
        scale, colon, rest = text.partition(":")
        ends = (rest if colon and scale in SCALES else text).split(":")
        if not 2 <= len(ends) <= 3:
            raise InputError(f"A range is written {FORM}, but got {quoted(text)} for {path}.")
        low, high = knob.parse(ends[0]), knob.parse(ends[1])
        log = SCALES[scale] if scale in SCALES else knob.log and float(low) > 0
        return cls(path, float(low), float(high), log, (), knob.type is int, _points(ends[2:]))

    def on(self, config: RunConfig) -> "Axis":
        """The same axis in the knob's own types, or an InputError where a value is none of the knob's."""
        knob = searched(self.path, config)
        if self.options:
            return replace(self, options=tuple(map(knob.check, self.options)), low=None, high=None, log=False)
        if knob.type not in (int, float):
            raise InputError(f"{self.path} has no range; name its values, as in {','.join(map(str, _all_of(knob)))}.")
        low, high = (knob.check(round(end) if knob.type is int and end == round(end) else end) for end in self.ends)
        return replace(self, low=float(low), high=float(high), whole=knob.type is int)

    def at(self, share: float) -> Value:
        """The value at a share of the way, from 0 to just below 1."""
        if self.options:
            return self.options[min(len(self.options) - 1, int(share * len(self.options)))]
        low, high = self.ends
        if not self.log:
            return self.rounded(low + share * (high - low))
        return self.rounded(math.exp(math.log(low) + share * (math.log(high) - math.log(low))))

    def rounded(self, value: float) -> Value:
        """A value of the range with few digits: whole, or with three of them."""
        low, high = self.ends
        near = round(value) if self.whole else float(f"{value:.{DIGITS}g}")
        kept = min(max(near, low), high)
        return int(kept) if self.whole else kept

    def holds(self, value: Value) -> bool:
        """Whether a value lies on it."""
        return value in self.options if self.options else self.ends[0] <= float(value) <= self.ends[1]

    def grid(self, points: int) -> tuple[Value, ...]:
        """All its values, or so many of its range at equal distances, both ends among them, each once."""
        if self.options:
            return self.options
        count = self.points or points
        return tuple(dict.fromkeys(self.at(i / (count - 1)) if count > 1 else self.at(0.5) for i in range(count)))

    def to_dict(self) -> dict[str, Any]:
        return {"path": self.path, "text": self.text}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any], config: RunConfig) -> "Axis":
        return cls.parse(str(values["path"]), str(values["text"]), config)


def searched(path: str, config: RunConfig) -> Knob:
    """The knob at a path that a sweep may turn: `optimizer.learning_rate`, or a choice such as `optimizer`."""
    if path in CHOICES:
        return Knob(path, str, getattr(config, path).name, options=tuple(CHOICES[path]), help=f"Which {path}.")
    if path not in OWN and path.partition(".")[0] not in PARTS:
        raise choose_one_of("setting to search", path, searchable(config))
    return config.knob_at(path)


def searchable(config: RunConfig) -> tuple[str, ...]:
    """The paths of all knobs that a sweep may turn, the learning rate first."""
    rate = "optimizer.learning_rate"
    paths = [p for p in config.settings() if p in (*OWN, *CHOICES) or p.partition(".")[0] in PARTS]
    return (rate, *(path for path in paths if path != rate))


def proposed(path: str, config: RunConfig) -> Axis:
    """A range around the value that a knob has now: a decade either way, within what the knob allows."""
    knob = searched(path, config)
    if knob.type in (bool, str):
        return Axis(path, options=_all_of(knob))
    now = float(config.settings()[path])
    least = -math.inf if knob.low is None else float(knob.low)
    most = math.inf if knob.high is None else float(knob.high)
    whole, around = knob.type is int, AROUND[knob.type]
    if now > 0 and (knob.log or now <= SMALL * most):
        axis = Axis(path, max(least, now / around, 1 if whole else 0), min(most, now * around), True, whole=whole)
    elif now > 0:
        axis = Axis(path, max(least, 0.0), min(most, 2 * now), whole=whole)
    else:
        axis = Axis(path, max(least, 0.0), min(most, 1.0 if not whole else 64.0), whole=whole)
    low, high = map(axis.rounded, axis.ends)
    return replace(axis, low=float(low), high=float(high))


def _all_of(knob: Knob) -> tuple[Value, ...]:
    return knob.options or (False, True)


def _points(texts: list[str]) -> int:
    try:
        return int(texts[0]) if texts else 0
    except ValueError:
        raise InputError(f"A grid takes a whole number of points, but got {quoted(texts[0])}.") from None


def _text(value: Value) -> str:
    """Short where that is exact: 1.0 as `1`, True as `true`."""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) and float(f"{value:g}") == value else str(value)
