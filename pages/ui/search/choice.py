"""Which sweep is shown, and which of its trials. A trial is chosen by showing its run: so it is on every page."""

from collections.abc import Callable
from typing import Any

from makemore_core.search.standing import Standing
from pages.ui import session
from pages.ui.sweeps import sweeps

Choose = Callable[[Any], None]
NEW = "new"  # the picker's option for a sweep that is being planned


def shown_sweep() -> str:
    """The chosen sweep, else the newest one; NEW while there is none, and where a new one is being planned."""
    ids = [row.id for row in sweeps().list()]
    kept = session.kept("sweep", "")
    return kept if kept in (NEW, *ids) else next(iter(ids), NEW)


def show_sweep(id: str) -> None:
    """Show another sweep, or the plan of a new one; the address remembers it."""
    session.select("sweep", id)
    session.publish()


def chosen_trial(standing: Standing) -> int | None:
    """The number of the trial whose run is shown."""
    run = session.current_run()
    return next((trial.number for trial in standing.trials if run and run in trial.runs), None)


def choose_trial(sweep: str, number: float) -> None:
    """Show the run of a trial, that of its first seed; one that waits has none yet."""
    trials = sweeps().standing(sweep).trials
    runs = next((trial.runs for trial in trials if trial.number == number), ())
    if runs:
        session.choose_run(runs[0])
        session.ask_for_rerun()


def choose_point(sweep: str, point: dict[str, Any]) -> None:
    """Show the run of the trial that a point of a chart belongs to."""
    if point.get("customdata") is not None:
        choose_trial(sweep, point["customdata"])
