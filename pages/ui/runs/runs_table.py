"""A table of runs in which rows are chosen: it keeps its scroll, its focus and its order while its numbers change."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from streamlit.components.v2 import component

from pages.ui import session

KEY = "runs_table"
ROW, HEAD, MOST_HIGH = 31, 34, 11  # pixels of a row and of the head; rows that are seen at once

_mount = component(
    "makemore_lab.runs_table",
    html='<div class="runs-table" tabindex="0" role="region" aria-label="Runs"></div>',
    js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8"),
    isolate_styles=False,  # its looks stand in style.css with the others
)


@dataclass(frozen=True)
class Head:
    """A column: its key, its title, what it means, and whether it holds numbers."""

    key: str
    label: str
    help: str
    is_number: bool


@dataclass(frozen=True)
class Line:
    """A run's row: the words of its cells, and colour and dash of its line in the chart, if it has one."""

    id: str
    cells: tuple[str, ...]
    color: str
    dash: str
    state: str


def runs_table(
    heads: Sequence[Head],
    lines: Sequence[Line],
    sort: tuple[str, bool],
    chosen: Sequence[str],
    *,
    on_choose: Callable[[list[str]], None],
    on_sort: Callable[[str], None],
    on_open: Callable[[str], None],
) -> None:
    """Draw it. Ticks choose runs, a title sorts, a name opens its run."""
    _mount(
        key=KEY,
        height=height(len(lines)),
        data={
            "heads": [[head.key, head.label, head.help, head.is_number] for head in heads],
            "lines": [[line.id, line.color, line.dash, line.state, *line.cells] for line in lines],
            "sort": list(sort),
            "chosen": list(chosen),
            "heard": session.kept(KEY, 0),
            "open": session.current_run(),
        },
        on_chosen_change=partial(session.pointed_at, KEY, "chosen", partial(_choose, on_choose)),
        on_sorted_change=partial(session.pointed_at, KEY, "sorted", on_sort),
        on_opened_change=partial(session.pointed_at, KEY, "opened", on_open),
    )


def height(lines: int) -> int:
    """Pixels for so many rows; more scroll."""
    return HEAD + ROW * max(3, min(lines, MOST_HIGH)) + 14


def _choose(act: Callable[[list[str]], None], said: dict[str, Any]) -> None:
    session.select(KEY, int(said["heard"]))
    act([str(run) for run in said["runs"]])
