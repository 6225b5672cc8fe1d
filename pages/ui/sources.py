"""Where what one sees comes from: lecture, minute and paper of a page, a view or a panel, as quiet links."""

import streamlit as st

from makemore_core.lectures import Chapter
from makemore_core.sources import SOURCES, Source, in_words


def from_where(name: str) -> str:
    """In Markdown; empty where the table knows no source."""
    source = SOURCES.get(name)
    words = in_words(source) if source else ""
    return f":small[{words}]" if words else ""


def source_line(name: str) -> None:
    """The same as a line of its own."""
    if words := from_where(name):
        st.caption(words, width="content")


def link_to(chapter: Chapter) -> str:
    """A place in a lecture, in Markdown."""
    return in_words(Source(chapter))
