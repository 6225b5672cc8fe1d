"""The download buttons: each makes its file when it is pressed, of what the run has kept by then."""

from functools import partial

import streamlit as st

from makemore_core.exports import FORMATS
from makemore_core.exports.kept import gather
from makemore_core.training.manager import RunManager
from makemore_core.training.recorder import Snapshot
from pages.ui import session
from pages.ui.manager import run_manager

NO_RUN = "There is nothing to take home yet: press Play, and come back when a few steps are done."


def is_there(snapshot: Snapshot) -> bool:
    """Whether there is something to export; else the sentence that says what to do."""
    if session.current_run() is None or not snapshot.progress.step:
        st.info(NO_RUN, icon=":material/info:")
        return False
    session.dataset()  # refuses a run whose words have changed
    if snapshot.at is not None and snapshot.step not in session.weight_steps():
        st.info("This step's weights were not kept. Drag the line of time to another, or return to live.")
        return False
    return True


def download(format: str, label: str, snapshot: Snapshot, *, is_main: bool = True) -> None:
    """A button for the file of a format."""
    chosen = FORMATS[format]
    st.download_button(
        label,
        partial(_content, run_manager(), snapshot.run, snapshot.at, format),
        f"{snapshot.run}{chosen.ending}",
        chosen.media_type,
        key=f"download_{format}",
        icon=":material/download:",
        on_click="ignore",
        type="primary" if is_main else "secondary",
    )


def _content(manager: RunManager, run: str, at: int | None, format: str) -> bytes:
    """Made in another thread, which knows no session."""
    return FORMATS[format].content(gather(manager, run, at))
