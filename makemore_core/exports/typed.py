"""Foreign JSON as one of our dataclasses, each value of the type that its field says, or one InputError."""

import dataclasses
import math
import types
from collections.abc import Mapping
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import orjson

from makemore_core.exports.sealed import damaged

LARGEST_JSON = 4_000_000  # bytes of one part
LARGEST_WHOLE = 2**53  # a database's and a chart's whole numbers
LONGEST_TEXT = 100_000  # characters
T = TypeVar("T")


def parsed(content: bytes, what: str) -> Any:
    """The JSON of a part; one nested deeper than the parser goes is refused by it."""
    if len(content) > LARGEST_JSON:
        raise damaged(f"{what} has {len(content):,} bytes of JSON, and at most {LARGEST_JSON:,} are read")
    try:
        return orjson.loads(content)
    except ValueError:
        raise damaged(f"{what} is no JSON") from None


def read_as(kind: type[T], plain: Any, what: str, *, nan: bool = False) -> T:
    """A dataclass of plain values. With `nan` a number may be None, where it was none: JSON knows no NaN."""
    if not isinstance(plain, Mapping):
        raise damaged(f"{what} is no object")
    fields = {field.name: field for field in dataclasses.fields(kind)}  # pyright: ignore[reportArgumentType]
    required = {name for name, field in fields.items() if field.default is dataclasses.MISSING}
    if not required <= plain.keys() <= fields.keys():
        raise damaged(f"{what} has not the fields of one")
    hints = get_type_hints(kind)
    return kind(**{name: _fitting(value, hints[name], f"{what}.{name}", nan) for name, value in plain.items()})


def _fitting(value: Any, hint: Any, what: str, nan: bool) -> Any:
    origin, inner = get_origin(hint), get_args(hint)
    if dataclasses.is_dataclass(hint):
        return read_as(hint, value, what, nan=nan)  # pyright: ignore[reportArgumentType]
    if origin in (Union, types.UnionType):
        return None if value is None else _fitting(value, inner[0], what, nan)
    if origin is list and isinstance(value, list):
        return [_fitting(item, inner[0], what, nan) for item in value]
    if origin is dict and isinstance(value, dict):
        return {name: _fitting(item, inner[1], what, nan) for name, item in value.items()}
    if hint is Any or (origin is None and _is_a(value, hint, nan)):
        return value
    raise damaged(f"{what} is of another type")


def _is_a(value: Any, hint: type, nan: bool) -> bool:
    if hint is str:
        return isinstance(value, str) and len(value) <= LONGEST_TEXT
    if isinstance(value, bool):
        return hint is bool
    if hint is int:
        return isinstance(value, int) and abs(value) < LARGEST_WHOLE
    return hint is float and (nan if value is None else isinstance(value, (int, float)) and math.isfinite(value))
