"""A hyperparameter that knows its range, its scale and its help.

Widget, URL, command-line flag, validation and saved config all derive from the one line where a knob is written.
"""

import dataclasses
import sys
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any, TypeVar, cast, get_type_hints

from makemore_core.errors import InputError, check_unicode, choose_one_of, quoted

Value = bool | int | float | str
T = TypeVar("T", bool, int, float, str)

LONGEST_TEXT = 4_096  # characters; no path is longer
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
            raise InputError(f"`{self.name}` takes a {self.type.__name__}, but got {quoted(value)}.")
        if isinstance(value, str):
            self._check_text(value)
        return cast("Value", value)

    def parse(self, text: str) -> Value:
        """The value that a URL or a command-line flag spells: `300`, `1e-3`, `true`, `tanh`."""
        if self.type is bool:
            return _parse_switch(self.name, text)
        if self.type is str:
            return self.check(text)
        number = _parse_whole(text) if self.type is int else _parse_real(text)
        if number is None:
            raise self._no_number(text)
        return self.check(number)

    def _check_number(self, value: object) -> Value:
        whole = self.type is int
        if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
            raise self._no_number(value)
        low = -sys.float_info.max if self.low is None else self.low
        high = sys.float_info.max if self.high is None else self.high
        if not low <= value <= high:
            raise InputError(f"`{self.rule}` must hold, but got {self.name}={quoted(value)}.")
        return value if whole else float(value) + 0.0  # -0.0 is 0.0

    def _check_text(self, value: str) -> None:
        check_unicode(f"`{self.name}`", value)
        if len(value) > LONGEST_TEXT:
            raise InputError(
                f"`{self.name}` takes up to {LONGEST_TEXT:,} characters, but got {len(value):,}: {quoted(value)}."
            )

    def _no_number(self, value: object) -> InputError:
        kind = "a whole number" if self.type is int else "a number"
        return InputError(f"`{self.name}` takes {kind}, but got {quoted(value)}.")

    @property
    def rule(self) -> str:
        """The range as a person writes it: `4 <= n_hidden <= 1024`."""
        low = "" if self.low is None else f"{self.low} <= "
        high = "" if self.high is None else f" <= {self.high}"
        return f"{low}{self.name}{high}"


def _parse_whole(text: str) -> int | None:
    """`200000`, `200_000` and `2e5` are the same whole number; `2.5` is none."""
    try:
        return int(text) if text.isascii() else None
    except ValueError:
        number = _parse_real(text)
        return int(number) if number is not None and number.is_integer() else None


def _parse_real(text: str) -> float | None:
    """A number written in 0 to 9; Python would take the digits of any script."""
    try:
        return float(text) if text.isascii() else None
    except ValueError:
        return None


def _parse_switch(name: str, text: str) -> bool:
    word = text.strip().lower()
    if word not in WORDS_FOR_TRUE + WORDS_FOR_FALSE:
        raise InputError(f"`{name}` takes true or false, but got {quoted(text)}.")
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
