"""Train: choose a model, press Play, and watch it learn."""

from pages.ui.arrival import TRAIN
from pages.ui.opening import open_page

open_page("Train", TRAIN)

import streamlit as st

from makemore_core.recording import recording
from makemore_core.training.recorder import Snapshot
from pages.ui import session
from pages.ui.experiments import break_button, compare_button
from pages.ui.forms import settings_form
from pages.ui.live import live
from pages.ui.loss_panel import loss_panel, loss_view_popover
from pages.ui.my_name.on_train import name_row
from pages.ui.panels import names_panel, reading_panel, verdict_line, verdicts
from pages.ui.published import published_panel
from pages.ui.recording import recording_player
from pages.ui.run_bar import new_run_button
from pages.ui.sick import sick_card, sick_curves
from pages.ui.sources import from_where, source_line

with st.sidebar:
    settings_form()
    new_run_button()


def draw(snapshot: Snapshot) -> None:
    """Loss and names, then the alphabet and the verdicts; of the recording, as long as this lab has no run."""
    if session.stands_at_the_beginning(recording().preset):
        recording_player()
        return
    sick_card(snapshot)
    sick_curves(snapshot)
    left, right = st.columns([3, 2])
    with left:
        loss_panel(snapshot)
        with st.container(key="experiments", horizontal=True, vertical_alignment="center", gap="small"):
            loss_view_popover()
            break_button(snapshot)
            compare_button(snapshot)
            source_line("loss")
    with right:
        names_panel(snapshot, 380)
        source_line("samples")
    left, right = st.columns([3, 2])
    with left:
        reading_panel(snapshot, "embedding", 380)
        source_line("embedding")
    with right:
        name_row(snapshot)
        with st.container(key="health"):
            st.markdown(f"**Health** {from_where('verdicts')}")
            for verdict in verdicts(snapshot)[:3]:
                verdict_line(verdict)
        published_panel(snapshot)


live(draw)
