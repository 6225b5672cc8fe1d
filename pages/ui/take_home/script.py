"""The code: the whole run as one PyTorch script or notebook that needs nothing of this lab."""

from typing import Literal, NamedTuple

import streamlit as st

from makemore_core.config import RunConfig
from makemore_core.eject import Ejected, eject_run, eject_settings
from makemore_core.training.manager import RunManager
from makemore_core.training.recorder import Snapshot
from pages.ui import session
from pages.ui.manager import run_manager

ABOUT = (
    "Data, model, loop, evaluation, names: one file to be read from top to bottom. It needs torch alone and gives the "
    "losses of the reference engine, digit for digit."
)
HEIGHT = 640  # pixels


class Files(NamedTuple):
    """What can be downloaded: bytes, because a file that is made on demand is lost when the page refreshes."""

    ejected: Ejected
    script: bytes
    notebook: bytes


def draw(snapshot: Snapshot) -> None:
    """The files, and the script itself; of the draft, where no run is there."""
    files = _of_run(snapshot) if session.current_run() else _of_draft()
    ejected = files.ejected
    st.caption(ABOUT)
    with st.container(key="script_files", horizontal=True, vertical_alignment="center"):
        _download("Script", files.script, f"{ejected.stem}.zip", "primary")
        _download("Notebook", files.notebook, f"{ejected.stem}-notebook.zip")
        _download("Script alone", ejected.script.encode(), f"{ejected.stem}.py")
        st.caption(f"The first two bring `{ejected.data_name}` along, the data set that they read.")
    st.code(ejected.script, language="python", height=HEIGHT)


def _download(label: str, content: bytes, name: str, type: Literal["primary", "secondary"] = "secondary") -> None:
    key, icon = f"eject {label}", ":material/download:"
    st.download_button(label, content, name, key=key, icon=icon, on_click="ignore", type=type)


def _of_run(snapshot: Snapshot) -> Files:
    session.dataset()  # refuses a run whose words have changed
    progress = snapshot.progress
    ended_at = None if progress.is_alive else progress.step
    changes = tuple((mark.step, mark.text) for mark in snapshot.marks)
    return _files_of_run(run_manager(), snapshot.run, changes, ended_at)


def _of_draft() -> Files:
    draft = session.draft()
    return _files_of_settings(draft.config, draft.preset, draft.config.data.load().sha256)


@st.cache_resource(max_entries=4, show_spinner=False)
def _files_of_run(_manager: RunManager, run: str, changes: tuple[tuple[int, str], ...], ended_at: int | None) -> Files:
    """The same until the run is changed, or ends."""
    return _files(eject_run(_manager, run))


@st.cache_resource(max_entries=4, show_spinner=False)
def _files_of_settings(config: RunConfig, preset: str, sha256: str) -> Files:
    return _files(eject_settings(config, preset))


def _files(ejected: Ejected) -> Files:
    return Files(ejected, ejected.archive(), ejected.archive(as_notebook=True))
