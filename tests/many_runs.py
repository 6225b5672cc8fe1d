"""A store as a school year leaves it: thousands of finished runs, each with its curve and its evaluations."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import numpy as np

from makemore_core.presets import PRESETS, Preset
from makemore_core.training.curve import Rows
from makemore_core.training.recorder import Evaluation, Progress, RunState
from makemore_core.training.rows import RunRow, columns_of
from makemore_core.training.schema import SUM_UP
from makemore_core.training.spacing import KEPT, next_on_grid
from makemore_core.training.store import RunStore

STEPS = 200_000  # of the longest published runs: about 4,900 buckets of the curve, 123 evaluations
LISTED = tuple(preset for preset in PRESETS.values() if preset.config.max_steps > 1)


def fill(path: Path, runs: int, rows: int) -> None:
    """Make a store of so many runs, with so many rows of metrics among them, in one transaction."""
    RunStore(path).close()
    with closing(sqlite3.connect(path)) as db, db:
        for n, preset in enumerate(islice(cycle(LISTED), runs)):
            row = finished(preset, n, runs)
            curve, evaluations = metrics(n, rows // runs)
            insert(db, "runs", [tuple(columns_of(row).values())], tuple(columns_of(row)))
            insert(db, "losses", [(row.id, *bucket) for bucket in curve.tolist()])
            insert(db, "evaluations", [(row.id, e.step, e.train, e.val, e.seconds, e.time) for e in evaluations])
        db.execute(SUM_UP)


def insert(db: sqlite3.Connection, table: str, rows: list[tuple[Any, ...]], columns: tuple[str, ...] = ()) -> None:
    into = f"{table} ({', '.join(columns)})" if columns else table
    db.executemany(f"INSERT INTO {into} VALUES ({', '.join('?' * len(rows[0]))})", rows)


def finished(preset: Preset, n: int, runs: int) -> RunRow:
    """The n-th run, one a minute until now; every tenth of them with another seed of the same settings."""
    config = preset.config.with_values({"seed": n % 10, "batch_size": 32 << (n // 10 % 3)})
    about = {"name": "names", "sha256": "0" * 64, "words": 32_033, "vocab": 27}
    when = time.time() - 60 * (runs - n)
    progress = Progress(RunState.FINISHED, "", STEPS, STEPS, 100.0 + n % 50, 2_000.0)
    return RunRow(f"run-{n:05d}", preset.name, config.to_dict(), about, 11_897, progress, when, when)


def metrics(n: int, rows: int) -> tuple[Rows, list[Evaluation]]:
    """So many rows: a curve that falls from 3.3 to about 2.1, and evaluations at the steps of the grid."""
    evaluated = list(islice(kept_steps(), rows // 8))
    steps = np.unique(np.geomspace(1, STEPS, 4 * rows).astype(np.int64))
    steps = steps[np.linspace(0, len(steps) - 1, rows - len(evaluated)).astype(np.int64)]
    loss = 2.1 + n % 7 / 100 + 1.2 * np.exp(-steps / 5_000)
    curve = np.stack([steps.astype(np.float64), np.ones_like(loss), loss, loss, loss, loss], axis=1)
    return curve, [Evaluation(k, 2.1 + 1.2 / (1 + k), 2.12 + n % 7 / 100 + 1.2 / (1 + k), 0.01 * k) for k in evaluated]


def kept_steps() -> Iterator[int]:
    """Where runs are evaluated."""
    step = 0
    while True:
        yield step
        step = next_on_grid(step + 1, KEPT)
