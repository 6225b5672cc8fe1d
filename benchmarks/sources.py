"""Peers' code as text: cells of notebooks, sections of scripts, and the few changes that a timing needs.

Nothing of it is kept here. Each piece is found by its own words, and an InputError says which words are gone.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.rounds import Advance
from makemore_core.errors import InputError


def notebook_cells(path: Path) -> list[str]:
    """The code cells of a notebook, in their order."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    return ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]


def cell_with(cells: list[str], words: str) -> str:
    """The first cell that holds these words."""
    for cell in cells:
        if words in cell:
            return cell
    raise _gone(words)


def changed(source: str, changes: Mapping[str, str]) -> str:
    """The source with some of its words replaced wherever they stand; all of them must be there."""
    for old, new in changes.items():
        if old not in source:
            raise _gone(old)
        source = source.replace(old, new)
    return source


def section(source: str, start: str, stop: str = "") -> str:
    """The source from some words on, up to others or to its end."""
    _, rest = _cut(source, start)
    return _cut(rest, stop, len(start))[0] if stop else rest


def without(source: str, start: str, stop: str = "") -> str:
    """The source with such a section left out."""
    before, rest = _cut(source, start)
    return before + _cut(rest, stop, len(start))[1] if stop else before


def repeated(loop: str, names: dict[str, Any]) -> Advance:
    """A peer's loop of `steps` steps among the names that it knows, as something to be timed."""
    code = compile(loop, "<peer>", "exec")

    def advance(k: int) -> None:
        names["steps"] = k
        exec(code, names)

    return advance


def quiet(*_: object, **__: object) -> None:
    """The peers' print: a timing has nothing to tell in between."""


def _cut(source: str, words: str, since: int = 0) -> tuple[str, str]:
    """What stands before the words, and the rest that begins with them."""
    place = source.find(words, since)
    if place < 0:
        raise _gone(words)
    return source[:place], source[place:]


def _gone(words: str) -> InputError:
    return InputError(f"The peer's code no longer has {words.strip()!r}; check out the commit that README.md names.")
