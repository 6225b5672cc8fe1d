"""`runs`: what the store remembers, and going on with it."""

import math
from dataclasses import asdict

from makemore_core.cli import reports
from makemore_core.cli.options import AsJson, RunName, open_manager
from makemore_core.cli.terminal import say, show_table, write_json
from makemore_core.cli.train import report, train_on
from makemore_core.config import RunConfig
from makemore_core.errors import InputError


def list_runs(json: AsJson = False) -> None:
    """List all runs, the newest first."""
    with open_manager() as manager:
        runs = [reports.run_document(row, manager.store.evaluations(row.id)) for row in manager.runs()]
    if json:
        return write_json(runs)
    rows = [
        (
            *(r["run"], r["preset"], r["state"], r["steps"]),
            *(r["loss"]["train"], r["loss"]["val"], r["published"]["train"], r["published"]["val"]),
        )
        for r in runs
    ]
    return show_table(("run", "preset", "state", "steps", "train", "val", "published", "val"), rows)


def show(run: RunName, json: AsJson = False) -> None:
    """Show a run: its losses, the last names it invented, and all its settings."""
    with open_manager() as manager:
        row, evaluations = manager.row(run), manager.store.evaluations(run)
        snapshot = manager.snapshot(run)
    details = {
        "config": row.config,
        "evaluations": [asdict(evaluation) for evaluation in evaluations],
        "samples": reports.last_names(snapshot),
    }
    document: reports.Document = reports.run_document(row, evaluations) | details
    if json:
        return write_json(document)
    reports.show_run(document)
    say(f"{document['state']}: {document['message']}" if document["message"] else document["state"])
    reports.show_losses(document["loss"], row.preset)
    reports.show_names(document["samples"], row.preset)
    return show_table(
        ("setting", "value"), [(k, str(v)) for k, v in RunConfig.from_dict(row.config).settings().items()]
    )


def resume(run: RunName, json: AsJson = False) -> None:
    """Train a stopped or interrupted run on to its end, exactly from where its checkpoint was taken."""
    with open_manager() as manager:
        resumed = manager.resume(run)
        train_on(manager, resumed, math.inf)
        report(manager, resumed, manager.row(run).preset, (), json)


def delete(run: RunName, json: AsJson = False) -> None:
    """Forget a run with all that belongs to it."""
    with open_manager() as manager:
        if manager.row(run).progress.is_alive:
            raise InputError(f"The run {run!r} is training in another process; stop it there first.")
        manager.delete(run)
    if json:
        return write_json({"run": run, "deleted": True})
    return say(f"Deleted {run}.")
