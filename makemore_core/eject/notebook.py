"""The same sections as a notebook: words in markdown cells, code in code cells (nbformat 4)."""

from typing import Any

import orjson

from makemore_core.eject.part import stacked
from makemore_core.eject.script import Script

Cell = dict[str, Any]
KERNEL = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}


def notebook(script: Script) -> bytes:
    """The notebook's file."""
    title, *said = script.introduction
    name, _, about = title.partition(": ")
    cells = [_words("\n\n".join((f"# {name}", about, *said))), _code(script.imports("notebook"))]
    for i, part in enumerate(script.parts):
        heading = part.title if not i else f"{i}. {part.title}"
        cells += [_words(f"## {heading}\n\n{part.words}"), *_cells(part.code)]
    numbered = [{"id": f"cell-{i}", **cell} for i, cell in enumerate(cells)]
    document = {"cells": numbered, "metadata": KERNEL, "nbformat": 4, "nbformat_minor": 5}
    return orjson.dumps(document, option=orjson.OPT_INDENT_2)


def _cells(pieces: tuple[str, ...]) -> list[Cell]:
    """Definitions by themselves, and what runs after them by itself."""
    return [_code(stacked((piece,))) for piece in pieces]


def _words(text: str) -> Cell:
    return {"cell_type": "markdown", "metadata": {}, "source": _lines(text)}


def _code(text: str) -> Cell:
    return {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": _lines(text)}


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)
