"""Peers' code is found by its own words, changed where it must be, and run as often as asked."""

import json
from pathlib import Path

import pytest

from benchmarks.sources import cell_with, changed, notebook_cells, repeated, section, without
from makemore_core.errors import InputError

LOOP = "max_steps = 200000\nfor i in range(max_steps):\n  done.append(i)\n  # diagnostics\n  print(i)\n"


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    cells = [
        {"cell_type": "markdown", "source": ["max_steps = 200000"]},
        {"cell_type": "code", "source": ["%matplotlib inline\n", "done = []"]},
        {"cell_type": "code", "source": LOOP.splitlines(keepends=True)},
    ]
    path = tmp_path / "lecture.ipynb"
    path.write_text(json.dumps({"cells": cells}))
    return path


def test_code_cells_alone_come_out_of_a_notebook(notebook: Path):
    assert notebook_cells(notebook) == ["%matplotlib inline\ndone = []", LOOP]


def test_a_notebooks_loop_runs_as_many_steps_as_asked(notebook: Path):
    loop = changed(cell_with(notebook_cells(notebook), "max_steps"), {"range(max_steps)": "range(steps)"})
    done: list[int] = []
    advance = repeated(without(loop, "  # diagnostics"), {"done": done})
    advance(3)
    advance(2)
    assert done == [0, 1, 2, 0, 1]


def test_a_section_ends_where_the_next_one_begins():
    assert section("a\nb\nc\nb\n", "b", "c") == "b\n"
    assert section("a\nb\nc\n", "b") == "b\nc\n"
    assert without("a\nb\nc\n", "b", "c") == "a\nc\n"


@pytest.mark.parametrize(
    "look", [lambda: cell_with([LOOP], "Adam"), lambda: changed(LOOP, {"Adam": ""}), lambda: section(LOOP, "Adam")]
)
def test_words_that_are_gone_are_named(look):
    with pytest.raises(InputError, match="no longer has 'Adam'"):
        look()
