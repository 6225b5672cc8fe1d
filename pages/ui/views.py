"""The views of a page, side by side: one is open, only that one is computed, and the address remembers which."""

from collections.abc import Callable, Iterable
from functools import partial

import streamlit as st

from pages.ui import session
from pages.ui.sources import source_line
from pages.ui.widgets import one_of_few


def choose_view(page: str, views: Iterable[str], show: Callable[[str], str] = str) -> str:
    """The open view of a page, after the row in which another may be chosen; `show` gives their titles."""
    now = session.view(views, page)
    choose = partial(session.choose_view, page=page)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        one_of_few(f"{page}_view", "View", list(views), now, choose, format_func=show, label_visibility="collapsed")
        source_line(f"{page}/{now}")
    return now
