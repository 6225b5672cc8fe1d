"""What one press does to a run on the Train page: break it, or lay it over the run before."""

import streamlit as st

from makemore_core.comparison.curves import BY_SECONDS
from makemore_core.training.recorder import RunState, Snapshot
from makemore_core.training.run import Command
from pages.ui import session
from pages.ui.manager import run_manager
from pages.ui.run_changes import OVER, RATE
from pages.ui.runs.table_and_curves import AXIS

TABLE = "Table and curves"  # the view of Runs that has the curves
RUNS_PAGE = "compare"  # as session.NAMED_ALIKE calls the page


def break_button(snapshot: Snapshot) -> None:
    """A learning rate that no net stands: a run that trains takes it at once, one that is over has a copy broken."""
    run = session.current_run()
    highest = session.config().knob_at(RATE).high or 1.0
    locked = session.limits().locks(RATE) or session.limits().hides(RATE)
    diverged = snapshot.progress.state == RunState.DIVERGED
    st.button(
        "Break it",
        key="break_it",
        icon=":material/bolt:",
        type="tertiary",
        on_click=_break,
        args=(run or "", float(highest)),
        disabled=run is None or locked or diverged,
        help=f"Raise the learning rate to {highest:g}, and see which layer goes first. One press brings the run back.",
    )


def _break(run: str, rate: float) -> None:
    session.attempt(lambda: (session.refuse_locked(RATE), _train_at(run, rate)))
    session.look_back(None)
    session.ask_for_rerun()


def _train_at(run: str, rate: float) -> None:
    desk, state = session.desk(), run_manager().row(run).progress.state
    if state not in OVER:
        desk.change(run, {RATE: rate})
        desk.command(run, Command.PLAY)
        return
    steps = session.weight_steps(run)
    session.choose_run(desk.fork(run, steps[len(steps) // 2], {RATE: rate}).id)


def compare_button(snapshot: Snapshot) -> None:
    """The two newest runs over each other, second by second."""
    runs = [row.id for row in session.newest_runs()[:2]]
    if st.button(
        "Compare",
        key="compare_two",
        icon=":material/stacked_line_chart:",
        type="tertiary",
        disabled=len(runs) < 2,
        help="Lay the two newest runs over each other, along the same seconds.",
    ):
        session.select(RUNS_PAGE, TABLE)
        session.select(AXIS, BY_SECONDS)
        session.compare_runs(dict.fromkeys(filter(None, (session.current_run(), *runs))))
        st.switch_page("pages/runs.py")
