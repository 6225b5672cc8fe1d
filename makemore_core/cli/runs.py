"""`runs`: what the store remembers, and going on with it."""

import math
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from makemore_core.cli import reports
from makemore_core.cli.options import (
    FAILED,
    PROGRAM,
    AsJson,
    RunName,
    configured,
    given,
    knob_option,
    open_manager,
    open_run,
)
from makemore_core.cli.terminal import fetch_bar, say, show_table, write_json
from makemore_core.cli.train import report, train_on
from makemore_core.config import RunConfig, parse_setting
from makemore_core.errors import InputError
from makemore_core.exports import FORMATS, format_named
from makemore_core.exports.archive import ARCHIVE, archive_of, file_name
from makemore_core.exports.arrival import bring_in
from makemore_core.exports.importing import read_archive
from makemore_core.exports.kept import gather
from makemore_core.exports.sealed import LARGEST_TOTAL
from makemore_core.knobs import Value
from makemore_core.places import store_path
from makemore_core.training.checking import check as check_store
from makemore_core.training.checking import repair as repair_store
from makemore_core.training.recorder import RunState
from makemore_core.training.serving import Seat, check_seat
from makemore_core.training.store import FORGOTTEN_AFTER


def list_runs(json: AsJson = False) -> None:
    """List all runs, the newest first."""
    with open_manager() as manager:
        runs = [reports.run_document(row) for row in manager.runs()]
    if json:
        return write_json(runs)
    rows = [
        (
            *(r["name"], r["preset"], r["state"], r["steps"]),
            *(r["loss"]["train"], r["loss"]["val"], r["published"]["train"], r["published"]["val"]),
        )
        for r in runs
    ]
    return show_table(("run", "preset", "state", "steps", "train", "val", "published", "val"), rows)


def show(run: RunName, json: AsJson = False) -> None:
    """Show a run: its losses, the last names it invented, what happened on its way, and all its settings."""
    with open_run(run) as (manager, run):
        row, evaluations = manager.row(run), manager.store.evaluations(run)
        snapshot, marks, config = manager.snapshot(run), manager.store.marks(run), manager.config(run)
    details = {
        "config": row.config,
        "marks": [asdict(mark) for mark in marks],
        "evaluations": [asdict(evaluation) for evaluation in evaluations],
        "samples": reports.last_names(snapshot),
    }
    document: reports.Document = reports.run_document(row) | details
    if json:
        return write_json(document)
    reports.show_run(document)
    say(f"{document['state']}: {document['message']}" if document["message"] else document["state"])
    reports.show_losses(document["loss"], row.preset)
    reports.show_names(document["samples"], row.preset)
    if marks:
        show_table(("from step", "what happened"), [(mark.step, mark.text) for mark in marks])
    return show_table(("setting", "value"), [(k, str(v)) for k, v in config.settings().items()])


Settings = Annotated[list[str] | None, typer.Option("--set", metavar="PATH=VALUE", help="Any other setting.")]


def resume(
    run: RunName,
    steps: Annotated[str | None, knob_option("max_steps", "--steps", "N")] = None,
    settings: Settings = None,
    json: AsJson = False,
) -> None:
    """Train a stopped or interrupted run on to its end, exactly from its checkpoint; a finished one with more steps."""
    with open_run(run) as (manager, run):
        values = _values(manager.config(run), settings, {"max_steps": steps})
        if manager.row(run).progress.state == RunState.FINISHED and values:
            resumed = manager.train_on(run, values)
        else:
            if values:
                manager.change(run, values)
            resumed = manager.resume(run)
        train_on(manager, resumed, math.inf)
        report(manager, resumed, manager.row(run).preset, (), json)


def fork(
    run: RunName,
    step: Annotated[
        int | None, typer.Option(metavar="N", help="Begin after this step; without it, at the run's end.")
    ] = None,
    settings: Settings = None,
    steps: Annotated[str | None, knob_option("max_steps", "--steps", "N")] = None,
    name: Annotated[str, typer.Option(metavar="TEXT", help="What the fork is called.")] = "",
    json: AsJson = False,
) -> None:
    """A new run that goes on where this one stood after a step, with any settings that keep its parameters' shapes."""
    with open_run(run) as (manager, run):
        values = _values(manager.config(run), settings, {"max_steps": steps})
        forked = manager.fork(run, step, values, name=name)
        train_on(manager, forked, math.inf)
        report(manager, forked, manager.row(forked.id).preset, (), json)


def _values(config: RunConfig, settings: list[str] | None, flags: Mapping[str, str | None]) -> dict[str, Value]:
    """What `--set` and other flags turn, read by the knobs of a run's settings."""
    texts = dict(map(parse_setting, settings or ())) | given(flags)
    now = configured(config, texts).settings()
    return {path: now[path] for path in texts}


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
    with open_run(run) as (manager, run):
        way, config = manager.way_back(run), manager.config(run)
        to = way.step if step is None else step
        if to is None:
            raise InputError(f"No kept step of {run!r} was well; train anew with a lower optimizer.learning_rate.")
        values = _values(config, settings, {})
        rewound = manager.rewind(run, to, values or {"optimizer.learning_rate": way.learning_rate})
        train_on(manager, rewound, math.inf)
        report(manager, rewound, manager.row(run).preset, (), json)


def export(
    runs: Annotated[list[str], typer.Argument(metavar="RUN...", help="Names that `runs list` lists.")],
    format: Annotated[str, typer.Option(metavar="F", help=f"{', '.join((*FORMATS, ARCHIVE))}.")] = "html",
    to: Annotated[
        str,
        typer.Option(metavar="PATH", help="A file, or a folder for tensorboard; without it, here, by the run's name."),
    ] = "",
    with_data: Annotated[
        bool, typer.Option("--with-data", help="Put the words of one's own data set into the archive too.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Take a run home: its numbers, its curves for TensorBoard, its weights, or all of it as a page for any browser.

    As an archive, one run or more go into another lab, where `runs import` brings them in.
    """
    if format == ARCHIVE:
        return _export_archive(runs, to, with_data, json)
    chosen = format_named(format)
    if len(runs) > 1:
        raise InputError(f"The format {format!r} takes one run at a time, but got {len(runs)}; {ARCHIVE} takes many.")
    with open_run(runs[0]) as (manager, run):
        kept = gather(manager, run)
    path = Path(to or chosen.file_name(kept).removesuffix(".zip"))
    chosen.write(kept, path)
    size = sum(file.stat().st_size for file in (path, *path.rglob("*")) if file.is_file())
    if json:
        return write_json({"run": run, "format": format, "step": kept.step, "path": str(path), "bytes": size})
    return say(f"Wrote {path}: {size:,} bytes, after {kept.step:,} steps.")


def _export_archive(names: list[str], to: str, with_data: bool, json: bool) -> None:
    with open_manager() as manager:
        rows = [manager.row(name) for name in names]
        runs = [row.id for row in rows]
        content = archive_of(manager.store, runs, with_data)
    path = Path(to or file_name([row.title for row in rows]))
    if path.exists():
        raise InputError(f"There is something at {str(path)!r} already; choose another place with --to.")
    path.write_bytes(content)
    if json:
        return write_json({"runs": runs, "format": ARCHIVE, "path": str(path), "bytes": len(content)})
    return say(f"Wrote {path}: {len(content):,} bytes, {len(runs)} run{'s' if len(runs) > 1 else ''}.")


def import_runs(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `runs export --format archive` wrote.")],
    json: AsJson = False,
) -> None:
    """Bring the runs of an archive in: all of them, checked, or none."""
    try:
        size = file.stat().st_size
        if not file.is_file() or size > LARGEST_TOTAL:
            raise InputError(f"{str(file)!r} is no file of at most {LARGEST_TOTAL:,} bytes; choose an archive.")
        content = file.read_bytes()
    except OSError as error:
        raise InputError(f"The file {str(file)!r} cannot be read ({error.strerror}).") from None
    with open_manager() as manager:
        arrived = bring_in(manager.store, read_archive(content))
    if json:
        return write_json({"runs": arrived.runs, "notes": arrived.sentences})
    for sentence in arrived.sentences:
        say(sentence)
    return say(f"Brought in {', '.join(arrived.runs)}.")


def delete(run: RunName, json: AsJson = False) -> None:
    """Delete a run; `runs restore` brings it back for some days."""
    with open_run(run) as (manager, run):
        manager.delete(run)
    if json:
        return write_json({"run": run, "deleted": True})
    return say(f"Deleted {run}; `{PROGRAM} runs restore {run}` undoes that for {FORGOTTEN_AFTER:.0f} days.")


def restore(run: RunName, json: AsJson = False) -> None:
    """Bring a deleted run back."""
    with open_manager() as manager:
        manager.restore(run)
    if json:
        return write_json({"run": run, "deleted": False})
    return say(f"{run} is back.")


def rename(
    run: RunName,
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Letters a-z, digits and hyphens; without it, its id.")
    ] = "",
    json: AsJson = False,
) -> None:
    """Call a run by another name; its id, in links and in the store, stays."""
    with open_run(run) as (manager, run):
        manager.rename(run, name)
        title = manager.row(run).title
    if json:
        return write_json({"run": run, "name": title})
    return say(f"{run} is called {title}.")


def tag(
    run: RunName,
    tags: Annotated[list[str] | None, typer.Argument(metavar="TAG...", help="Without any, those it has go.")] = None,
    json: AsJson = False,
) -> None:
    """Give a run tags, in place of those it has."""
    with open_run(run) as (manager, run):
        manager.tag(run, tags or ())
        given = manager.row(run).tags
    if json:
        return write_json({"run": run, "tags": given})
    return say(f"{run} is tagged {', '.join(given)}." if given else f"{run} has no tags.")


def check(
    repair: Annotated[bool, typer.Option("--repair", help="Mend what can be mended; end all training first.")] = False,
    json: AsJson = False,
) -> None:
    """Check all that the store holds: its file, every checkpoint, every curve; exit code 1 where something is wrong."""
    store = store_path()
    with fetch_bar("check") as report:
        if repair:
            check_seat(Seat(store))
            faults = repair_store(store, report)
            left = check_store(store, report) if faults else []
        else:
            faults = left = check_store(store, report)
    if json:
        write_json({"store": str(store), "sound": not left, "faults": [asdict(fault) for fault in faults]})
    else:
        for fault in faults:
            say(f"{fault.run or 'store'}: {fault.what} {fault.mended}".rstrip())
        say(_in_words(bool(faults), bool(left), repair))
    if left:
        raise typer.Exit(FAILED)


def _in_words(was_wrong: bool, is_wrong: bool, repaired: bool) -> str:
    if is_wrong and repaired:
        return "Some of it cannot be mended."
    if is_wrong:
        return f"`{PROGRAM} runs check --repair` mends what can be mended."
    return "All is sound now." if was_wrong else "All is sound."


def vacuum(
    deleted: Annotated[bool, typer.Option("--deleted", help="Forget the deleted runs and sweeps first.")] = False,
    json: AsJson = False,
) -> None:
    """Give the room of what was deleted back to the disk."""
    with open_manager() as manager:
        before, after = manager.store.vacuum(deleted)
    if json:
        return write_json({"bytes_before": before, "bytes_after": after})
    return say(f"The store had {before:,} bytes and has {after:,} now.")
