"""`reference`: train presets to their full length, and keep our numbers beside the published ones."""

import math
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import torch
import typer

from makemore_core.cli.options import AsJson, given, load, open_manager
from makemore_core.cli.reports import Document, training_document
from makemore_core.cli.terminal import show_table, write_json
from makemore_core.cli.train import train_on
from makemore_core.presets import PUBLISHED, Preset, preset_named

NEEDS_A_GPU = ("seed003-gpt",)
COLUMNS = (
    "preset",
    "parameters",
    "steps",
    "published train / val / test",
    "ours train / val / test",
    "val: ours - published",
    "seconds",
    "date, torch",
    "remark",
)
ROW = re.compile(r"^\| ([\w-]+) \|.*\n", re.MULTILINE)
INTRODUCTION = """# Published runs, and ours

Each preset trained to its full length by `python -m makemore_core reference`. Losses are in nats, over whole splits.
Published numbers are the authors' own; those in italics were computed for this project where nothing was printed.
Presets that are missing here have not been run to their end. The seconds are those of the steps and of the diagnostics
that were read on the way, on a machine with two cores that was not always idle.

"""


def reference(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME...]", help="Which presets; all but those for a GPU.")
    ] = None,
    write: Annotated[Path | None, typer.Option(metavar="FILE", help="Put the rows into this table.")] = None,
    device: Annotated[str | None, typer.Option(metavar="DEVICE", help="Where: cpu, cuda or mps.")] = None,
    json: AsJson = False,
) -> None:
    """Train presets as they were published, and show our losses beside the printed ones."""
    presets = [preset_named(name) for name in names or [name for name in PUBLISHED if name not in NEEDS_A_GPU]]
    documents: list[Document] = []
    for preset in presets:
        documents.append(_trained(preset, given({"device": device})))
        if write:
            write.write_text(updated(write.read_text() if write.exists() else "", documents[-1]))
    if json:
        return write_json(documents)
    return show_table(COLUMNS, map(cells, documents))


def _trained(preset: Preset, texts: dict[str, str]) -> Document:
    config = preset.config.with_texts(texts)
    load(config)
    with open_manager() as manager:
        run = manager.start(config, preset="" if texts else preset.name)
        train_on(manager, run, math.inf)
        today, version = datetime.now(UTC).date().isoformat(), torch.__version__.partition("+")[0]
        trained = training_document(manager.row(run.id), run, preset.name, ())
        return trained | {"date": today, "torch": version, "device": config.device}


def updated(table: str, document: Document) -> str:
    """The table in Markdown with this row in the place of an older one, in the order of the presets."""
    rows = {match[1]: match[0] for match in ROW.finditer(table) if match[1] in PUBLISHED}
    rows[document["preset"]] = _line(cells(document))
    ordered = [rows[name] for name in PUBLISHED if name in rows]
    return INTRODUCTION + _line(COLUMNS) + _line(("---",) * len(COLUMNS)) + "".join(ordered)


def cells(document: Document) -> tuple[str, ...]:
    """One row of the table."""
    preset, losses = PUBLISHED[document["preset"]], document["loss"]
    published, mark = preset.published, "*" if preset.published.is_own else ""
    where = "" if document["device"] == "cpu" else f", {document['device']}"
    return (
        preset.name,
        f"{document['parameters']:,}",
        f"{document['steps']:,}",
        " / ".join("-" if loss is None else f"{mark}{loss}{mark}" for loss in published.losses.values()),
        " / ".join(f"{losses[split]:.4f}" for split in published.losses),
        "-" if published.val is None else f"{losses['val'] - published.val:+.4f}",
        f"{document['seconds']:,.0f}",
        f"{document['date']}, {document['torch']}{where}",
        preset.remark or " ",
    )


def _line(row: tuple[str, ...]) -> str:
    return f"| {' | '.join(row)} |\n"
