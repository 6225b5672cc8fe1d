"""The code: the whole run as one PyTorch script or notebook that needs nothing of this lab."""

from typing import Literal, NamedTuple

import streamlit as st
from torch import Generator

from makemore_core.config import RunConfig
from makemore_core.datasets import Dataset
from makemore_core.eject import Ejected, eject_run, eject_settings
from makemore_core.engines import ENGINES, name_of, note_on
from makemore_core.training.reader import RunReader
from makemore_core.training.recorder import Snapshot
from pages.ui import session
from pages.ui.manager import run_manager
from pages.ui.take_home.files import title

ABOUT = (
    "One file to read from top to bottom. It needs torch and `{}`, which Script and Notebook bring along, and gives "
    "the reference engine's losses to the digit."
)
ROUNDED = (
    " The lab's engine `{}` rounds otherwise, which adds up; "
    "with engine `autograd` (Train, More) it gives the same digits."
)
REFERENCE = "autograd"
HEIGHT = 640  # pixels


class Files(NamedTuple):
    """What can be downloaded: bytes, because a file that is made on demand is lost when the page refreshes."""

    ejected: Ejected
    script: bytes
    notebook: bytes
    engine: str  # that trains what is ejected


def draw(snapshot: Snapshot) -> None:
    """The files, and the script itself; of the draft, where no run is there."""
    files = _of_run(snapshot) if session.current_run() else _of_draft()
    ejected = files.ejected
    rounded = "" if files.engine == REFERENCE else ROUNDED.format(files.engine)
    st.caption(ABOUT.format(ejected.data_name) + rounded)
    with st.container(key="script_files", horizontal=True, vertical_alignment="center"):
        _download("Script", files.script, f"{ejected.stem}.zip", "primary")
        _download("Notebook", files.notebook, f"{ejected.stem}-notebook.zip")
        _download("Script alone", ejected.script.encode(), f"{ejected.stem}.py")
        st.code(f"python {ejected.stem}/{ejected.stem}.py", language="bash", width="content")
    st.code(ejected.script, language="python", height=HEIGHT)


def _download(label: str, content: bytes, name: str, type: Literal["primary", "secondary"] = "secondary") -> None:
    key, icon = f"eject {label}", ":material/download:"
    st.download_button(label, content, name, key=key, icon=icon, on_click="ignore", type=type)


def _of_run(snapshot: Snapshot) -> Files:
    session.dataset()  # refuses a run whose words have changed
    progress = snapshot.progress
    ended_at = None if progress.is_alive else progress.step
    changes = tuple((mark.step, mark.text) for mark in snapshot.marks)
    return _files_of_run(run_manager(), snapshot.run, title(snapshot), changes, ended_at)


def _of_draft() -> Files:
    draft = session.draft()
    return _files_of_settings(draft.config, draft.preset, draft.config.data.load().sha256)


@st.cache_resource(max_entries=4, show_spinner=False)
def _files_of_run(
    _manager: RunReader, run: str, title: str, changes: tuple[tuple[int, str], ...], ended_at: int | None
) -> Files:
    """The same until the run is changed, or ends."""
    row = _manager.row(run)
    return _files(eject_run(_manager, run), RunConfig.from_dict(row.config), _manager.dataset(run))


@st.cache_resource(max_entries=4, show_spinner=False)
def _files_of_settings(config: RunConfig, preset: str, sha256: str) -> Files:
    return _files(eject_settings(config, preset), config, config.data.load())


def _files(ejected: Ejected, config: RunConfig, dataset: Dataset) -> Files:
    engine = _engine(config, len(dataset.vocabulary))
    return Files(ejected, ejected.archive(), ejected.archive(as_notebook=True), engine)


def _engine(config: RunConfig, vocab_size: int) -> str:
    """The one that trains on this machine: never `auto`, but what that takes."""
    if note_on(config.engine):
        return REFERENCE
    if config.engine != "auto":
        return config.engine
    model = config.model.build(vocab_size, Generator().manual_seed(config.seed))  # an engine changes its model
    return name_of(ENGINES["auto"](model)) if model.named_parameters() else REFERENCE
