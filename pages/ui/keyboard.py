"""The keys that act on every page, and the sheet that tells them: behind a button in the corner, and behind ?."""

from collections.abc import Mapping
from pathlib import Path

import streamlit as st
from streamlit.components.v2 import component

from pages.ui import session
from pages.ui.streamlit_internals import StreamlitPage

KEYS, WANTED = "keys", "page_by_keys"

_mount = component(
    "makemore_lab.keyboard",
    html="""<div class="keys"><button type="button" title="Keys" aria-label="Keys">keyboard</button>
<dialog aria-label="Keys"><h2>Keys</h2></dialog></div>""",
    js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8"),
    isolate_styles=False,  # its looks stand in style.css with the others
)


def keyboard(pages: Mapping[str, StreamlitPage]) -> None:
    """Listen to keys; where they ask for one of these pages, by title, go there."""
    _mount(key=KEYS, height=32, data={"titles": list(pages)}, on_page_change=_heard)
    wanted = session.kept(WANTED, "")
    if wanted in pages:
        session.select(WANTED, "")
        st.switch_page(pages[wanted])


def _heard() -> None:
    """Remembered for the script, which may be cut short before it goes there: a callback cannot."""
    session.select(WANTED, session.said(KEYS, "page") or session.kept(WANTED, ""))
