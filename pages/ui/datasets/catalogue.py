"""The list of data sets, which of them is looked at, and those that were deleted."""

from functools import partial

import streamlit as st

from makemore_core.access import Action
from makemore_core.catalogue import CATALOGUE, is_here
from makemore_core.data.own import bring_back, deleted_names, own_names
from makemore_core.errors import InputError
from pages.ui import session
from pages.ui.datasets.answers import summary
from pages.ui.literal import literal
from pages.ui.widgets import radio

LOOKED_AT, ADD = "data_set", ""
ABSENT = "not on this machine"
MOST_BROUGHT_BACK = 3


def looked_at() -> str:
    """The data set that the page shows; ADD while one's own is added. At first that of the next run."""
    names = [*CATALOGUE, *own_names()]
    now = session.draft().config.data.dataset
    return session.selected(LOOKED_AT, [now if now in names else names[0], *names, ADD])


def look_at(name: str) -> None:
    """Show another data set."""
    session.select(LOOKED_AT, name)
    session.select("mends", ())


def catalogue() -> None:
    """All data sets, a button for another, and the way back for what was deleted."""
    names, now = [*CATALOGUE, *own_names()], looked_at()
    radio(
        "data_set",
        "Data set",
        names,
        now if now != ADD else None,
        look_at,
        format_func=literal,
        captions=_captions(names),
    )
    st.button(
        "Add your own", key="add_data", icon=":material/add:", on_click=look_at, args=(ADD,), width="stretch",
        type="primary" if now == ADD else "secondary",
    )  # fmt: skip
    for name in deleted_names()[:MOST_BROUGHT_BACK]:
        st.button(
            f"Bring back {literal(name)}", key=f"back-{name}", icon=":material/undo:", type="tertiary",
            on_click=session.attempt, args=(partial(_bring_back, name),),
        )  # fmt: skip


def _bring_back(name: str) -> None:
    with session.desk().may(Action.RESTORE_DATA):
        bring_back(name)
    look_at(name)


def _captions(names: list[str]) -> list[str]:
    return [_caption(name) for name in names]


def _caption(name: str) -> str:
    if name in CATALOGUE and not is_here(CATALOGUE[name]):
        return ABSENT
    try:
        return literal(summary(name))
    except InputError:
        return "damaged"
