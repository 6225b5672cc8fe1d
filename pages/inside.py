"""Inside: what the layers do to the signal on its way forward, and to the gradient on its way back."""

from collections.abc import Callable

import streamlit as st

from makemore_core.training.recorder import Snapshot
from pages.ui import session
from pages.ui.inside import all_layers
from pages.ui.live import live
from pages.ui.page import open_page

VIEWS: dict[str, Callable[[Snapshot], None]] = {
    "All layers": all_layers.draw,
}

open_page("Inside", "A net learns where signals keep their spread and gradients get through. Here both are visible.")


def draw(snapshot: Snapshot) -> None:
    """The chosen view; only what is visible is computed."""
    key = session.widget_key("view", session.view(VIEWS))
    st.segmented_control(
        "View",
        list(VIEWS),
        key=key,
        required=True,
        label_visibility="collapsed",
        on_change=session.turned,
        args=(key, session.choose_view),
    )
    VIEWS[session.view(VIEWS)](snapshot)


live(draw)
