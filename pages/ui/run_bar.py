"""The bar under every page's title: which run, play, one step, reset, stop, and how far it has come."""

import math
from typing import Literal

import streamlit as st

from makemore_core.access import name_of
from makemore_core.tasks import TaskState
from makemore_core.training.estimate import estimated
from makemore_core.training.recorder import Progress, RunState, Snapshot
from makemore_core.training.rows import RunRow
from makemore_core.training.run import Command
from pages.ui import session
from pages.ui.literal import literal
from pages.ui.manager import run_manager
from pages.ui.run_changes import changes_popover, rate_choice, way_back_card
from pages.ui.run_fork import fork_popover
from pages.ui.tasks import tasks
from pages.ui.time_scrubber import time_scrubber
from pages.ui.widgets import selectbox

BADGES: dict[RunState, tuple[str, Literal["gray", "green", "yellow", "blue", "red", "orange"]]] = {
    RunState.READY: ("ready", "gray"),
    RunState.RUNNING: ("running", "green"),
    RunState.PAUSED: ("paused", "yellow"),
    RunState.FINISHED: ("finished", "blue"),
    RunState.STOPPED: ("stopped", "gray"),
    RunState.FAILED: ("failed", "red"),
    RunState.INTERRUPTED: ("interrupted", "orange"),
    RunState.DIVERGED: ("diverged", "red"),
}
UNTRAINED = ""  # the run picker's option for no run
BEGINS_ANEW = (None, RunState.FINISHED, RunState.DIVERGED)
PLAY_WIDTH = 122  # pixels; the wider of the two words, with its icon and the name of its key
HOW_SURE = "Reckoned from the net's shapes, on a machine with nothing else to do: to a factor of two or three."
AT_ONCE = 0.1  # seconds that one waits for an estimate before the rest of the page is shown
SPEED_IS_KNOWN = 2.0  # seconds; the first steps, each looked at from all sides, say nothing about the rest


def run_bar(snapshot: Snapshot) -> None:
    """Which run, what to do with it, and where it stands."""
    progress = snapshot.progress
    run = session.current_run()
    with st.container(key="bar", horizontal=True, vertical_alignment="center", gap="small"):
        _picker(run)
        _buttons(run, progress)
        _pace_choice()
        rate_choice(run, snapshot)
    _standing(run, snapshot)
    st.progress(progress.share if run else 0.0)
    past = snapshot.observations[:-1] if run else ()  # the last one is the present
    time_scrubber([observation.step for observation in past], snapshot.at)
    if run:
        way_back_card(run, snapshot)


def _picker(run: str | None) -> None:
    """The newest runs, and the one that is shown; trials of sweeps stand on pages of their own."""
    titles = {UNTRAINED: "No run: the untrained net"} | {row.id: in_picker(row) for row in session.newest_runs()}
    selectbox(
        "run_picker",
        "Run",
        list(titles),
        run or UNTRAINED,
        _pick,
        label_visibility="collapsed",
        width=310,
        disabled=len(titles) == 1,
        format_func=lambda id: titles.get(id, str(id)),
    )


def in_picker(row: RunRow) -> str:
    """A run in one line, with who began it where people are told apart."""
    return " · ".join(filter(None, (row.title, row.preset or "own settings", name_of(row.owner))))


def _pick(run: str) -> None:
    session.choose_run(None if run == UNTRAINED else run)
    session.ask_for_rerun()


def _buttons(run: str | None, progress: Progress) -> None:
    """Play always does something: it starts, goes on, or begins anew with the present settings."""
    state = progress.state if run else None
    _play_button(state)
    st.button(
        "Step",
        key="step",
        icon=":material/skip_next:",
        on_click=_step,
        disabled=run is not None and state in BEGINS_ANEW,
        help="One step, then pause",
    )
    st.button(
        "Reset",
        key="reset",
        icon=":material/restart_alt:",
        on_click=_reset,
        disabled=run is None,
        help="A fresh run of the present settings, waiting at step 0; this one is kept",
    )
    st.button(
        "Stop",
        key="stop",
        icon=":material/stop:",
        on_click=_stop,
        disabled=run is None or not progress.is_alive,
        help="End with a checkpoint",
    )


def _pace_choice() -> None:
    """How fast: slow enough to watch, or all the machine gives."""
    selectbox(
        "pace",
        "Speed",
        list(session.PACES),
        session.pace(),
        session.set_pace,
        label_visibility="collapsed",
        width=132,
    )


def _play_button(state: RunState | None) -> None:
    """Play and Pause are one button of one width: nothing beside it moves under the pointer.

    They also share a key. With two, both buttons stand on the page for a moment, and one press of Space hits both.
    """
    if state == RunState.RUNNING:
        label, icon, action, hint = "Pause", ":material/pause:", _pause, None
    elif state in BEGINS_ANEW:
        label, icon, action, hint = "Play", ":material/play_arrow:", start_run, "Train"
    else:
        label, icon, action, hint = "Play", ":material/play_arrow:", _go_on, "Go on where it stopped"
    st.button(
        label,
        key="play",
        icon=icon,
        type="primary",
        shortcut="Space",
        on_click=action,
        help=hint,
        width=PLAY_WIDTH,
    )


def _standing(run: str | None, snapshot: Snapshot) -> None:
    """State, step, speed and time left, and what can be changed on the way, in one line of fixed height."""
    with st.container(key="standing", horizontal=True, vertical_alignment="center", gap="small"):
        if run is None:
            st.markdown("Nothing trained yet: the net is untrained. Press **Play**.")
        else:
            _facts(snapshot.progress, name_of(run_manager().row(run).owner))
            changes_popover(run, snapshot)
            fork_popover(run, snapshot)


def _facts(progress: Progress, owner: str) -> None:
    words, colour = BADGES[progress.state]
    parts = [f"step **{progress.step:,}** of {progress.max_steps:,}"]
    if progress.max_seconds:
        parts.append(f"{duration(progress.seconds)} of {duration(progress.max_seconds)}")
    if progress.state == RunState.RUNNING and progress.seconds > SPEED_IS_KNOWN:
        parts += [progress.speed, f"{duration(progress.seconds_left)} left"]
    elif progress.state != RunState.RUNNING and progress.seconds:
        parts.append(f"{duration(progress.seconds)} of training")
    parts += [f"by {literal(owner)}"] if owner else []
    st.badge(words, color=colour)
    st.markdown(" · ".join(parts))


def duration(seconds: float) -> str:
    """Seconds in words: `38 s`, `12 min`, `2.5 h`."""
    if not math.isfinite(seconds):
        return "some time"
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = seconds / 60
    return f"{minutes:.0f} min" if minutes < 100 else f"{minutes / 60:.1f} h"


def start_run(paused: bool = False) -> None:
    """A new run of the draft, which becomes the chosen one."""
    draft = session.draft()
    name = "" if session.differs_from_preset() else draft.preset
    session.attempt(lambda: session.start_run(draft.config, name, paused))
    session.ask_for_rerun()


def new_run_button() -> None:
    """Train the draft beside what is running; bright when the run shown has other settings than the form."""
    changed = session.draft().config.differences(session.config())
    kind = "primary" if changed else "secondary"
    st.button("New run", key="new_run", icon=":material/add:", on_click=start_run, width="stretch", type=kind)
    _what_it_takes()
    if changed:
        st.caption("The run shown has other settings: " + literal(", ".join(changed)) + ".")


def _what_it_takes() -> None:
    """Time and memory of a run of the draft. The server's first answer takes a second or two, others none."""
    config = session.draft().config
    key = ("estimate", config)
    task = tasks().find(key) or tasks().begin(key, lambda _: estimated(config, config.data.load()))
    if task.wait(AT_ONCE).state == TaskState.RUNNING:
        session.wait_for(task)
        st.caption("Reckoning what it takes …")
    elif task.state == TaskState.FAILED:
        st.info(literal(task.message), icon=":material/info:")
    else:
        found = task.result
        st.caption(f"About {duration(found.seconds)} and {found.in_words} of memory.", help=HOW_SURE)


def _go_on() -> None:
    """At the speed that stands in the bar; a run that slept in the store knows none."""
    pace = session.pace()
    _command(Command.PLAY)
    session.set_pace(pace)


def _pause() -> None:
    _command(Command.PAUSE)


def _stop() -> None:
    _command(Command.STOP)


def _step() -> None:
    if session.current_run() is None:
        start_run(paused=True)
    _command(Command.STEP)


def _reset() -> None:
    """The run that was shown has its last checkpoint before the new one begins: of a class each trains one."""
    run = session.current_run()
    if run and run_manager().row(run).progress.is_alive:
        session.attempt(lambda: session.desk().put_to_rest(run))
    start_run(paused=True)


def _command(command: Command) -> None:
    run = session.current_run()
    if run:
        session.attempt(lambda: session.desk().command(run, command))
        session.ask_for_rerun()
