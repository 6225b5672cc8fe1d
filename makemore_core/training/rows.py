"""A run as the store lists it: what it is, where it stands, where it comes from, and what people say of it."""

import math
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import orjson
from torch import Tensor

from makemore_core.config import RunConfig
from makemore_core.datasets import Dataset
from makemore_core.errors import InputError
from makemore_core.training.faults import CHECK
from makemore_core.training.process import is_gone
from makemore_core.training.recorder import ALIVE, Evaluation, Progress, RunState
from makemore_core.training.schema import as_json

STALE_AFTER = 5.0  # seconds without a sign of life
WRITTEN = (
    "id, preset, config, dataset, parameters, state, message, step, max_steps, seconds, steps_per_second, max_seconds, "
    "created, updated, name, tags, parent, parent_step, sweep, trial, train, val, best_val, "
    "owner, process"
)
LISTED = f"{WRITTEN}, runs.rowid"


@dataclass(frozen=True)
class RunRow:
    """A run without its curves and weights: quick to read by the thousand."""

    id: str
    preset: str  # empty for own settings
    config: dict[str, Any]  # that it began with
    dataset: dict[str, Any]
    parameters: int
    progress: Progress
    created: float  # seconds since 1970
    updated: float
    name: str = ""  # that somebody gave it
    tags: tuple[str, ...] = ()
    parent: str = ""  # the run it was forked from, after which step
    parent_step: int | None = None  # also of a fork that was brought here without its parent
    sweep: str = ""  # the sweep it belongs to, as which trial
    trial: int | None = None
    train: float | None = None  # losses in nats of the last evaluation
    val: float | None = None
    best_val: float | None = None  # of all evaluations
    owner: str = ""  # who began it, where people are told apart
    process: str = ""  # that trains it, or has trained it last
    number: int = field(default=0, compare=False)  # counts the runs of its store from 1, and stays when others go

    @property
    def title(self) -> str:
        """What it is called on the screen."""
        return self.name or self.id

    def now(self, progress: Progress, evaluations: Sequence[Evaluation]) -> "RunRow":
        """The same run at this moment, which the store does not know yet."""
        if not evaluations:
            return replace(self, progress=progress)
        train, *vals = (None if math.isnan(n) else n for n in (evaluations[-1].train, *(e.val for e in evaluations)))
        sound = [val for val in vals if val is not None]
        return replace(self, progress=progress, train=train, val=vals[-1], best_val=min(sound, default=None))


def described(
    id: str, preset: str, config: RunConfig, dataset: Dataset, parameters: Iterable[Tensor], progress: Progress
) -> RunRow:
    """A run that begins now."""
    about = {
        "name": dataset.name,
        "sha256": dataset.sha256,
        "words": len(dataset.words),
        "vocab": len(dataset.vocabulary),
    }
    many = sum(parameter.numel() for parameter in parameters)
    return RunRow(id, preset, config.to_dict(), about, many, progress, time.time(), time.time())


def columns_of(row: RunRow) -> dict[str, Any]:
    """What is written into the table: the values of WRITTEN by column."""
    p = row.progress
    values = (
        row.id, row.preset, as_json(row.config), as_json(row.dataset), row.parameters,
        p.state, p.message, p.step, p.max_steps, p.seconds, p.steps_per_second, p.max_seconds,
        row.created, row.updated, row.name, as_json(row.tags), row.parent, row.parent_step, row.sweep, row.trial,
        row.train, row.val, row.best_val, row.owner, row.process,
    )  # fmt: skip
    return dict(zip(WRITTEN.split(", "), values, strict=True))


def row_of(found: Sequence[Any]) -> RunRow:
    """The run of the values of LISTED. One that should live but gave no sign of it was interrupted.

    Raises InputError where the values are none that a run has.
    """
    try:
        return _row_of(found)
    except (ValueError, TypeError):
        raise InputError(f"What the store knows of the run {found[0]!r} is damaged; {CHECK} mends it.") from None


def _row_of(found: Sequence[Any]) -> RunRow:
    id, preset, config, dataset, parameters, state, *numbers, created, updated = found[:14]
    name, tags, *rest = found[14:]
    process = rest[-2]
    if state in ALIVE and (time.time() - updated > STALE_AFTER or is_gone(process)):
        state = RunState.INTERRUPTED
    progress = Progress(RunState(state), *numbers)
    about = (orjson.loads(config), orjson.loads(dataset), parameters, progress, created, updated)
    return RunRow(id, preset, *about, name, tuple(orjson.loads(tags)), *rest)
