"""Widgets for values that code changes too: each shows the value, and passes on what the user turns it to.

The value goes in as the widget's default. Set through the session instead, it would undo a click that is on its way
here, or be lost where a closed popover draws its widgets later than it hears of them.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import streamlit as st

from pages.ui import session

T = TypeVar("T")
Act = Callable[[Any], None]


def selectbox(name: str, label: str, options: Sequence[T], value: T, act: Act, **look: Any) -> None:
    """A list to choose from. It cannot be cleared: where nothing is a choice, it has an option of its own."""
    key = session.widget_key(name, value)
    place = options.index(value)
    st.selectbox(label, options, index=place, key=key, on_change=session.turned, args=(key, act), **look)


def one_of_few(name: str, label: str, options: Sequence[T], value: T, act: Act, **look: Any) -> None:
    """Options side by side, of which always one is chosen."""
    key = session.widget_key(name, value)
    st.segmented_control(
        label, options, default=value, required=True, key=key, on_change=session.turned, args=(key, act), **look
    )


def radio(name: str, label: str, options: Sequence[T], value: T | None, act: Act, **look: Any) -> None:
    """Options one below the other, of which one or none is chosen."""
    key = session.widget_key(name, value)
    place = None if value is None else options.index(value)
    st.radio(label, options, index=place, key=key, on_change=session.turned, args=(key, act), **look)


def pills(name: str, label: str, options: Sequence[T], value: T | None, act: Act, **look: Any) -> None:
    """Options side by side, of which one or none is chosen."""
    key = session.widget_key(name, value)
    st.pills(label, options, default=value, key=key, on_change=session.turned, args=(key, act), **look)


def multiselect(name: str, label: str, options: Sequence[T], value: Sequence[T], act: Act, **look: Any) -> None:
    """A list to choose any number from."""
    key = session.widget_key(name, list(value))
    st.multiselect(label, options, list(value), key=key, on_change=session.turned, args=(key, act), **look)


def select_slider(name: str, label: str, options: Sequence[T], value: T, act: Act, **look: Any) -> None:
    """A slider from option to option."""
    key = session.widget_key(name, value)
    st.select_slider(label, options, value, key=key, on_change=session.turned, args=(key, act), **look)


def slider(name: str, label: str, low: float, high: float, value: float, act: Act, **look: Any) -> None:
    """A slider over a range; its numbers are of the type of their ends."""
    key = session.widget_key(name, value)
    st.slider(label, low, high, value, key=key, on_change=session.turned, args=(key, act), **look)


def number_field(
    name: str, label: str, low: float | None, high: float | None, value: float, act: Act, **look: Any
) -> None:
    """A number to type, between two ends where there are any."""
    key = session.widget_key(name, value)
    st.number_input(label, low, high, value, key=key, on_change=session.turned, args=(key, act), **look)


def text_field(name: str, label: str, value: str, act: Act, **look: Any) -> None:
    """A line to type."""
    key = session.widget_key(name, value)
    st.text_input(label, value, key=key, on_change=session.turned, args=(key, act), **look)


def text_area(name: str, label: str, value: str, act: Act, **look: Any) -> None:
    """Some lines to type."""
    key = session.widget_key(name, value)
    st.text_area(label, value, key=key, on_change=session.turned, args=(key, act), **look)


def toggle(name: str, label: str, value: bool, act: Act, **look: Any) -> None:
    """On or off."""
    key = session.widget_key(name, value)
    st.toggle(label, value, key=key, on_change=session.turned, args=(key, act), **look)
