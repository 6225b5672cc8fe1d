"""`sweeps`: those that the store remembers, and going on with them."""

from typing import Annotated

import typer

from makemore_core.cli.options import PROGRAM, AsJson
from makemore_core.cli.sweep import open_sweeps, show_board, status, sweep_document, watch
from makemore_core.cli.terminal import say, show_table, write_json
from makemore_core.errors import InputError
from makemore_core.training.store import FORGOTTEN_AFTER

SweepName = Annotated[str, typer.Argument(metavar="SWEEP", help="A name that `sweeps list` lists.")]


def list_sweeps(json: AsJson = False) -> None:
    """List all sweeps, the newest first."""
    with open_sweeps() as sweeps:
        found = sweeps.list()
    if json:
        return write_json(
            [{"sweep": r.id, "preset": r.plan.preset, "state": r.state, "seconds": r.seconds} for r in found]
        )
    rows = [(r.id, r.plan.preset, r.state, r.seconds, ", ".join(axis.path for axis in r.plan.axes)) for r in found]
    return show_table(("sweep", "preset", "state", "seconds", "over"), rows)


def show(sweep: SweepName, json: AsJson = False) -> None:
    """Show a sweep: its best trials, and which knob mattered."""
    with open_sweeps() as sweeps:
        standing = sweeps.standing(sweep)
    if json:
        return write_json(sweep_document(standing))
    message = f": {standing.message}" if standing.message else ""
    say(f"{standing.id}: {status(standing)}, {standing.state}{message}")
    return show_board(standing)


def resume(sweep: SweepName, json: AsJson = False) -> None:
    """Go on with a sweep that was stopped or interrupted; its runs go on from their checkpoints."""
    with open_sweeps() as sweeps:
        sweeps.resume(sweep)
        watch(sweeps, sweep, json)


def stop(sweep: SweepName, json: AsJson = False) -> None:
    """Ask a sweep that is at work, in whichever process, to stop; all that is done stays."""
    with open_sweeps() as sweeps:
        sweeps.stop(sweep)
        state = sweeps.standing(sweep).state
    return write_json({"sweep": sweep, "state": state}) if json else say(f"{sweep} is {state}.")


def adopt(
    sweep: SweepName,
    trial: Annotated[int | None, typer.Argument(metavar="TRIAL", help="Its number; without it, the best.")] = None,
    json: AsJson = False,
) -> None:
    """Make a trial's run an ordinary run, with the sweep's name as its tag."""
    with open_sweeps() as sweeps:
        number = sweeps.standing(sweep).best if trial is None else trial
        if number is None:
            raise InputError(f"No trial of {sweep!r} has come to its end; name one that was stopped.")
        run = sweeps.adopt(sweep, number)
    return (
        write_json({"sweep": sweep, "trial": number, "run": run}) if json else say(f"Trial {number} is the run {run}.")
    )


def delete(sweep: SweepName, json: AsJson = False) -> None:
    """Delete a sweep with its trials' runs; `sweeps restore` brings them back for some days."""
    with open_sweeps() as sweeps:
        sweeps.delete(sweep)
    if json:
        return write_json({"sweep": sweep, "deleted": True})
    return say(f"Deleted {sweep}; `{PROGRAM} sweeps restore {sweep}` undoes that for {FORGOTTEN_AFTER:.0f} days.")


def restore(sweep: SweepName, json: AsJson = False) -> None:
    """Bring a deleted sweep back, with its runs."""
    with open_sweeps() as sweeps:
        sweeps.restore(sweep)
    return write_json({"sweep": sweep, "deleted": False}) if json else say(f"{sweep} is back.")
