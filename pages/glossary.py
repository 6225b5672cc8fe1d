"""Glossary: every word, knob and panel of this lab, with the number of the run that is shown."""

from pages.ui.opening import open_page

open_page(
    "Glossary",
    "Every word, knob and panel of this lab: what it means, where it stands in the code, and what it is now.",
)

import streamlit as st

from makemore_core.training.recorder import Snapshot
from pages.ui.glossary import terms
from pages.ui.live import live


def draw(snapshot: Snapshot) -> None:
    """What is looked for, then what was found; one term is open."""
    terms.choose()
    with st.container(key="terms", gap="xxsmall"):
        terms.draw(snapshot)


live(draw)
