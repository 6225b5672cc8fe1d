"""What can be turned while a run trains, and the way back for one that ran off."""

import math
from functools import partial

import streamlit as st

from makemore_core.diagnostics import worst_first
from makemore_core.knobs import Value
from makemore_core.training.marks import CHANGEABLE
from makemore_core.training.recorder import RunState, Snapshot
from makemore_core.training.recovery import WayBack, has_run_off
from pages.ui import session
from pages.ui.forms import knob_widget, round_numbers
from pages.ui.literal import literal
from pages.ui.manager import run_manager
from pages.ui.widgets import selectbox

RATE = "optimizer.learning_rate"
SICK = 2  # a verdict's level
OVER = (RunState.FINISHED, RunState.FAILED, RunState.DIVERGED)


def rate_choice(run: str | None, snapshot: Snapshot) -> None:
    """The learning rate, changed from the coming step on; before the first run, that of the settings."""
    if session.limits().hides(RATE):
        return
    config = session.config()
    k, rate = config.knob_at(RATE), config.optimizer.learning_rate
    selectbox(
        "rate",
        "Learning rate",
        round_numbers(k, rate),
        rate,
        partial(_change, run, RATE),
        label_visibility="collapsed",
        width=118,
        format_func=lambda value: f"rate {value:.4g}",
        disabled=session.limits().locks(RATE) or (run is not None and snapshot.progress.state in OVER),
    )


def changes_popover(run: str, snapshot: Snapshot) -> None:
    """The batch of this moment, and what the schedule makes of the rate; behind them, what else can be changed."""
    config, progress = session.config(), snapshot.progress
    factor = config.schedule.factor(progress.step)
    scaled = f" · rate × {factor:.3g}" if factor != 1 else ""
    batch = f"batch {config.batch_size:,}" if config.batch_size else "all examples"
    over = progress.state in OVER
    with st.popover(batch + scaled, type="tertiary", icon=":material/tune:", key="changes", disabled=over):
        for path in CHANGEABLE:
            if path != RATE:
                knob_widget(path, config, partial(_change, run), of="run")
        st.caption("Each change holds from the coming step on, and leaves a flag on the loss curve.")


def _change(run: str | None, path: str, value: Value) -> None:
    if run is None:
        session.change(path, value)
    else:
        session.attempt(lambda: (session.refuse_locked(path), session.desk().change(run, {path: value})))
    session.ask_for_rerun()


def way_back_card(run: str, snapshot: Snapshot) -> None:
    """Why it diverged, and one press that goes back; also for a loss that is still a number, but ran off."""
    message, uniform = snapshot.progress.message, math.log(len(session.config().data.load().vocabulary))
    if not has_run_off(snapshot, uniform):
        if message:
            show = st.error if snapshot.progress.state == RunState.FAILED else st.info
            show(literal(message), icon=":material/info:")
        return
    if not message:
        losses = [evaluation.train for evaluation in snapshot.evaluations]
        message = f"The loss ran off: it is {losses[-1]:,.4g} on train and was {min(losses):.3g} already."
    if sick := _sickest(snapshot):
        message = f"{message} {sick}"
    with st.container(key="way_back"):
        st.error(literal(message), icon=":material/trending_up:")
        way = run_manager().way_back(run)
        st.button(
            _label(way),
            key="go_back",
            type="primary",
            icon=":material/history:",
            on_click=_go_back,
            args=(run, way),
            help="The same run goes on from there; what came after is forgotten"
            if way.step is not None
            else "No step of this run was well: a new run begins with the same settings",
        )


def _sickest(snapshot: Snapshot) -> str:
    """What the worst layer has; that the loss is high, everybody sees."""
    readings = snapshot.shown.readings if snapshot.shown else {}
    verdicts = worst_first({name: reading for name, reading in readings.items() if name != "loss"})
    return verdicts[0].text if verdicts and verdicts[0].level == SICK else ""


def _label(way: WayBack) -> str:
    rate = f"learning rate {way.learning_rate:.3g}"
    return f"Begin anew at {rate}" if way.step is None else f"Rewind to step {way.step:,}, {rate}"


def _go_back(run: str, way: WayBack) -> None:
    """In place where a snapshot was well; else a new run of the same settings."""
    session.attempt(lambda: (session.refuse_locked(RATE), _at_another_rate(run, way)))
    session.ask_for_rerun()


def _at_another_rate(run: str, way: WayBack) -> None:
    rate: dict[str, Value] = {RATE: way.learning_rate}
    if way.step is None:
        session.start_run(run_manager().config(run).with_values(rate))
    else:
        session.desk().rewind(run, way.step, rate)
        session.look_back(None)
