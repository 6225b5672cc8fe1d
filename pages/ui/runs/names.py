"""What several runs invent, side by side: the same moment of each, new names in bold."""

import html
from collections.abc import Sequence

import streamlit as st

from makemore_core.comparison.looks import Look
from makemore_core.errors import InputError
from makemore_core.training.recorder import Snapshot
from makemore_core.training.rows import RunRow
from pages.ui.inside.choices import choose_one_of_few
from pages.ui.manager import run_manager
from pages.ui.panels import marked
from pages.ui.runs.rows import Runs, all_runs, config_at_start

MOMENT = "runs_moment"
LATEST = -1
Samples = dict[int, list[str]]  # by step


def draw(snapshot: Snapshot) -> None:
    """A column for each run that is compared."""
    runs = all_runs()
    if not runs.compared:
        st.caption("Choose runs in the table: the names that they invent will stand here side by side.")
        return
    samples = {row.id: _samples(row) for row in runs.compared}
    at = _moment(list(samples.values()))
    columns = "".join(_column(row, samples[row.id], at, runs) for row in runs.compared)
    st.html(f"<section class='beside many'>{columns}</section>")
    st.caption("**Bold** is new, plain stands in the run's own list. The same dice each time: what changes is the net.")


def _samples(row: RunRow) -> Samples:
    """What a run invented; of one that trains also what the store does not have yet."""
    kept = _remembered(row.id, row.progress.step, row.updated)
    found = run_manager().snapshot(row.id) if row.progress.is_alive else None
    fresh = {o.step: list(getattr(o.readings.get("samples"), "lines", [])) for o in found.observations} if found else {}
    return kept | fresh


@st.cache_resource(max_entries=128, show_spinner=False)
def _remembered(run: str, step: int, updated: float) -> Samples:
    return run_manager().store.samples(run)


def _moment(samples: Sequence[Samples]) -> int:
    """After which step: at 0, 10, 100, ..., as far as one of them has come, or the latest of each."""
    furthest = max((max(each, default=0) for each in samples), default=0)
    powers = [0, *(10**n for n in range(1, 9) if 10**n <= furthest)]
    return choose_one_of_few(MOMENT, "After", [LATEST, *powers], _moment_title, label_visibility="collapsed")


def _moment_title(step: int) -> str:
    return "latest" if step == LATEST else f"step {step:,}"


def _column(row: RunRow, samples: Samples, at: int, runs: Runs) -> str:
    """The run's name over its colour, the step, and the names."""
    look = runs.looks[row.id]
    steps = [step for step in samples if at in (LATEST, step) or step <= at]
    step = max(steps, default=None)
    names = samples[step] if step is not None else []
    when = "no names yet" if step is None else f"step {step:,}"
    return f"<div>{_head(row, look)}<small>{html.escape(when)}</small>{_body(row, names)}</div>"


def _head(row: RunRow, look: Look) -> str:
    line = {"solid": "solid", "dot": "dotted"}.get(look.dash, "dashed")
    return f"<header style='--run:{look.color};border-bottom-style:{line}'>{html.escape(row.title)}</header>"


def _body(row: RunRow, names: list[str]) -> str:
    try:
        dataset = config_at_start(row).data.load()
    except InputError:
        return f"<p>{'</p><p>'.join(html.escape(name) for name in names)}</p>"
    noun = "lines" if dataset.is_text else ""
    return f"<div class='names {noun}'><p>{marked(names, dataset.known)}</p></div>"
