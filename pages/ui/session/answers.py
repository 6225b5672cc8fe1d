"""What the widgets and components of a page have just said: each said once, and never what they were shown."""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import streamlit as st

T = TypeVar("T")


class Shown(NamedTuple):
    """What a widget was told to show last, and under which of its keys."""

    generation: int
    value: object


def said(component: str, what: str) -> Any:
    """What a component of the page has just said, in its callback; None if it said something else."""
    return getattr(st.session_state[component], what)


def typed(name: str) -> str:
    """What stands in a field of text that keeps its own words."""
    return st.session_state.get(name, "")


def widget_key(name: str, value: object) -> str:
    """The key under which a widget shows this value; a new one where the widget itself was not turned to it.

    With each refresh a browser repeats what its widgets show. Over a slow connection that is not yet what we have set
    since, and under the same key it would pass for a choice of the user's: the run that was shown before, for example.
    """
    shown: dict[str, Shown] = st.session_state.setdefault("widgets", {})
    generation, before = shown.get(name, Shown(0, value))
    if st.session_state.get(f"{name}-{generation}", before) != value:
        generation += 1
    shown[name] = Shown(generation, value)
    return f"{name}-{generation}"


def turned_to(name: str, otherwise: T) -> T:
    """What a widget was turned to by now, for a button that is pressed before the page has been drawn with it."""
    generation, _ = st.session_state.get("widgets", {}).get(name, Shown(0, None))
    return st.session_state.get(f"{name}-{generation}", otherwise)


def turned(key: str, act: Callable[[Any], None]) -> None:
    """The callback of such a widget: act(value), unless the widget is out of date, or repeats what it was shown.

    Streamlit takes it for a change when a browser repeats the value of a widget that has left the page, also of one
    whose value it has forgotten meanwhile.
    """
    name, _, generation = key.rpartition("-")
    newest, shown = st.session_state["widgets"][name]
    value = st.session_state.get(key, shown)  # on a page that was left in the same moment there is none
    if int(generation) == newest and value != shown:
        act(value)


def pointed_at(chart: str, event: str, act: Callable[[Any], None] | None) -> None:
    """The callback of a chart: act on the point that was clicked or hovered."""
    point = said(chart, event)
    if point is not None and act:
        act(point)
