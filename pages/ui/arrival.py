"""What a server shows while it is still importing torch: the recording where one trains, a sentence on other pages.

Nothing that is imported here knows torch. A server that is warm goes by this file without a word.
"""

import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import streamlit as st
from streamlit.components.v2 import component
from streamlit.delta_generator import DeltaGenerator

from makemore_core.tasks import Report
from pages.ui.ending import end_at_once
from pages.ui.recording import recording_player
from pages.ui.streamlit_internals import StreamlitPage
from pages.ui.tasks import tasks

TRAIN = "Watch a network learn names: from noise to letters that could be a child's name, in a minute."
WARMING = "The lab is warming up: {:.0f} s"
WANTED = "Your run starts in a moment. "
STYLE = Path(__file__).with_name("style.css")
LAB = "torch and the lab"
ROOM = "<div style='height: 28px'></div>"  # for the line of time, so that nothing moves when it comes
BEAT = 0.1  # seconds between two looks whether it is there
PATIENCE = 4.0  # seconds that a browser has to paint; one that does says so
SAYS_SO = """export default ({ setStateValue }) => {
  requestAnimationFrame(() => setTimeout(() => setStateValue("is_painted", true)));
};"""
BUTTONS = {"Step": "skip_next", "Reset": "restart_alt", "Stop": "stop"}

_mount = component("makemore_lab.arrival", html="<span></span>", js=SAYS_SO)


def open_lab(pages: Mapping[str, Sequence[StreamlitPage]]) -> None:
    """The page that the address names; before torch is here, what there is to see without it."""
    end_at_once()
    importing = tasks().find(LAB)
    if "torch" not in sys.modules or (importing and importing.is_running):
        _arrive(pages)
    from pages.ui.navigation import navigate  # everything heavy comes with it

    navigate(pages)


def _warm_up(report: Report) -> None:
    """In a thread beside the picture: all that the first page needs."""
    from pages.ui import forms, loss_panel, navigation, panels, published, run_bar
    from pages.ui.manager import run_manager

    assert all((forms, loss_panel, navigation, panels, published, run_bar))
    run_manager()


def _arrive(pages: Mapping[str, Sequence[StreamlitPage]]) -> None:
    """Show it, and stay until the lab is there. Who has pressed Play meanwhile need not press it again."""
    page = st.navigation(pages, position="hidden" if "pages" in st.query_params else "top")
    st.html(STYLE)
    trains = page.url_path == ""
    is_front = trains and "run" not in st.query_params
    with st.container(key="headline", gap="xxsmall"):
        with st.container(key="title", horizontal=True, vertical_alignment="center"):
            st.title(page.title, anchor=False)
        if is_front:
            st.caption(TRAIN)
    if trains:
        st.sidebar.caption("Settings come in a moment.")
    is_wanted = is_front and _play_button()
    with st.container(key="warming"):
        words = st.empty()
    if is_front:
        st.progress(0.0)
        st.html(ROOM)
        recording_player()
    _wait_for_the_lab(words, is_wanted, _is_painted())
    if is_wanted:
        _play()
    st.rerun()


def _is_painted() -> bool:
    """Whether the browser has said that it shows the page."""
    return bool(_mount(key="arrival", default={"is_painted": False}, on_is_painted_change=_noted).is_painted)


def _noted() -> None:
    """What it says is read where it is drawn."""


def _play_button() -> bool:
    """The bar as it will be, in which only Play can be pressed."""
    with st.container(key="bar", horizontal=True, vertical_alignment="center", gap="small"):
        st.selectbox(
            "Run",
            ["No run: the untrained net"],
            key="run_picker",
            label_visibility="collapsed",
            width=310,
            disabled=True,
        )
        is_pressed = st.button(
            "Play", key="play_first", icon=":material/play_arrow:", type="primary", shortcut="Space", width=122
        )
        for label, icon in BUTTONS.items():
            st.button(label, icon=f":material/{icon}:", disabled=True)
    return is_pressed


def _wait_for_the_lab(words: DeltaGenerator, is_wanted: bool, is_painted: bool) -> None:
    """Import it as soon as the picture is there, not before: both would wait for the same interpreter.

    Each beat also lets a press through: Streamlit ends a script where it draws, and begins it anew.
    """
    began, importing = time.monotonic(), tasks().find(LAB)
    while importing is None or importing.is_running:
        seconds = time.monotonic() - began
        words.markdown((WANTED if is_wanted else "") + WARMING.format(seconds))
        if importing is None and (is_painted or seconds > PATIENCE):
            importing = tasks().begin(LAB, _warm_up)
        time.sleep(BEAT)


def _play() -> None:
    from pages.ui import session
    from pages.ui.run_bar import start_run

    session.begin()
    start_run()
