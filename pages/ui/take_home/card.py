"""The run card: a look at it, and the file. It is drawn once; of a run that trains it is drawn anew when asked for."""

from functools import partial

import streamlit as st

from makemore_core.exports.card import card_beside
from makemore_core.exports.kept import gather
from makemore_core.tasks import Report
from makemore_core.training.reader import RunReader
from makemore_core.training.recorder import Snapshot
from pages.ui import session
from pages.ui.background import in_background
from pages.ui.live_chart import PLOTLY_FILE
from pages.ui.manager import run_manager
from pages.ui.take_home.files import download, is_there
from pages.ui.take_home.preview import preview

PICTURED = "pictured"


def draw(snapshot: Snapshot) -> None:
    """The file, and what is in it."""
    if not is_there(snapshot):
        return
    seen = _pictured(snapshot)
    with st.container(key="card_files", horizontal=True, vertical_alignment="center"):
        download("html", "Run card", snapshot)
        st.caption("One HTML file of 5 MB. It opens anywhere without a network, in light and dark, and prints.")
        if seen != snapshot.version:
            st.button(
                f"Show it at step {snapshot.step:,}", key="card_again", icon=":material/refresh:",
                on_click=session.select, args=(PICTURED, (snapshot.run, snapshot.version)),
            )  # fmt: skip
    work = partial(_card, run_manager(), snapshot.run, snapshot.at)
    in_background("card", ("card", snapshot.run, seen), work, preview)


def _pictured(snapshot: Snapshot) -> tuple[int, int | None]:
    """The version of the run that is shown: the present one, unless it trains and another was shown already."""
    run, version = session.kept(PICTURED, (None, snapshot.version))
    if run != snapshot.run or version[1] != snapshot.at or not snapshot.progress.is_alive:
        session.select(PICTURED, (snapshot.run, snapshot.version))
        return snapshot.version
    return version


def _card(manager: RunReader, run: str, at: int | None, report: Report) -> str:
    report(0.0, "drawing the card")
    return card_beside(PLOTLY_FILE, gather(manager, run, at))
