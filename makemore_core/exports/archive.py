"""Runs as one file, for another lab or for later: everything the store holds of them, bit for bit.

For each run its row and marks (run.json), losses and evaluations (curves), one part for each look, the snapshots, and
the checkpoint; if wanted, the words of a data set of one's own. A sweep that a run was a trial of does not come along.
"""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import safetensors.numpy

from makemore_core.catalogue import CATALOGUE, content_of, kind_of
from makemore_core.data.decoding import decode
from makemore_core.errors import InputError
from makemore_core.exports.sealed import sealed
from makemore_core.training.recorder import RunState
from makemore_core.training.rows import RunRow
from makemore_core.training.store import RunStore
from makemore_core.training.whole import Rows, WholeRun

ARCHIVE, ENDING, MEDIA_TYPE = "archive", ".makemore.zip", "application/zip"
LOSSES, EVALUATIONS = 6, 5  # columns


@dataclass(frozen=True)
class Standing:
    """Where a run stands, as its row in the store says."""

    state: str
    message: str
    step: int
    max_steps: int
    seconds: float
    steps_per_second: float
    max_seconds: float


@dataclass(frozen=True)
class DataAbout:
    """What a run was trained on; `file` says that its text is in the archive, as words or as a text."""

    name: str
    sha256: str
    words: int
    vocab: int
    kind: str
    file: bool


@dataclass(frozen=True)
class MarkAbout:
    """A mark, and the settings that hold from there on."""

    step: int
    text: str
    settings: dict[str, Any]


@dataclass(frozen=True)
class RunAbout:
    """All of a run that is neither a curve nor a look nor weights."""

    id: str
    name: str
    preset: str
    config: dict[str, Any]
    data: DataAbout
    parameters: int
    progress: Standing
    created: float
    updated: float
    tags: list[str]
    parent: str
    parent_step: int | None
    checkpoint_step: int | None
    marks: list[MarkAbout]


def archive_of(store: RunStore, runs: Sequence[str], with_data: bool = False) -> bytes:
    """The file's bytes. A run that trains is taken as it was saved last, to be resumed from there.

    Raises InputError for an unknown run, for none, and for more than one archive holds.
    """
    if not runs:
        raise InputError("An archive holds at least 1 run, but got none; name one.")
    parts: dict[str, bytes] = {}
    for run in dict.fromkeys(runs):
        whole = store.whole(run)
        text = _own_text(whole.row) if with_data else None
        parts |= {f"runs/{whole.row.id}/{name}": part for name, part in _parts_of(whole, text is not None).items()}
        if text is not None:
            parts[f"data/{whole.row.dataset['sha256']}.txt"] = text
    return sealed(parts)


def file_name(runs: Sequence[str]) -> str:
    """Of a download."""
    return f"{runs[0] if len(runs) == 1 else f'{len(runs)}-runs'}{ENDING}"


def _parts_of(whole: WholeRun, with_text: bool) -> dict[str, bytes]:
    tables, checkpoint = whole.tables, whole.checkpoint
    curves = {
        "losses": _numbers(tables["losses"], LOSSES),
        "evaluations": _numbers(tables["evaluations"], EVALUATIONS),
    }
    parts = {"run.json": orjson.dumps(_about(whole, with_text)), "curves.safetensors": safetensors.numpy.save(curves)}
    looks: dict[int, dict[str, Any]] = {}
    for step, diagnostic, content in tables["readings"]:
        looks.setdefault(step, {})[diagnostic] = orjson.loads(content)
    parts |= {f"readings/{step}.json": orjson.dumps(readings) for step, readings in looks.items()}
    parts |= {f"snapshots/{step}.safetensors": content for step, content, _ in tables["snapshots"]}
    return parts | ({"checkpoint.safetensors": checkpoint[1]} if checkpoint else {})


def _about(whole: WholeRun, with_text: bool) -> dict[str, Any]:
    row, progress = whole.row, whole.row.progress
    state = RunState.INTERRUPTED if progress.is_alive else progress.state
    dataset = str(row.config["data"]["dataset"])
    return asdict(
        RunAbout(
            *(row.id, row.name, row.preset),
            config=row.config | {"data": row.config["data"] | {"dataset": Path(dataset).name}},  # no folders of here
            data=DataAbout(**row.dataset, kind=kind_of(dataset), file=with_text),
            parameters=row.parameters,
            progress=Standing(**asdict(replace(progress, state=state))),
            created=row.created,
            updated=row.updated,
            tags=list(row.tags),
            parent=row.parent,
            parent_step=row.parent_step,
            checkpoint_step=whole.checkpoint[0] if whole.checkpoint else None,
            marks=[MarkAbout(step, text, orjson.loads(settings)) for _, step, text, settings in whole.tables["marks"]],
        )
    )


def _own_text(row: RunRow) -> bytes | None:
    """The text of a data set that no other machine has; None for one of the catalogue, and if it is not as it was."""
    dataset = str(row.config["data"]["dataset"])
    if dataset in CATALOGUE:
        return None
    content = content_of(dataset)
    if hashlib.sha256(content).hexdigest() != row.dataset["sha256"]:
        raise InputError(f"The data set {row.dataset['name']!r} has changed since {row.id!r} was trained on it.")
    if decode(content, dataset).encode() != content:
        raise InputError(
            f"{Path(dataset).name!r} is not UTF-8 with Unix line ends; keep it as a data set, and train on that."
        )
    return content


def _numbers(rows: Rows, columns: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Rows of a table as float64; what the store keeps as NULL is no number."""
    filled: list[list[float]] = [[math.nan if value is None else value for value in row] for row in rows]
    return np.array(filled, dtype=np.float64).reshape(-1, columns)
