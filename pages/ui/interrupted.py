"""One line that offers to go on with what a closed or killed server left in the middle."""

import time
from functools import partial

import streamlit as st

from makemore_core.errors import InputError
from makemore_core.training.recorder import RunState
from makemore_core.training.rows import RunRow
from makemore_core.training.run import Command
from pages.ui import session
from pages.ui.manager import run_manager

OFFERED = "interrupted"  # once for each tab
RECENT = 3 * 86_400.0  # seconds; who left a run alone for longer finds it on the Runs page


def offer_interrupted() -> None:
    """The newest run that was interrupted, until somebody goes on with it or does not want to."""
    if session.kept(OFFERED, None) is None:
        session.select(OFFERED, [row.id for row in run_manager().runs() if _waits(row)])
    waiting = [row for run in session.kept(OFFERED, ()) if (row := _row(run)) and _waits(row)]
    if waiting:
        _line(waiting[0], len(waiting) - 1)


def _waits(row: RunRow) -> bool:
    """A sweep goes on with its trials itself."""
    recent = time.time() - row.updated < RECENT
    return row.progress.state == RunState.INTERRUPTED and not row.sweep and recent


def _row(run: str) -> RunRow | None:
    try:
        return run_manager().row(run)
    except InputError:
        return None  # somebody deleted it


def _line(row: RunRow, others: int) -> None:
    p = row.progress
    more = f", and {others} other{'s' if others > 1 else ''} too: see Runs" if others else ""
    with st.container(key="interrupted", horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f":material/history: **{row.title}** was interrupted at step {p.step:,} of {p.max_steps:,}{more}.")
        st.button("Go on", key="go_on_interrupted", icon=":material/play_arrow:", on_click=_go_on, args=(row.id,))
        st.button("Not now", key="not_now", type="tertiary", on_click=partial(session.select, OFFERED, ()))


def _go_on(run: str) -> None:
    session.choose_run(run)
    session.attempt(partial(session.desk().command, run, Command.PLAY))
    session.select(OFFERED, ())
