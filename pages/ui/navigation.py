"""Which pages there are for this tab: all of app.py, or those that the link it was opened with shows."""

from collections.abc import Mapping, Sequence

import streamlit as st

from pages.ui import session
from pages.ui.keyboard import keyboard
from pages.ui.opening import open_page
from pages.ui.streamlit_internals import StreamlitPage, hide_page

LAB = "Makemore Lab"


def navigate(groups: Mapping[str, Sequence[StreamlitPage]]) -> None:
    """Run the page that the address names; what a link puts away leaves the navigation, and says so at its address."""
    pages = {name_of(page): page for group in groups.values() for page in group}
    limits = session.read_limits({name: page.title for name, page in pages.items()})
    for name, page in pages.items():
        if not limits.shows(name):
            hide_page(page)
    chosen = st.navigation(groups, position="top")
    session.stand_on(name_of(chosen))
    st.set_page_config(page_title=f"{chosen.title} · {LAB}")
    keyboard({page.title: page for name, page in pages.items() if limits.shows(name)})
    if limits.shows(name_of(chosen)):
        chosen.run()
    else:
        _put_away(chosen, [page for name, page in pages.items() if limits.shows(name)])
    session.notices_can_be_read()


def name_of(page: StreamlitPage) -> str:
    """What a link calls a page: the last word of its address."""
    return page.url_path or session.FRONT


def _put_away(page: StreamlitPage, others: Sequence[StreamlitPage]) -> None:
    open_page(page.title, "The link that you opened has put this page away; it shows:")
    for other in others:
        st.page_link(other)
