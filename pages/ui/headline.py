"""The head of every page: the style sheet, the title, and what there is to say before anything else."""

from pathlib import Path

import streamlit as st

from pages.ui import session
from pages.ui.interrupted import offer_interrupted
from pages.ui.lessons import lesson_card
from pages.ui.literal import literal
from pages.ui.share import limits_note, share_button
from pages.ui.sources import from_where
from pages.ui.store_guard import require_a_store
from pages.ui.who import ask_who, is_known, other_server_note, who_button

STYLE = Path(__file__).with_name("style.css")


def headline(title: str, sentence: str) -> None:
    """Title and sentence, with who one is, a link to share, notices, and the lesson that one is in."""
    st.html(STYLE)
    require_a_store()
    session.begin()
    if is_known():
        session.publish()
    with st.container(key="headline", gap="xxsmall"):
        with st.container(key="title", horizontal=True, vertical_alignment="center"):
            st.title(title, anchor=False)
            who_button()
            share_button()
        st.caption(f"{sentence} {from_where(session.open_page_name())}".rstrip())
        other_server_note()
        ask_who()
        # inside, so that the refreshing part keeps its place: where it moves, a click that is on its way is lost
        for notice in session.take_notices():
            st.info(literal(notice), icon=":material/info:")
        offer_interrupted()
        lesson_card()
    with st.sidebar:
        limits_note()
