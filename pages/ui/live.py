"""The refreshing part of a page: the bar, then whatever the page draws, again and again while the run lives.

The page's own script runs only when the user does something. Between, this fragment polls the run and redraws.
"""

import time
from collections.abc import Callable, Hashable

import plotly.graph_objects as go
import streamlit as st

from makemore_core.training.recorder import RunState, Snapshot
from pages.ui import session
from pages.ui.audience import audience
from pages.ui.lessons import has_moved_on
from pages.ui.live_chart import OnPoint, live_chart
from pages.ui.page import or_say_why_not
from pages.ui.pulse import feel_pulse
from pages.ui.run_bar import run_bar
from pages.ui.streamlit_internals import this_tab

QUICK, CALM = 0.4, 1.0  # seconds between two refreshes
SOON_CALM = 10.0  # seconds of training; by then a picture changes slowly, and drawing takes from the steps
SENT = 0.02  # seconds in which the bar is on its way to the browser
Rhythm = tuple[RunState | None, float | None]  # what a run is doing, and the seconds between two refreshes


def _never() -> bool:
    return False


def live(draw: Callable[[Snapshot], None], others_change: Callable[[], bool] = _never) -> None:
    """Show the bar and draw(snapshot), and keep both fresh; also while other things change that the page shows."""
    state, seconds = _rhythm(others_change)
    st.fragment(_tick, run_every=seconds)(draw, (state, seconds), others_change)


def _tick(draw: Callable[[Snapshot], None], rhythm: Rhythm, others_change: Callable[[], bool]) -> None:
    or_say_why_not(lambda: _show(draw))
    if session.take_rerun() or has_moved_on() or _rhythm(others_change) != rhythm:
        st.rerun()  # another refresh rate, another run in the URL


def _rhythm(others_change: Callable[[], bool]) -> Rhythm:
    """That of the chosen run, or a calm one for others; slower in a crowd. Nothing changes where seconds are None."""
    state, seconds = _rhythm_of_run()
    if seconds is None and others_change():
        seconds = CALM
    return state, seconds and audience().seconds(this_tab(), seconds)


def _rhythm_of_run() -> Rhythm:
    """A task is asked how far it is quickly."""
    progress = session.progress()
    state = progress.state if progress else None
    if session.waits():
        return state, QUICK
    if progress is None:
        return None, None
    quick = (
        progress.seconds < SOON_CALM or session.pace() not in session.FULL_SPEED
    )  # a slow one is watched step by step
    running = QUICK if quick else CALM
    return state, {RunState.RUNNING: running, RunState.READY: QUICK, RunState.PAUSED: CALM}.get(progress.state)


def _show(draw: Callable[[Snapshot], None]) -> None:
    """Bar and panels, both of the same moment."""
    feel_pulse()
    snapshot = session.snapshot()
    run_bar(snapshot)
    if session.take_rerun():
        time.sleep(SENT)
        st.rerun()  # a click is answered by the bar, then the whole page is drawn; panels are not drawn twice
    draw(snapshot)


def chart(
    snapshot: Snapshot,
    version: Hashable,
    name: str,
    make: Callable[[], go.Figure],
    height: int,
    on_click: OnPoint | None = None,
    on_hover: OnPoint | None = None,
) -> None:
    """A figure that is made once for a version of a run, however many tabs look at it."""
    figure = _drawn(snapshot.run, version, name, make)
    live_chart(figure, key=name, height=height, on_click=on_click, on_hover=on_hover)


@st.cache_data(max_entries=256, show_spinner=False)
def _drawn(run: str, version: Hashable, name: str, _make: Callable[[], go.Figure]) -> str:
    return str(_make().to_json())
