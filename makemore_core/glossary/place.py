"""Where a term stands in our code: the file, the line, and what is written there."""

import inspect
from dataclasses import dataclass
from functools import cache, reduce
from importlib import import_module
from pathlib import Path
from textwrap import dedent
from typing import Any

ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True)
class Place:
    """A piece of code, and where it stands below the project's folder."""

    file: str
    line: int
    text: str


@cache
def place_of(code: str) -> Place:
    """The place of `module:qualified.name` below makemore_core."""
    module, _, name = code.partition(":")
    found: Any = reduce(getattr, name.split("."), import_module(f"makemore_core.{module}"))
    found = getattr(found, "fget", None) or inspect.unwrap(found)
    lines, first = inspect.getsourcelines(found)
    file = Path(inspect.getsourcefile(found) or "").resolve().relative_to(ROOT)
    return Place(file.as_posix(), first, dedent("".join(lines)).rstrip())
