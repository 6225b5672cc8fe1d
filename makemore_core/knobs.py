"""A hyperparameter that knows its range, its scale and its help.

Widget, URL, command-line flag, validation and saved config all derive from the one line where a knob is written.
"""

import dataclasses
import math
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any, TypeVar, cast, get_type_hints

from makemore_core.errors import InputError, choose_one_of

Value = bool | int | float | str
T = TypeVar("T", bool, int, float, str)

WORDS_FOR_TRUE = ("true", "yes", "on", "1")
WORDS_FOR_FALSE = ("false", "no", "off", "0")


@dataclass(frozen=True)
class Knob:
    """What is known about one field of a config: enough to draw a widget for it and to refuse a bad value."""

    name: str
    type: type
    default: Value
    low: float | None = None
    high: float | None = None
    log: bool = False
    options: tuple[str, ...] = ()
    help: str = ""

    def check(self, value: object) -> Value:
        """The value in the knob's own type, or an InputError that names the rule."""
        if self.options and value not in self.options:
            raise choose_one_of(self.name, value, self.options)
        if self.type in (int, float):
            return self._check_number(value)
        if not isinstance(value, self.type):
            raise InputError(f"`{self.name}` takes a {self.type.__name__}, but got {value!r}.")
        return cast("Value", value)

    def parse(self, text: str) -> Value:
        """The value that a URL or a command-line flag spells: `300`, `1e-3`, `true`, `tanh`."""
        if self.type is bool:
            return _parse_switch(self.name, text)
        if self.type is str:
            return self.check(text)
        try:
            return self.check(float(text) if self.type is float else _parse_whole(text))
        except (ValueError, OverflowError) as error:
            if isinstance(error, InputError):
                raise
            kind = "a whole number" if self.type is int else "a number"
            raise InputError(f"`{self.name}` takes {kind}, but got {text!r}.") from None

    def _check_number(self, value: object) -> Value:
        whole = self.type is int
        if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
            kind = "a whole number" if whole else "a number"
            raise InputError(f"`{self.name}` takes {kind}, but got {value!r}.")
        low = -math.inf if self.low is None else self.low
        high = math.inf if self.high is None else self.high
        if not low <= value <= high or not math.isfinite(value):
            raise InputError(f"`{self.rule}` must hold, but got {self.name}={value}.")
        return value if whole else float(value)

    @property
    def rule(self) -> str:
        """The range as a person writes it: `4 <= n_hidden <= 1024`."""
        low = "" if self.low is None else f"{self.low} <= "
        high = "" if self.high is None else f" <= {self.high}"
        return f"{low}{self.name}{high}"


def _parse_whole(text: str) -> int:
    """`200000`, `200_000` and `2e5` are the same whole number; `2.5` is none."""
    try:
        return int(text)
    except ValueError:
        number = float(text)
        if number != int(number):
            raise
        return int(number)


def _parse_switch(name: str, text: str) -> bool:
    word = text.strip().lower()
    if word not in WORDS_FOR_TRUE + WORDS_FOR_FALSE:
        raise InputError(f"`{name}` takes true or false, but got {text!r}.")
    return word in WORDS_FOR_TRUE


def knob(
    default: T,
    *,
    low: float | None = None,
    high: float | None = None,
    log: bool = False,
    options: tuple[str, ...] = (),
    help: str = "",
) -> T:
    """A dataclass field that a user may turn. `log` asks for a logarithmic scale."""
    about = {"low": low, "high": high, "log": log, "options": options, "help": help}
    return field(default=default, metadata=about)


def knobs_of(config: Any) -> tuple[Knob, ...]:
    """The knobs of a config (class or instance) in the order in which they are written."""
    return _knobs_of_class(config if isinstance(config, type) else type(config))


@cache
def _knobs_of_class(config: Any) -> tuple[Knob, ...]:
    hints = get_type_hints(config)
    return tuple(
        Knob(name=f.name, type=hints[f.name], default=cast("Value", f.default), **f.metadata)
        for f in fields(config)
        if f.metadata
    )


@dataclass(frozen=True)
class Config:
    """Base of all configs: frozen, and checked knob by knob as soon as it is made."""

    def __post_init__(self) -> None:
        for k in knobs_of(self):
            object.__setattr__(self, k.name, k.check(getattr(self, k.name)))

    def to_dict(self) -> dict[str, Any]:
        """Plain values, nested as the configs are; a chosen config carries its `name`."""
        return {f.name: _plain(getattr(self, f.name)) for f in fields(self)}


def _plain(value: Any) -> Any:
    if not dataclasses.is_dataclass(value):
        return value
    config = cast("Any", value)
    name = {"name": config.name} if hasattr(config, "name") else {}
    return name | config.to_dict()
