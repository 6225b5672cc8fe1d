"""What a page works out about a step: at once where that is quick, else in the background, and always with its step.

A run that trains is asked again only after a rest, so that looking does not take its time; until then the latest
answer stands, and says of which step it is.
"""

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from makemore_core.tasks import Report, TaskState, Work
from makemore_core.training.recorder import RunState, Snapshot
from pages.ui import session
from pages.ui.background import in_background, leave
from pages.ui.inside.answers import Moment, moment
from pages.ui.tasks import tasks

REST = 10  # times as long as an answer took, until the next is begun
Show = Callable[[int, Any], None]  # the step, and what was worked out of it


def is_moving(snapshot: Snapshot) -> bool:
    """Whether the next refresh shows another step."""
    return snapshot.at is None and snapshot.progress.state == RunState.RUNNING


def as_of(panel: str, snapshot: Snapshot, question: Hashable, work: Work, show: Show, *, quick: bool) -> None:
    """Show(step, what work gives) for the step that is shown, or for the latest one that was asked about."""
    now = moment(snapshot)
    if quick:
        show(now[2], _at_once(now, question, work))
    elif is_moving(snapshot):
        _from_time_to_time(panel, now, question, work, show)
    else:
        key = (panel, now, question)
        _leave_the_one_before(panel, key)
        in_background(panel, key, work, partial(show, now[2]))


@st.cache_resource(max_entries=32, show_spinner=False)
def _at_once(now: Moment, question: Hashable, _work: Work) -> Any:
    return _work(Report())


def _leave_the_one_before(panel: str, key: Hashable) -> None:
    """Who drags the line of time over many steps wants to know about the last."""
    before = session.kept(f"{panel} asked", None)
    if before != key:
        leave(before)
        session.select(f"{panel} asked", key)


@dataclass(frozen=True)
class Answer:
    """What was worked out of a step, and how many seconds it took."""

    step: int
    found: Any
    seconds: float


@dataclass
class Latest:
    """The latest answer about a run that trains, and from when on it may be asked again."""

    answer: Answer | None = None
    rested: float = 0.0


@st.cache_resource(max_entries=32, show_spinner=False)
def _latest(panel: str, run: str, life: str, question: Hashable) -> Latest:
    return Latest()


def _from_time_to_time(panel: str, now: Moment, question: Hashable, work: Work, show: Show) -> None:
    run, life, step = now
    latest, key = _latest(panel, run, life, question), (panel, run, life, question)
    task = tasks().find(key)
    if task and task.state == TaskState.DONE:
        latest.answer = task.result
        latest.rested = time.monotonic() + REST * task.result.seconds
        tasks().forget(key)
    answer = latest.answer
    is_news = answer is None or answer.step != step
    if is_news and time.monotonic() >= latest.rested and not (task and task.is_running):
        tasks().begin(key, partial(_answer, step, work))
    if answer:
        show(answer.step, answer.found)
    else:
        in_background(panel, key, partial(_answer, step, work), lambda first: show(first.step, first.found))


def _answer(step: int, work: Work, report: Report) -> Answer:
    begun = time.monotonic()
    found = work(report)
    return Answer(step, found, time.monotonic() - begun)
