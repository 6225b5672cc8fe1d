"""What the bar offers besides going on: a fork of the run as it was after a step, and more steps for a finished one."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import streamlit as st

from makemore_core.config import CHOICES, RunConfig
from makemore_core.knobs import Value, knobs_of
from makemore_core.training.recorder import RunState, Snapshot
from pages.ui import session
from pages.ui.forms import choice_widget, knob_widget
from pages.ui.manager import run_manager
from pages.ui.widgets import toggle

CHOSEN, LONGER = "fork", "train_on"  # what was turned in the two forms
ALL = "fork_all"  # whether the first of them shows every setting
FIRST = ("optimizer.learning_rate", "batch_size", "max_steps")
MORE = ("data.dataset", "clip", "patience", "seed", "engine", "precision")
WIDTH = 122  # pixels, for either word: nothing beside it moves
MOST_STEPS = 100_000_000


class Place(NamedTuple):
    """A run and a kept step of it; None is where it ended."""

    run: str
    step: int | None


def fork_popover(run: str, snapshot: Snapshot) -> None:
    """At the end of a finished run: train on. Everywhere: a new run from the step that is shown, with other settings.

    The forms are made when somebody opens them: a refresh of the bar need not wait for them.
    """
    is_over = snapshot.at is None and snapshot.progress.state == RunState.FINISHED
    label, icon = ("Train on", "fast_forward") if is_over else ("Fork here", "fork_right")
    popover = st.popover(
        label,
        type="tertiary",
        icon=f":material/{icon}:",
        key=f"fork-{run}-{'over' if is_over else 'here'}",  # pressed, it is done with and closes
        width=WIDTH,
        disabled=not snapshot.progress.step,
        on_change="rerun",
    )
    if popover.open:
        with popover:
            if is_over:
                _longer_form(run, snapshot)
                st.divider()
            _fork_form(run, snapshot)


def _longer_form(run: str, snapshot: Snapshot) -> None:
    """More steps for the same run."""
    now = run_manager().config(run)
    config = _with(_more_steps(now, snapshot.progress.step), session.kept(LONGER, {}).get(run, {}))
    names = ["max_steps", *(["patience"] if now.patience else []), *(["max_seconds"] if now.max_seconds else [])]
    for path in names:
        knob_widget(path, config, partial(_turn, LONGER, run, config), of="longer")
    st.button(
        "Train on", key="train_longer", type="primary", icon=":material/fast_forward:", on_click=_train_on, args=(run,)
    )
    st.caption(f"The same run goes on, as if it had had the steps from the start. {_schedule_ends(config)}")


def _schedule_ends(config: RunConfig) -> str:
    over = config.settings().get("schedule.over")
    return f"Its schedule is over after {over:,} steps: the rate stays where it is then." if over else ""


def _fork_form(run: str, snapshot: Snapshot) -> None:
    """The settings of a new run that begins with this one's net: as it is shown, or as it was kept last."""
    kept = session.weight_steps(run)
    at_rest = snapshot.at is None and not snapshot.progress.is_alive
    step = snapshot.progress.step - 1 if at_rest else snapshot.step
    if snapshot.at is None and not at_rest:
        step = max(kept, default=step)
    place = Place(run, None if at_rest else step)
    config = _config(place, step)
    turn = partial(_turn, CHOSEN, place, config)
    st.markdown(f"A **new run** that begins with this net as it was after step {step:,}. This one stays as it is.")
    for path in FIRST:
        knob_widget(path, config, turn, of="fork")
    _more(config, turn)
    is_kept = at_rest or step in kept
    if not is_kept:
        nearest = min(kept, key=lambda other: abs(other - step), default=0)
        st.caption(f"This net is too large to be kept at every step; the nearest that was is {nearest:,}.")
    st.button(
        "Fork",
        key="fork_now",
        type="secondary" if at_rest and snapshot.progress.state == RunState.FINISHED else "primary",
        icon=":material/fork_right:",
        disabled=not is_kept,
        on_click=_fork,
        args=(place, step),
    )


def _more(config: RunConfig, turn: Callable[[str, Value], None]) -> None:
    """Everything else that keeps the parameters' shapes."""
    is_open = session.kept(ALL, False)
    toggle("fork_more", "More settings", is_open, partial(session.select, ALL))
    if is_open:
        for part in ("optimizer", "schedule"):
            choice_widget(part, config, turn, of="fork", label=part.capitalize())
            for k in knobs_of(getattr(config, part)):
                if f"{part}.{k.name}" not in FIRST:
                    knob_widget(f"{part}.{k.name}", config, turn, of="fork")
        for path in MORE:
            knob_widget(path, config, turn, of="fork")


def _config(place: Place, step: int) -> RunConfig:
    """The settings of that step, with room for more steps, and what was turned since."""
    then = run_manager().config_at(place.run, step)
    return _with(_more_steps(then, step + 1), session.kept(CHOSEN, {}).get(place, {}))


def _more_steps(config: RunConfig, done: int) -> RunConfig:
    """As many again, where all are done."""
    more = min(done + config.max_steps, MOST_STEPS)
    return config if config.max_steps > done else config.with_values({"max_steps": more})


def _with(config: RunConfig, turned: dict[str, Value]) -> RunConfig:
    """A choice first: it brings its own knobs."""
    return config.with_values(dict(sorted(turned.items(), key=lambda item: item[0] not in CHOICES)))


def _turn(form: str, whose: Place | str, config: RunConfig, path: str, value: Value) -> None:
    """Remembered for this run and step alone; what cannot be leaves the form as it is, with a notice."""
    session.attempt(lambda: (_check(config, path, value), _remember(form, whose, path, value)))


def _check(config: RunConfig, path: str, value: Value) -> None:
    session.refuse_locked(path)
    config.with_values({path: value})


def _remember(form: str, whose: Place | str, path: str, value: Value) -> None:
    """Another optimizer or schedule brings settings of its own."""
    now: dict[str, Value] = session.kept(form, {}).get(whose, {})
    if path in CHOICES:
        now = {other: v for other, v in now.items() if not other.startswith(f"{path}.")}
    session.select(form, {whose: now | {path: value}})


def _train_on(run: str) -> None:
    manager = run_manager()
    before = manager.config(run)
    new = _with(_more_steps(before, manager.row(run).progress.step), session.kept(LONGER, {}).get(run, {}))
    settings = new.differences(before)
    session.attempt(lambda: (session.refuse_locked(*settings), session.desk().train_on(run, settings)))
    session.look_back(None)
    session.ask_for_rerun()


def _fork(place: Place, step: int) -> None:
    """The new run trains at the speed that stands in the bar, and is the one that is shown."""
    desk, pace = session.desk(), session.PACES[session.pace()]
    before = run_manager().config_at(place.run, step)
    settings = _config(place, step).differences(before)

    def fork() -> None:
        session.refuse_locked(*settings)
        run = desk.fork(place.run, place.step, settings)
        desk.set_pace(run.id, pace)
        session.choose_run(run.id)

    session.attempt(fork)
    session.ask_for_rerun()
