"""The refreshing part of a page: the bar, then whatever the page draws, again and again while the run lives.

The page's own script runs only when the user does something. Between, this fragment polls the run and redraws.
"""

from collections.abc import Callable

import plotly.graph_objects as go
import streamlit as st

from makemore_core.training.recorder import RunState, Snapshot
from pages.ui import session
from pages.ui.live_chart import live_chart
from pages.ui.page import or_say_why_not
from pages.ui.run_bar import run_bar

REFRESH = {RunState.RUNNING: 0.4, RunState.READY: 0.4, RunState.PAUSED: 1.0}  # seconds; other states stand still


def live(draw: Callable[[Snapshot], None]) -> None:
    """Show the bar and draw(snapshot), and keep both fresh."""
    state = session.run_state()
    st.fragment(_tick, run_every=REFRESH.get(state) if state else None)(draw, state)


def _tick(draw: Callable[[Snapshot], None], state: RunState | None) -> None:
    or_say_why_not(lambda: _show(draw))
    if session.take_rerun() or session.run_state() != state:
        st.rerun()  # another refresh rate, another run in the URL


def _show(draw: Callable[[Snapshot], None]) -> None:
    """Bar and panels, both of the same moment."""
    snapshot = session.snapshot()
    run_bar(snapshot)
    draw(snapshot)


def chart(snapshot: Snapshot, version: int, name: str, make: Callable[[], go.Figure], height: int, alt: str) -> None:
    """A figure that is made once for a version of a run, however many tabs look at it."""
    live_chart(_drawn(snapshot.run, version, name, make), key=name, height=height, alt=alt)


@st.cache_data(max_entries=256, show_spinner=False)
def _drawn(run: str, version: int, name: str, _make: Callable[[], go.Figure]) -> str:
    return str(_make().to_json())
