"""A name for a new data set, and the button that keeps it under that name."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from makemore_core.access import Action
from pages.ui import session
from pages.ui.widgets import text_field

WIDE = 260  # pixels


def keep_button(field: str, label: str, wish: str, words: str, keep: Callable[[str], None]) -> None:
    """Ask for a name, `wish` unless another is typed, and call keep(name) when the button is pressed."""
    typed = session.kept(field, "") or wish
    with st.container(key=f"{field}_and_button", horizontal=True, vertical_alignment="bottom"):
        text_field(field, label, typed, partial(session.select, field), max_chars=40, width=WIDE)
        st.button(
            words,
            key=f"keep_{field}",
            type="primary",
            icon=":material/save:",
            on_click=_pressed,
            args=(field, typed, keep),
        )


def _pressed(field: str, typed: str, keep: Callable[[str], None]) -> None:
    """With what the field says by now: it may have been left for the button only this moment."""
    name = session.turned_to(field, typed)
    session.attempt(lambda: _keep(field, name, keep))


def _keep(field: str, name: str, keep: Callable[[str], None]) -> None:
    with session.desk().may(Action.KEEP_DATA):
        keep(name)
    session.select(field, "")
