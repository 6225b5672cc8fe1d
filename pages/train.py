"""Train: choose a model, press Play, and watch it learn."""

import streamlit as st

from makemore_core.charts.loss import loss_figure
from makemore_core.ngrams import yardsticks
from makemore_core.training.recorder import Snapshot
from pages.ui import session
from pages.ui.forms import settings_form
from pages.ui.live import chart, live
from pages.ui.page import open_page
from pages.ui.panels import names_panel, reading_panel, verdict_line, verdicts
from pages.ui.published import published_panel
from pages.ui.run_bar import new_run_button

open_page("Train", "Watch a network learn names: from noise to letters that could be a child's name, in a minute.")

with st.sidebar:
    settings_form()
    new_run_button()


def draw(snapshot: Snapshot) -> None:
    """Loss and names, then the alphabet and the verdicts."""
    left, right = st.columns([3, 2])
    with left:
        marks = yardsticks(session.config().data)
        last = snapshot.evaluations[-1] if snapshot.evaluations else None
        alt = f"Loss over the steps; val {last.val:.3f} after {last.step:,} steps." if last else "No loss measured yet."
        chart(snapshot, snapshot.version, "loss", lambda: loss_figure(snapshot, marks), 380, alt)
    with right:
        names_panel(snapshot, 380)
    left, right = st.columns([3, 2])
    with left:
        reading_panel(snapshot, "embedding", 380)
    with right:
        with st.container(key="health"):
            st.markdown("**Health**")
            for verdict in verdicts(snapshot)[:3]:
                verdict_line(verdict)
        published_panel(snapshot)


live(draw)
