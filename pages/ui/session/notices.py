"""What a tab has to say or to wait for before it is drawn again: sentences, reruns, work that is under way."""

import time
from collections.abc import Callable
from typing import Protocol

import streamlit as st

from makemore_core.errors import InputError

READ_WITHIN = 4.0  # seconds that a notice stays at least


class Awaited(Protocol):
    """What takes a while: a task, a sweep."""

    @property
    def is_running(self) -> bool: ...


def attempt(action: Callable[[], object]) -> None:
    """Do it, or keep the sentence that says why not for the next notices."""
    try:
        action()
    except InputError as error:
        notify(str(error))


def notify(*sentences: str) -> None:
    """Sentences for the next notices."""
    st.session_state.setdefault("notices", []).extend(sentences)


def take_notices() -> list[str]:
    """The sentences that actions left behind; again while nobody can have read them.

    A page may be drawn several times in a row, because a part of it has arrived in the browser or its rhythm changes.
    """
    new = st.session_state.pop("notices", [])
    before: dict[str, float | None] = st.session_state.get("shown_notices", {})
    kept = {s: at for s, at in before.items() if s not in new and (at is None or time.monotonic() - at < READ_WITHIN)}
    st.session_state["shown_notices"] = kept | dict.fromkeys(new)
    return list(st.session_state["shown_notices"])


def notices_can_be_read() -> None:
    """The page is drawn to its end: from now on there is time to read what it says."""
    shown: dict[str, float | None] = st.session_state.get("shown_notices", {})
    st.session_state["shown_notices"] = {s: time.monotonic() if at is None else at for s, at in shown.items()}


def ask_for_rerun() -> None:
    """A callback inside a fragment changed what the rest of the page shows."""
    st.session_state["rerun"] = True


def take_rerun() -> bool:
    """Whether ask_for_rerun() was called, once; also while there are notices, which the top of the page shows."""
    return bool(st.session_state.pop("rerun", False) or st.session_state.get("notices"))


def wait_for(task: Awaited) -> None:
    """Refresh the page until this task has ended."""
    others = [t for t in st.session_state.get("awaited", ()) if t != task and t.is_running]
    st.session_state["awaited"] = [*others, task]


def waits() -> bool:
    """Whether a task runs that a page waits for."""
    return any(task.is_running for task in st.session_state.get("awaited", ()))
