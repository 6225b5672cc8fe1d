"""What a tab shows: the chosen run, now or then, else the net that the draft would train; and how runs begin."""

from dataclasses import replace
from itertools import islice

import streamlit as st

from makemore_core.config import RunConfig
from makemore_core.datasets import Dataset
from makemore_core.errors import InputError
from makemore_core.training.pace import GENTLE_START, Pace
from makemore_core.training.recorder import Progress, Snapshot
from makemore_core.training.rows import RunRow
from makemore_core.training.untrained import TrainedModel, untrained_model, untrained_snapshot
from pages.ui.manager import run_manager
from pages.ui.session.chosen import choose_run, current_run, step
from pages.ui.session.notices import attempt, notify
from pages.ui.session.person import desk
from pages.ui.session.settings import differs_from_preset, draft

TURBO = "turbo"
GENTLE = "gentle start"
PACES = {
    TURBO: Pace(),
    GENTLE: GENTLE_START,
    **{f"{speed} steps/s": Pace(float(speed)) for speed in (200, 20, 2)},
}
FULL_SPEED = (TURBO, GENTLE)  # sooner or later
MOST_OFFERED = 50  # runs in a picker; all of them stand on a page of their own


def newest_runs() -> list[RunRow]:
    """What pickers offer: the newest runs besides trials of sweeps, and the one that is shown, whichever it is."""
    shown = current_run()
    rows = run_manager().runs()
    newest = list(islice((row for row in rows if not row.sweep and row.id != shown), MOST_OFFERED))
    return sorted(newest + [row for row in rows if row.id == shown], key=lambda row: -row.created)


def stands_at_the_beginning(preset: str) -> bool:
    """Whether nobody has trained in this lab yet, and this tab would train this preset as it is."""
    return not newest_runs() and draft().preset == preset and not differs_from_preset()


def living_run() -> str | None:
    """The newest run that is training now, a trial of a sweep apart: a second tab finds it again."""
    return next((row.id for row in run_manager().runs() if row.progress.is_alive and not row.sweep), None)


def pace() -> str:
    """How fast the chosen run trains, by name; where it does not train here, how fast this tab's next one would.

    The first run of a lab begins gently: at full speed it is done before a newcomer has read the names of step 0.
    """
    run = current_run()
    now = run_manager().pace(run) if run else None
    return next((name for name in PACES if PACES[name] == now), "") or st.session_state.get("pace") or _first_pace()


def _first_pace() -> str:
    return TURBO if newest_runs() else GENTLE


def set_pace(name: str) -> None:
    """Train slower or faster from now on: the chosen run, whoever looks at it, and those that this tab starts."""
    st.session_state["pace"] = name
    run = current_run()
    if run:
        attempt(lambda: desk().set_pace(run, PACES[name]))


def where() -> str:
    """Where the runs train that this tab starts, by name; empty is a thread of the server."""
    return st.session_state.get("place", "")


def choose_place(name: str) -> None:
    """Let those that this tab starts from now on train elsewhere."""
    st.session_state["place"] = name


def start_run(config: RunConfig, preset: str = "", paused: bool = False) -> None:
    """Begin a run at this tab's place and speed, and show it; InputError for what cannot be trained."""
    st.session_state["pace"] = pace()
    run = desk().start(config, preset=preset, paused=paused, pace=PACES[pace()], where=where())
    choose_run(run.id)


def progress() -> Progress | None:
    """Where the chosen run stands now; None before the first run, and after somebody deleted it."""
    run = current_run()
    if run is None:
        return None
    try:
        return run_manager().row(run).progress
    except InputError:
        choose_run(None)
        notify(f"The run {_title_once(run)!r} was deleted.")
        return None


def _title_once(run: str) -> str:
    """What a run was called that is deleted."""
    return next((row.title for row in run_manager().store.runs(deleted=True) if row.id == run), run)


def snapshot() -> Snapshot:
    """What the chosen run shows, now or then; before the first run, the net that the draft would train, untrained."""
    run = current_run()
    found = run_manager().snapshot(run) if run else None
    if found and found.observations:
        return replace(found, at=step())
    untrained = untrained_snapshot(config())
    return replace(found, observations=untrained.observations) if found else untrained


def config() -> RunConfig:
    """The settings of what is shown: those that the chosen run has now, else the draft's."""
    run = current_run()
    return run_manager().config(run) if run else draft().config


def dataset() -> Dataset:
    """The data set of what is shown."""
    run = current_run()
    return run_manager().dataset(run) if run else draft().config.data.load()


def trained_model() -> TrainedModel:
    """The model of what is shown."""
    run = current_run()
    if run is None:
        return untrained_model(draft().config)
    return run_manager().trained_model(run, None if step() is None else snapshot().step)


def weight_steps(run: str | None = None) -> list[int]:
    """The steps of a run whose weights were kept: the chosen one, if no other is named."""
    run = run or current_run()
    if run is None:
        return []
    snapshot = run_manager().snapshot(run)
    fresh = [o.step for o in snapshot.observations if o.state] if snapshot else []
    return sorted({*fresh, *run_manager().store.snapshot_steps(run)})


def trained_model_at(step: int) -> TrainedModel:
    """The chosen run's model after a step whose weights were kept."""
    return run_manager().trained_model(current_run() or "", step)
