"""Widgets that choose something to look at: the same on every refresh, and kept when the page changes."""

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from pages.ui import session

WIDE, NARROW = 240, 150  # pixels


def choose_from(
    name: str, label: str, options: Sequence[str], show: Callable[[str], str] = str, width: int = WIDE
) -> str:
    """A list to choose from."""
    now = session.selected(name, options)
    key = session.widget_key(name, now)
    act = partial(session.select, name)
    st.selectbox(label, options, key=key, format_func=show, width=width, on_change=session.turned, args=(key, act))
    return now


def choose_number(name: str, label: str, n: int, first: int = 0) -> int:
    """A field for one of n numbers in a row."""
    now = session.selected(name, range(first, first + n))
    key = session.widget_key(name, now)
    act = partial(session.select, name)
    st.number_input(
        label, first, first + n - 1, key=key, step=1, width=NARROW, on_change=session.turned, args=(key, act)
    )
    return now


def choose_one_of_few(name: str, label: str, options: Sequence[str]) -> str:
    """Options side by side."""
    now = session.selected(name, options)
    key = session.widget_key(name, now)
    act = partial(session.select, name)
    st.segmented_control(label, options, key=key, required=True, on_change=session.turned, args=(key, act))
    return now
