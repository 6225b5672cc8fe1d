"""A sweep: planned, then watched. What is best so far, which knob mattered, what is still running."""

from dataclasses import dataclass
from functools import partial
from typing import Literal

import streamlit as st

from makemore_core.search.proposals import planned
from makemore_core.search.standing import Standing, SweepRow
from makemore_core.training.recorder import Snapshot
from pages.ui import session
from pages.ui.literal import literal
from pages.ui.manager import run_manager
from pages.ui.run_bar import duration
from pages.ui.search import found, plan_form
from pages.ui.search.choice import NEW, show_sweep, shown_sweep
from pages.ui.search.names import knob_name
from pages.ui.sweeps import sweeps
from pages.ui.widgets import selectbox

AT_WORK = ("running", "stopping")
GOES_ON = ("stopped", "interrupted", "failed")
GONE = "sweep_deleted"  # the one that this tab deleted last
BADGES: dict[str, Literal["gray", "green", "blue", "red", "orange"]] = {
    "running": "green",
    "stopping": "orange",
    "stopped": "gray",
    "finished": "blue",
    "failed": "red",
    "interrupted": "orange",
}
MOST_NAMED = 2  # knobs in the picker


@dataclass(frozen=True)
class AtWork:
    """A sweep, for the page that refreshes itself until it has ended."""

    id: str

    @property
    def is_running(self) -> bool:
        return self.id == shown_sweep() and sweeps().standing(self.id).state in AT_WORK


def draw(_: Snapshot) -> None:
    """The plan of a new sweep, or how the chosen one stands."""
    id = shown_sweep()
    rows = sweeps().list()
    if rows:
        _which(id, rows)
    _undo()
    if id == NEW:
        plan_form.draw()
        return
    standing = sweeps().standing(id)
    if standing.state in AT_WORK:
        session.wait_for(AtWork(id))
    _how_far(standing)
    found.draw(standing)


def _which(id: str, rows: list[SweepRow]) -> None:
    """All sweeps, the newest first, and a button for one more."""
    titles = {row.id: _title(row) for row in rows} | {NEW: "A new sweep"}
    with st.container(key="sweep_bar", horizontal=True, vertical_alignment="center", gap="small"):
        selectbox(
            "sweep_picker", "Sweep", list(titles), id, _show, label_visibility="collapsed", width=420,
            format_func=lambda id: titles.get(id, str(id)),
        )  # fmt: skip
        st.button("New sweep", key="new_sweep", icon=":material/add:", on_click=_show, args=(NEW,), disabled=id == NEW)
        state = next((row.state for row in rows if row.id == id), "")
        stops = state in AT_WORK
        st.button(
            "Stop" if stops or state not in GOES_ON else "Go on",
            key="sweep_stop",
            icon=":material/stop:" if stops or state not in GOES_ON else ":material/play_arrow:",
            on_click=_stop if stops else _go_on,
            args=(id,),
            disabled=state not in ("running", *GOES_ON),
            help="Trials that are done stay" if stops else None,
        )
        if id != NEW:
            _delete_button(id, stops)


def _delete_button(id: str, stops: bool) -> None:
    """It takes the trials' runs along, but no run that was adopted."""
    why = "Stop it first" if stops else "With the runs of its trials; one that you made an ordinary run stays"
    icon = ":material/delete:"
    st.button(
        "Delete", key="sweep_delete", icon=icon, type="tertiary", on_click=_delete, args=(id,), help=why, disabled=stops
    )


def _undo() -> None:
    """One press takes the last deletion back."""
    gone = session.kept(GONE, "")
    if gone:
        with st.container(key="sweep_gone", horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"Deleted {literal(gone)}.", width="content")
            st.button("Undo", key="sweep_undo", icon=":material/undo:", on_click=_restore, args=(gone,))


def _title(row: SweepRow) -> str:
    """Without its state: a browser knows an option by its title, which therefore stays."""
    paths = [knob_name(axis.path) for axis in row.plan.axes]
    more = f" + {len(paths) - MOST_NAMED}" if len(paths) > MOST_NAMED else ""
    return f"{row.id} · {row.plan.preset or 'own settings'}: {', '.join(paths[:MOST_NAMED])}{more}"


def _show(id: str) -> None:
    session.select(GONE, "")
    show_sweep(id)
    session.ask_for_rerun()


def _delete(id: str) -> None:
    session.attempt(lambda: _delete_now(id))
    session.ask_for_rerun()


def _delete_now(id: str) -> None:
    run = session.current_run()
    if run and run_manager().row(run).sweep == id:
        session.choose_run(None)
    session.sweeps_desk().delete(id)
    session.select(GONE, id)
    show_sweep("")


def _restore(id: str) -> None:
    session.select(GONE, "")
    session.attempt(lambda: (session.sweeps_desk().restore(id), show_sweep(id)))
    session.ask_for_rerun()


def _stop(id: str) -> None:
    session.attempt(partial(session.sweeps_desk().stop, id))
    session.ask_for_rerun()


def _go_on(id: str) -> None:
    session.attempt(partial(session.sweeps_desk().resume, id))
    session.ask_for_rerun()


def _how_far(standing: Standing) -> None:
    """State, trials done, what is left, in a line of fixed height over a bar."""
    counts = {state: sum(t.state == state for t in standing.trials) for state in ("finished", "pruned", "failed")}
    over, many = sum(counts.values()), planned(standing.plan)
    parts = [f"**{over:,}** of {many:,} trials"]
    parts += [f"{counts['pruned']:,} given up early"] if counts["pruned"] else []
    parts += [f"{counts['failed']:,} ran off"] if counts["failed"] else []
    parts.append(f"{duration(standing.seconds)} so far" if standing.state in AT_WORK else duration(standing.seconds))
    if standing.state == "running" and standing.seconds_left is not None:
        parts.append(f"{duration(standing.seconds_left)} left")
    with st.container(key="sweep_standing", horizontal=True, vertical_alignment="center", gap="small"):
        st.badge(standing.state, color=BADGES.get(standing.state, "gray"))
        st.markdown(" · ".join(parts))
    st.progress(min(1.0, over / many))
    if standing.state == "interrupted":
        words = "The process that ran this sweep has ended. What was done is here; **Go on** trains the rest."
        st.info(words, icon=":material/info:")
    if standing.message:
        show = st.error if standing.state == "failed" else st.info
        show(literal(standing.message), icon=":material/info:")
