"""`runs`: what the store remembers, and going on with it."""

import math
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from makemore_core.cli import reports
from makemore_core.cli.options import AsJson, RunName, open_manager
from makemore_core.cli.terminal import say, show_table, write_json
from makemore_core.cli.train import report, train_on
from makemore_core.config import parse_setting
from makemore_core.errors import InputError
from makemore_core.exports import FORMATS, format_named
from makemore_core.exports.kept import gather


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
    """Show a run: its losses, the last names it invented, what happened on its way, and all its settings."""
    with open_manager() as manager:
        row, evaluations = manager.row(run), manager.store.evaluations(run)
        snapshot, marks, config = manager.snapshot(run), manager.store.marks(run), manager.config(run)
    details = {
        "config": row.config,
        "marks": [asdict(mark) for mark in marks],
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
    if marks:
        show_table(("from step", "what happened"), [(mark.step, mark.text) for mark in marks])
    return show_table(("setting", "value"), [(k, str(v)) for k, v in config.settings().items()])


def resume(run: RunName, json: AsJson = False) -> None:
    """Train a stopped or interrupted run on to its end, exactly from where its checkpoint was taken."""
    with open_manager() as manager:
        resumed = manager.resume(run)
        train_on(manager, resumed, math.inf)
        report(manager, resumed, manager.row(run).preset, (), json)


def rewind(
    run: RunName,
    step: Annotated[
        int | None, typer.Option(metavar="N", help="A step that was kept; without it, the last that was well.")
    ] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="PATH=VALUE", help="Without it, a lower learning rate.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Go back to a kept step of a run and train on from there with other settings; what came after is forgotten."""
    with open_manager() as manager:
        way, config = manager.way_back(run), manager.config(run)
        to = way.step if step is None else step
        if to is None:
            raise InputError(f"No kept step of {run!r} was well; train anew with a lower optimizer.learning_rate.")
        texts = dict(map(parse_setting, settings or ()))
        values = {path: config.knob_at(path).parse(text) for path, text in texts.items()}
        rewound = manager.rewind(run, to, values or {"optimizer.learning_rate": way.learning_rate})
        train_on(manager, rewound, math.inf)
        report(manager, rewound, manager.row(run).preset, (), json)


def export(
    run: RunName,
    format: Annotated[str, typer.Option(metavar="F", help=f"{', '.join(FORMATS)}.")] = "html",
    to: Annotated[
        str,
        typer.Option(metavar="PATH", help="A file, or a folder for tensorboard; without it, here, by the run's name."),
    ] = "",
    json: AsJson = False,
) -> None:
    """Take a run home: its numbers, its curves for TensorBoard, its weights, or all of it as a page for any browser."""
    chosen = format_named(format)
    with open_manager() as manager:
        kept = gather(manager, run)
    path = Path(to or chosen.file_name(kept).removesuffix(".zip"))
    chosen.write(kept, path)
    size = sum(file.stat().st_size for file in (path, *path.rglob("*")) if file.is_file())
    if json:
        return write_json({"run": run, "format": format, "step": kept.step, "path": str(path), "bytes": size})
    return say(f"Wrote {path}: {size:,} bytes, after {kept.step:,} steps.")


def delete(run: RunName, json: AsJson = False) -> None:
    """Forget a run with all that belongs to it."""
    with open_manager() as manager:
        if manager.row(run).progress.is_alive:
            raise InputError(f"The run {run!r} is training in another process; stop it there first.")
        manager.delete(run)
    if json:
        return write_json({"run": run, "deleted": True})
    return say(f"Deleted {run}.")
