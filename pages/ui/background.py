"""What takes seconds, on a page: a bar with the time left and a way to stop, then what came of it.

The tasks run in the server, shared by all tabs; who cancels one that others wait for leaves it to them. While one runs,
the page refreshes itself (live.py) to ask how far it is.
"""

import math
from collections.abc import Callable, Hashable
from functools import partial
from typing import Any

import streamlit as st

from makemore_core.access import Action
from makemore_core.tasks import Task, TaskState, Work
from pages.ui import session
from pages.ui.literal import literal
from pages.ui.tasks import tasks


def in_background(panel: str, key: Hashable, work: Work, show: Callable[[Any], None], start: str = "") -> None:
    """Show what the work of this key gives, and until then how far it is. To be called in what live() draws.

    `panel` names the buttons. With the words of `start` on a button the user begins the work; without, it begins by
    itself.
    """
    task = tasks().find(key)
    if task is None and not start:
        task = tasks().begin(key, work)
    if task is None or task.state == TaskState.CANCELLED:
        _button(panel, start or "Go on", ":material/play_arrow:", key, work)
    elif task.state == TaskState.DONE:
        show(task.result)
    elif task.state == TaskState.FAILED:
        st.error(literal(task.message), icon=":material/error:")
        _button(panel, "Try again", ":material/refresh:", key, work)
    elif task.goes_on_without(session.actor().key):
        _button(panel, start or "Go on", ":material/play_arrow:", key, work)
    else:
        task.join(session.actor().key)
        session.wait_for(task)
        _progress(panel, task, key)


def begin(key: Hashable, work: Work) -> None:
    """Let the work of this key begin, if it does not run yet, and wait for it."""
    tasks().begin(key, work).join(session.actor().key)


def leave(key: Hashable) -> None:
    """Wait no more for the work of this key, which ends once nobody does."""
    if task := tasks().find(key):
        task.leave(session.actor().key)


def _button(panel: str, label: str, icon: str, key: Hashable, work: Work) -> None:
    st.button(label, key=f"{panel}-begin", icon=icon, on_click=begin, args=(key, work))


def _progress(panel: str, task: Task, key: Hashable) -> None:
    words, left = task.report.words or "Working", task.seconds_left
    is_ending = task.report.cancelled.is_set()
    if is_ending:
        words, left = "Stopping", None
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.progress(
            task.report.share, literal(f"{words}, {math.ceil(left)} s left" if left is not None else f"{words} …")
        )
        st.button(
            "Cancel", key=f"{panel}-cancel", icon=":material/close:", on_click=_cancel, args=(key, task),
            disabled=is_ending,
        )  # fmt: skip


def _cancel(key: Hashable, task: Task) -> None:
    """Others may wait for it too; then it goes on without this person, unless that is the teacher."""
    leave(key)
    if task.is_awaited:
        session.attempt(partial(_end, task))


def _end(task: Task) -> None:
    with session.desk().may(Action.END_WORK):
        task.cancel()
