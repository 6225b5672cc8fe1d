"""From the finder's curve to a rate: a line to drag, suggestions to jump to, and buttons that take it."""

from functools import partial

import streamlit as st

from makemore_core.charts.finder import CALM
from makemore_core.search.finder import Finding
from makemore_core.search.suggestions import two_digits
from pages.ui import session
from pages.ui.literal import literal
from pages.ui.manager import run_manager
from pages.ui.run_changes import OVER, RATE
from pages.ui.search.ramp import LINE, Asked, asked_for, finding_of
from pages.ui.search.rate_line import rate_line
from pages.ui.widgets import pills


def take_rate(asked: Asked, finding: Finding) -> None:
    """The line and what it reads, where else it may go, and where its rate goes; then the reasons."""
    rate = _at(asked, finding)
    places = {s.name: two_digits(s.rate) for s in finding.suggestions}
    with st.container(key="finder_take", horizontal=True, vertical_alignment="center", gap="small"):
        rate_line(
            "finder_line", "finder_curve", CALM, asked.ramp.low, asked.ramp.high, rate, partial(session.select, LINE)
        )
        here = next((name for name, place in places.items() if place == rate), None)
        look = {"label_visibility": "collapsed"}
        pills("finder_suggestion", "Take it from", list(places), here, partial(_jump, places), **look)
        _use_button(asked.config.optimizer.name, rate)
        _change_button(asked.config.optimizer.name, rate)
    if not places:
        return
    st.table(
        {
            "suggestion": [s.name for s in finding.suggestions],
            "rate": [f"{two_digits(s.rate):g}" for s in finding.suggestions],
            "why": [s.reason for s in finding.suggestions],
            "after": [s.source for s in finding.suggestions],
        },
        border="horizontal",
        hide_index=True,
    )


def _at(asked: Asked, finding: Finding) -> float:
    """Where the line stands: at the lecture's reading, until it is moved."""
    left: float | None = session.kept(LINE, None)
    return left if left and asked.ramp.low <= left <= asked.ramp.high else two_digits(finding.best)


def _jump(places: dict[str, float], name: str | None) -> None:
    if name in places:
        session.select(LINE, places[name])


def _use_button(optimizer: str, rate: float) -> None:
    """Into the settings of the next run, with the optimizer that it was found for."""
    draft = session.draft().config.optimizer
    is_used = (draft.name, draft.learning_rate) == (optimizer, rate)
    words = f"Use {rate:g}" + (f" with {optimizer}" if draft.name != optimizer else "")
    st.button(
        f"Next run: {rate:g}" if is_used else words,
        key="finder_use",
        type="primary",
        icon=":material/check:" if is_used else ":material/tune:",
        disabled=is_used or session.limits().locks(RATE),
        on_click=_use,
        args=(optimizer,),
        help="The learning rate of the next run",
    )


def _change_button(optimizer: str, rate: float) -> None:
    """To the run that is shown, while it lives."""
    run, progress, config = session.current_run(), session.progress(), session.config()
    if run is None or progress is None or progress.state in OVER or config.optimizer.name != optimizer:
        return
    name, is_used = literal(run_manager().row(run).title), config.optimizer.learning_rate == rate
    words = f"{name} takes {rate:g}" if is_used else f"Change {name} to {rate:g}"
    st.button(
        words,
        key="finder_change",
        disabled=is_used or session.limits().locks(RATE),
        on_click=_change,
        args=(run,),
        help="From its coming step on",
    )


def _taken() -> float | None:
    """The rate at the moment of a press: the line may have been moved since the button was drawn."""
    asked = asked_for()
    finding = finding_of(asked)
    return _at(asked, finding) if asked and finding else None


def _use(optimizer: str) -> None:
    if rate := _taken():
        session.attempt(lambda: _use_both(optimizer, rate))
        session.ask_for_rerun()


def _use_both(optimizer: str, rate: float) -> None:
    """Or none: a rate is worth nothing with another optimizer than its own."""
    is_new = session.draft().config.optimizer.name != optimizer
    session.refuse_locked(RATE, *(["optimizer"] if is_new else []))
    if is_new:
        session.change("optimizer", optimizer)
    session.change(RATE, rate)


def _change(run: str) -> None:
    if rate := _taken():
        session.attempt(lambda: (session.refuse_locked(RATE), session.desk().change(run, {RATE: rate})))
        session.ask_for_rerun()
