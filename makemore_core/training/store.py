"""Everything that must survive, in one SQLite file: runs, losses, evaluations, readings, samples, checkpoints.

A save is one transaction: metrics and checkpoint always belong to the same step, so a killed run resumes without a
missing or doubled step. pandas reads the tables as they are.
"""

import hashlib
import math
import sqlite3
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import RLock
from typing import Any

import numpy as np
import orjson
import safetensors.torch
from torch import Tensor

from makemore_core.datasets import DataConfig
from makemore_core.diagnostics.reading import from_plain, to_plain
from makemore_core.errors import InputError
from makemore_core.training.curve import COLUMNS, Rows
from makemore_core.training.marks import Mark
from makemore_core.training.recorder import ALIVE, Changes, Evaluation, Observation, Progress, RunState

STALE_AFTER = 5.0  # seconds without a sign of life
BUSY_TIMEOUT = 10.0  # seconds to wait for another process's transaction
SAFE_WAL = (3, 51, 3)  # before, two connections that checkpoint at once can corrupt the file
VERSION = 4
SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (
    id TEXT PRIMARY KEY, preset TEXT NOT NULL, config TEXT NOT NULL, dataset TEXT NOT NULL, parameters INTEGER NOT NULL,
    state TEXT NOT NULL, message TEXT NOT NULL, step INTEGER NOT NULL, max_steps INTEGER NOT NULL,
    seconds REAL NOT NULL, steps_per_second REAL NOT NULL, created REAL NOT NULL, updated REAL NOT NULL,
    max_seconds REAL NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS losses (
    run TEXT NOT NULL, step INTEGER NOT NULL, steps INTEGER NOT NULL, low REAL, high REAL, total REAL, last REAL,
    PRIMARY KEY (run, step)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS evaluations (
    run TEXT NOT NULL, step INTEGER NOT NULL, train REAL, val REAL, seconds REAL, time REAL,
    PRIMARY KEY (run, step)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS readings (
    run TEXT NOT NULL, step INTEGER NOT NULL, diagnostic TEXT NOT NULL, content TEXT NOT NULL,
    PRIMARY KEY (run, step, diagnostic)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS samples (
    run TEXT NOT NULL, step INTEGER NOT NULL, place INTEGER NOT NULL, name TEXT NOT NULL,
    PRIMARY KEY (run, step, place)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS snapshots (
    run TEXT NOT NULL, step INTEGER NOT NULL, content BLOB NOT NULL, sha256 TEXT NOT NULL,
    PRIMARY KEY (run, step)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS marks (
    run TEXT NOT NULL, place INTEGER NOT NULL, step INTEGER NOT NULL, text TEXT NOT NULL, settings TEXT NOT NULL,
    PRIMARY KEY (run, place)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS checkpoints (
    run TEXT PRIMARY KEY, step INTEGER NOT NULL, content BLOB NOT NULL, sha256 TEXT NOT NULL);
"""
TABLES = ("losses", "evaluations", "readings", "samples", "snapshots", "marks", "checkpoints")


@dataclass(frozen=True)
class RunRow:
    """A run as the store lists it."""

    id: str
    preset: str  # empty for own settings
    config: dict[str, Any]
    dataset: dict[str, Any]
    parameters: int
    progress: Progress
    created: float  # seconds since 1970
    updated: float

    def with_progress(self, progress: Progress) -> "RunRow":
        """The same run at another moment."""
        return replace(self, progress=progress)


class RunStore:
    """One connection behind one lock. Readings and configs are stored as JSON, checkpoints as safetensors."""

    def __init__(self, path: Path) -> None:
        self.path, self._lock = path, RLock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, check_same_thread=False, timeout=BUSY_TIMEOUT, isolation_level=None)
            self._prepare()
            if sqlite3.sqlite_version_info >= SAFE_WAL:
                self._db.execute("PRAGMA journal_mode = WAL")
        except (OSError, sqlite3.Error) as error:
            raise InputError(
                f"The store {str(path)!r} cannot be used ({error}); set MAKEMORE_STORE to a file."
            ) from None

    def _prepare(self) -> None:
        version = int(self._db.execute("PRAGMA user_version").fetchone()[0])
        if version > VERSION:
            raise InputError(f"The store {str(self.path)!r} was written by a newer Makemore Lab; update this one.")
        if version < VERSION:
            self._db.executescript(SCHEMA)
            self._update_from(version)
            self._db.execute(f"PRAGMA user_version = {VERSION}")

    def _update_from(self, version: int) -> None:
        """What an older store has in another form; 0 is a new one."""
        if version in (1, 2):
            self._db.execute("ALTER TABLE runs ADD COLUMN max_seconds REAL NOT NULL DEFAULT 0")
        if version in (1, 2, 3):
            self._db.execute("ALTER TABLE evaluations ADD COLUMN seconds REAL")
            self._db.execute("ALTER TABLE evaluations ADD COLUMN time REAL")
        if version == 2:
            for run, step, *found in self._db.execute("SELECT run, step, content, sha256 FROM weights").fetchall():
                state = {f"model.{name}": t for name, t in _unpacked((found[0], found[1]), f"store {run!r}").items()}
                self._db.execute("INSERT INTO snapshots VALUES (?,?,?,?)", (run, step, *_packed(state)))
            self._db.execute("DROP TABLE weights")

    @contextmanager
    def _transaction(self) -> Generator[sqlite3.Connection]:
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                self._db.rollback()
                raise

    def add(self, row: RunRow) -> None:
        """Register a new run; an InputError if there is one of this name."""
        p = row.progress
        values = (
            row.id, row.preset, _json(row.config), _json(row.dataset), row.parameters,
            p.state, p.message, p.step, p.max_steps, p.seconds, p.steps_per_second, row.created, row.updated,
            p.max_seconds,
        )  # fmt: skip
        try:
            with self._transaction() as db:
                db.execute(f"INSERT INTO runs VALUES ({','.join('?' * len(values))})", values)
        except sqlite3.IntegrityError:
            raise InputError(f"There is a run {row.id!r} already; choose another name.") from None

    def save(self, run: str, progress: Progress, changes: Changes, state: Mapping[str, Tensor]) -> None:
        """All that came in since the last save, with the checkpoint that belongs to it, in one transaction."""
        checkpoint = _packed(state)
        with self._transaction() as db:
            self._write_progress(db, run, progress)
            db.executemany(
                "INSERT OR REPLACE INTO losses VALUES (?,?,?,?,?,?,?)", [(run, *row) for row in changes.losses.tolist()]
            )
            db.executemany(
                "INSERT OR REPLACE INTO evaluations VALUES (?,?,?,?,?,?)",
                [(run, e.step, e.train, e.val, e.seconds, e.time) for e in changes.evaluations],
            )
            for observation in changes.observations:
                self._write_observation(db, run, observation)
            for mark in changes.marks:
                self._write_mark(db, run, mark)
            db.execute("INSERT OR REPLACE INTO checkpoints VALUES (?,?,?,?)", (run, progress.step, *checkpoint))

    def _write_observation(self, db: sqlite3.Connection, run: str, observation: Observation) -> None:
        plain = {name: to_plain(reading) for name, reading in observation.readings.items()}
        db.executemany(
            "INSERT OR REPLACE INTO readings VALUES (?,?,?,?)",
            [(run, observation.step, name, _json(content)) for name, content in plain.items()],
        )
        names = plain.get("samples", {}).get("lines", [])
        db.executemany(
            "INSERT OR REPLACE INTO samples VALUES (?,?,?,?)",
            [(run, observation.step, place, name) for place, name in enumerate(names)],
        )
        if observation.state is not None:
            db.execute(
                "INSERT OR REPLACE INTO snapshots VALUES (?,?,?,?)",
                (run, observation.step, *_packed(observation.state)),
            )

    def _write_mark(self, db: sqlite3.Connection, run: str, mark: Mark) -> None:
        """Marks are only added, in the order in which they came."""
        db.execute(
            "INSERT INTO marks SELECT ?, COUNT(*), ?, ?, ? FROM marks WHERE run = ?",
            (run, mark.step, mark.text, _json(mark.settings), run),
        )

    def mark(self, run: str, mark: Mark, progress: Progress) -> None:
        """A mark on a run that nobody trains now, and what it makes of its progress."""
        with self._transaction() as db:
            self._write_mark(db, run, mark)
            self._write_progress(db, run, progress)

    def rewind(self, run: str, step: int, loss: float, progress: Progress, mark: Mark) -> None:
        """Make a run what it was after a step whose snapshot was kept, whose batch loss it was; all later is forgotten.

        Its checkpoint is that snapshot then, and the mark is its last.
        """
        with self._transaction() as db:
            for table in ("evaluations", "readings", "samples", "snapshots", "marks"):
                db.execute(f"DELETE FROM {table} WHERE run = ? AND step > ?", (run, step))
            db.execute("DELETE FROM losses WHERE run = ? AND step + steps - 1 > ?", (run, step))
            if not db.execute("SELECT 1 FROM losses WHERE run = ? AND step + steps > ?", (run, step)).fetchone():
                db.execute("INSERT INTO losses VALUES (?,?,1,?,?,?,?)", (run, step, *[loss] * 4))
            db.execute(
                "INSERT OR REPLACE INTO checkpoints SELECT run, ?, content, sha256 FROM snapshots "
                "WHERE run = ? AND step = ?",
                (progress.step, run, step),
            )
            self._write_mark(db, run, mark)
            self._write_progress(db, run, progress)

    def beat(self, run: str, progress: Progress) -> None:
        """A sign of life between two saves: state and message, while step and metrics stay with the checkpoint."""
        with self._transaction() as db:
            db.execute(
                "UPDATE runs SET state = ?, message = ?, updated = ? WHERE id = ?",
                (progress.state, progress.message, time.time(), run),
            )

    def _write_progress(self, db: sqlite3.Connection, run: str, p: Progress) -> None:
        db.execute(
            "UPDATE runs SET state=?, message=?, step=?, max_steps=?, seconds=?, steps_per_second=?, updated=?, "
            "max_seconds=? WHERE id=?",
            (p.state, p.message, p.step, p.max_steps, p.seconds, p.steps_per_second, time.time(), p.max_seconds, run),
        )

    def runs(self) -> list[RunRow]:
        """All runs, the newest first."""
        with self._lock:
            return [_row(r) for r in self._db.execute("SELECT * FROM runs ORDER BY created DESC, id")]

    def run(self, run: str) -> RunRow:
        with self._lock:
            found = self._db.execute("SELECT * FROM runs WHERE id = ?", (run,)).fetchone()
        if found is None:
            raise InputError(f"There is no run {run!r}; `python -m makemore_core runs list` shows those there are.")
        return _row(found)

    def losses(self, run: str) -> Rows:
        with self._lock:
            rows = self._db.execute(f"SELECT {','.join(COLUMNS)} FROM losses WHERE run = ? ORDER BY step", (run,))
            return np.array(rows.fetchall(), dtype=np.float64).reshape(-1, len(COLUMNS))

    def evaluations(self, run: str) -> list[Evaluation]:
        with self._lock:
            rows = self._db.execute(
                "SELECT step, train, val, seconds, time FROM evaluations WHERE run = ? ORDER BY step", (run,)
            )
            # SQLite keeps a loss that is not a number as NULL
            return [Evaluation(step, _number(train), _number(val), *when) for step, train, val, *when in rows]

    def best_val(self, data: Mapping[str, Any], besides: str) -> tuple[str, float] | None:
        """The run with the lowest loss of val ever measured on the same data, besides one, and that loss in nats."""
        known = _json(DataConfig().to_dict())  # an older run says nothing of knobs that came later
        with self._lock:
            run, val = self._db.execute(
                "SELECT run, MIN(val) FROM evaluations JOIN runs ON id = run "
                "WHERE id != ? AND json_patch(?, json_extract(config, '$.data')) = json_patch(?, ?)",
                (besides, known, known, _json(data)),
            ).fetchone()
        return None if val is None else (run, val)

    def observations(self, run: str) -> list[Observation]:
        with self._lock:
            rows = self._db.execute(
                "SELECT step, diagnostic, content FROM readings WHERE run = ? ORDER BY step", (run,)
            )
            by_step: dict[int, dict[str, Any]] = {}
            for step, diagnostic, content in rows:
                by_step.setdefault(step, {})[diagnostic] = from_plain(orjson.loads(content))
        return [Observation(step, readings) for step, readings in by_step.items()]

    def checkpoint(self, run: str) -> dict[str, Tensor] | None:
        """The last state that was saved; None before the first save, an InputError if its bytes were damaged."""
        with self._lock:
            found = self._db.execute("SELECT content, sha256 FROM checkpoints WHERE run = ?", (run,)).fetchone()
        return None if found is None else _unpacked(found, f"checkpoint of {run!r}")

    def marks(self, run: str) -> list[Mark]:
        """What happened to a run on its way, in that order."""
        with self._lock:
            rows = self._db.execute("SELECT step, text, settings FROM marks WHERE run = ? ORDER BY place", (run,))
            return [Mark(step, text, orjson.loads(settings)) for step, text, settings in rows]

    def snapshot_steps(self, run: str) -> list[int]:
        """The steps after which the trainer's state was kept."""
        with self._lock:
            rows = self._db.execute("SELECT step FROM snapshots WHERE run = ? ORDER BY step", (run,))
            return [step for (step,) in rows]

    def snapshot(self, run: str, step: int) -> dict[str, Tensor] | None:
        """The trainer's state after a step; None if it was not kept, an InputError if its bytes were damaged."""
        with self._lock:
            found = self._db.execute(
                "SELECT content, sha256 FROM snapshots WHERE run = ? AND step = ?", (run, step)
            ).fetchone()
        return None if found is None else _unpacked(found, f"snapshot of {run!r} at step {step:,}")

    def delete(self, run: str) -> None:
        """Forget a run with all that belongs to it."""
        with self._transaction() as db:
            for table in TABLES:
                db.execute(f"DELETE FROM {table} WHERE run = ?", (run,))
            db.execute("DELETE FROM runs WHERE id = ?", (run,))

    def close(self) -> None:
        with self._lock:
            self._db.close()


def _row(found: tuple[Any, ...]) -> RunRow:
    id, preset, config, dataset, parameters, *where, created, updated, max_seconds = found
    state, message, step, max_steps, seconds, speed = where
    if state in ALIVE and time.time() - updated > STALE_AFTER:
        state = RunState.INTERRUPTED
    progress = Progress(RunState(state), message, step, max_steps, seconds, speed, max_seconds)
    return RunRow(id, preset, orjson.loads(config), orjson.loads(dataset), parameters, progress, created, updated)


def _packed(state: Mapping[str, Tensor]) -> tuple[bytes, str]:
    """Tensors as safetensors bytes, and their SHA-256."""
    content = safetensors.torch.save({name: tensor.contiguous() for name, tensor in state.items()})
    return content, hashlib.sha256(content).hexdigest()


def _unpacked(found: tuple[bytes, str], what: str) -> dict[str, Tensor]:
    content, digest = found
    if hashlib.sha256(content).hexdigest() != digest:
        raise InputError(f"The {what} is damaged (SHA-256 differs); train the run anew.")
    return safetensors.torch.load(content)


def _number(value: float | None) -> float:
    return math.nan if value is None else value


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
