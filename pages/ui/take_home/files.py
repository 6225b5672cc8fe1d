"""The download buttons: a file is made when it is asked for, of what the run has kept by then."""

from collections.abc import Callable, Hashable
from functools import partial

import streamlit as st

from makemore_core.exports import FORMATS
from makemore_core.exports.kept import gather
from makemore_core.training.reader import RunReader
from makemore_core.training.recorder import RunState, Snapshot
from pages.ui import session
from pages.ui.background import in_background
from pages.ui.manager import run_manager

NO_RUN = "There is nothing to take home yet: press Play, and come back when a few steps are done."
FIRST_STEPS = "The first steps are on their way; what can be taken home appears here with them."


def is_there(snapshot: Snapshot) -> bool:
    """Whether there is something to export; else the sentence that says what to do."""
    if session.current_run() is None or not snapshot.progress.step:
        is_running = session.current_run() is not None and snapshot.progress.state == RunState.RUNNING
        st.info(FIRST_STEPS if is_running else NO_RUN, icon=":material/info:")
        return False
    session.dataset()  # refuses a run whose words have changed
    if snapshot.at is not None and snapshot.step not in session.weight_steps():
        st.info("This step's weights were not kept. Drag the line of time to another, or return to live.")
        return False
    return True


def title(snapshot: Snapshot) -> str:
    """What the run's files are called."""
    return run_manager().row(snapshot.run).title


def download(format: str, label: str, snapshot: Snapshot, *, is_main: bool = True) -> None:
    """A button for the file of a format, which is made when it is pressed; of a run that lives, one step at a time."""
    content = partial(_content, run_manager(), snapshot.run, snapshot.at, format)
    offer(format, label, snapshot, content, partial(_file, format, label, title(snapshot), is_main))


def offer(
    format: str,
    label: str,
    snapshot: Snapshot,
    content: Callable[[], bytes],
    file: Callable[[bytes | Callable[[], bytes]], None],
    how: Hashable = None,
) -> None:
    """A button for a file that depends on the run, and on `how` it is wanted."""
    if snapshot.progress.is_alive:
        _at_this_step(format, label, snapshot, content, file, how)
    else:
        file(content)


def _at_this_step(
    format: str,
    label: str,
    snapshot: Snapshot,
    content: Callable[[], bytes],
    file: Callable[[bytes], None],
    how: Hashable,
) -> None:
    """Made first, then handed out: what a button makes by itself is lost when the page refreshes meanwhile."""
    asked = session.kept(_asked(format), None)
    with st.container(key=f"{format}_parts", horizontal=True, vertical_alignment="center", width="content"):
        this = (snapshot.run, snapshot.version)
        st.button(
            f"{label} of step {snapshot.step:,}",
            key=f"ask_{format}",
            icon=":material/save:",
            on_click=session.select,
            args=(_asked(format), this),
        )
        if asked and asked[0] == snapshot.run:
            in_background(f"make_{format}", ("export", format, how, *asked), lambda report: content(), file)


def _asked(format: str) -> str:
    return f"asked_{format}"


def _file(format: str, label: str, title: str, is_main: bool, content: bytes | Callable[[], bytes]) -> None:
    chosen = FORMATS[format]
    st.download_button(
        label,
        content,
        f"{title}{chosen.ending}",
        chosen.media_type,
        key=f"download_{format}",
        icon=":material/download:",
        on_click="ignore",
        type="primary" if is_main else "secondary",
    )


def _content(manager: RunReader, run: str, at: int | None, format: str) -> bytes:
    """Made in another thread, which knows no session."""
    return FORMATS[format].content(gather(manager, run, at))
