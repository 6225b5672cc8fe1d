"""Where runs train, single ones and those of a sweep: which places there are, and the widget that chooses one."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from makemore_core.search.plan import SweepPlan
from makemore_core.training.jobs import Place
from pages.ui.literal import literal
from pages.ui.manager import places
from pages.ui.widgets import selectbox

PROCESSES, HERE = "processes", ""


def first_place() -> str:
    """For a sweep: processes of this machine, where they can be used."""
    return PROCESSES if is_usable(PROCESSES) else HERE


def is_usable(name: str) -> bool:
    """Whether runs can train at a place now."""
    return name in _places() and _places()[name].is_usable


def slots(plan: SweepPlan) -> int:
    """How many runs of a sweep train at the same time: as many as it asks for, else as its place has room for."""
    place = _places().get(plan.where)
    return plan.at_once or max(1, place.slots if place else 1)


def place_choice(key: str, now: str, act: Callable[[str], None], **look: Any) -> None:
    """Where to train; a place that cannot be used says why."""
    by_name = _places()
    now = now if now in by_name else HERE

    def about(name: str) -> str:
        return by_name[name].about if name in by_name else name

    selectbox(key, "Where", list(by_name), now, act, format_func=about, **look)
    if not by_name[now].is_usable:
        st.caption(literal(by_name[now].why_not))


def _places() -> dict[str, Place]:
    return {place.name: place for place in places()}
