"""What the server does at this moment: its numbers, its last minutes, and every run that is not over."""

from functools import partial

import streamlit as st

from makemore_core.access import Action, name_of
from makemore_core.charts.vitals import vitals_figure
from makemore_core.places import store_path
from makemore_core.training.recorder import RunState, Snapshot
from makemore_core.training.rows import RunRow
from makemore_core.training.run import Command
from makemore_core.vitals import in_bytes, machine, size_of_store
from pages.ui import session
from pages.ui.literal import literal
from pages.ui.live import chart
from pages.ui.manager import places, run_manager
from pages.ui.pulse import pulse
from pages.ui.run_bar import BADGES
from pages.ui.streamlit_internals import open_tabs

HEIGHT = 250  # pixels
MOST_RUNS = 40  # that are listed


def numbers() -> None:
    """What is used, and what is left."""
    there, last = machine(store_path()), pulse().readings[-1]
    rows = _alive()
    running = sum(row.progress.state == RunState.RUNNING for row in rows)
    shown = {
        "Runs that train": f"{running:,}" + (f" of {len(rows):,}" if len(rows) > running else ""),
        "Steps a second": f"{last.steps_per_second:,.0f}",
        "Open tabs": f"{open_tabs():,}",
        "Memory of the server": in_bytes(last.memory),
        f"Memory left of {in_bytes(there.memory)}": in_bytes(there.memory_left),
        f"Use of {there.processors} processors": f"{last.processors:.0%}",
        "Disk left": in_bytes(there.disk_left),
        "The store": in_bytes(size_of_store(store_path())),
    }
    with st.container(key="vitals"):
        for label, value in shown.items():
            st.metric(label, value)


def last_minutes(snapshot: Snapshot) -> None:
    """Memory and speed; one picture for all tabs."""
    readings = pulse().readings
    chart(snapshot, readings[-1].time, "vitals_chart", partial(vitals_figure, readings), HEIGHT)


def runs() -> None:
    """Each run that is not over, and those who wait; who may stop it finds the button."""
    rows = _alive()
    st.markdown("**Runs that are not over**" if rows else "**No run trains or waits now.**")
    for row in rows[:MOST_RUNS]:
        _run(row)
    if len(rows) > MOST_RUNS:
        st.caption(f"And {len(rows) - MOST_RUNS:,} more; all of them stand on the Runs page.")


def _alive() -> list[RunRow]:
    return [row for row in run_manager().runs() if row.progress.is_alive]


def _run(row: RunRow) -> None:
    p = row.progress
    words, colour = BADGES[p.state]
    where = next((place.about for place in places() if place.name == run_manager().where(row.id)), "")
    about = [f"**{literal(row.title)}**", f"by {literal(name_of(row.owner))}" if row.owner else "", literal(row.sweep)]
    about += [f"step {p.step:,} of {p.max_steps:,}", p.speed if p.state == RunState.RUNNING else "", literal(where)]
    about += [literal(p.message)]
    with st.container(key=f"vital_{row.id}", horizontal=True, vertical_alignment="center", gap="small"):
        st.badge(words, color=colour)
        st.markdown(" · ".join(filter(None, about)))
        if session.desk().is_allowed(Action.STOP, row.owner):
            st.button(
                "Stop", key=f"stop_{row.id}", icon=":material/stop:", type="tertiary", on_click=_stop, args=(row.id,)
            )


def _stop(run: str) -> None:
    session.attempt(partial(session.desk().command, run, Command.STOP))
    session.ask_for_rerun()
