"""Everything that must survive, in one SQLite file: runs, losses, evaluations, readings, samples, checkpoints.

A save is one transaction: metrics and checkpoint always belong to the same step, so a killed run resumes without a
missing or doubled step. pandas reads the tables as they are.
"""

import math
import sqlite3
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from torch import Tensor

from makemore_core.datasets import DataConfig
from makemore_core.diagnostics.reading import from_plain, to_plain
from makemore_core.errors import InputError
from makemore_core.knobs import Value
from makemore_core.training.curve import COLUMNS, Rows
from makemore_core.training.faults import CannotWriteError, Door, TakenOverError, is_fault, is_read_only, reason
from makemore_core.training.inheritance import INHERITED, settle_forks
from makemore_core.training.learning_table import LearningTable
from makemore_core.training.listing import Listing
from makemore_core.training.marks import FORKED, Mark
from makemore_core.training.process import in_words, own_name
from makemore_core.training.recorder import Changes, Evaluation, Observation, Progress, Recorder, RunState
from makemore_core.training.rows import LISTED, RunRow, columns_of, row_of
from makemore_core.training.schema import SUM_UP, TABLES, as_json, packed, prepare, unpacked
from makemore_core.training.seals import keep_seals
from makemore_core.training.sweep_table import SweepTable
from makemore_core.training.whole import WholeRun, tables_of, write_whole

FORGOTTEN_AFTER = 30.0  # days that a deleted run can come back
BUSY_TIMEOUT = 10.0  # seconds to wait for another process's transaction
SAFE_WAL = (3, 51, 3)  # before, two connections that checkpoint at once can corrupt the file


class RunStore:
    """One connection behind one lock. Readings and configs are stored as JSON, checkpoints as safetensors.

    A file that may not be written is opened for looking; every write then raises CannotWriteError.
    """

    heartbeat = 1.0

    def __init__(self, path: Path) -> None:
        self.path, self._lock = path, Door(path)
        self.process = own_name()  # in whose name this store's runs are trained
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = self._opened()
            prepare(self._db, path)
            self._listing = Listing(self._db)
            self.sweeps = SweepTable(self._db, self._lock, self._transaction)
            self.learning = LearningTable(self._db, self._lock, self._transaction)
            if not self.is_read_only:
                self._get_ready_to_write()
        except (OSError, sqlite3.Error, UnicodeDecodeError) as error:
            why = " ".join(str(error).split())  # of a torn table SQLite says how it was made, in many lines
            raise InputError(
                f"The store {str(path)!r} cannot be used ({why}); set MAKEMORE_STORE to a file."
            ) from error

    @property
    def is_read_only(self) -> bool:
        """Whether the file is there, and it or its folder may not be written by this user."""
        return is_read_only(self.path)

    def _opened(self) -> sqlite3.Connection:
        return sqlite3.connect(
            f"{self.path.absolute().as_uri()}?{'mode=ro' if self.is_read_only else 'mode=rwc'}",
            uri=True,
            check_same_thread=False,
            timeout=BUSY_TIMEOUT,
            isolation_level=None,
        )

    def _get_ready_to_write(self) -> None:
        keep_seals(self._db)
        with suppress(CannotWriteError):
            self._forget_deleted(time.time() - FORGOTTEN_AFTER * 86_400)
        if sqlite3.sqlite_version_info >= SAFE_WAL:
            self._db.execute("PRAGMA journal_mode = WAL")
        # A kill loses no commit in either mode. A power cut corrupts nothing if the journal is on the disk before the
        # file is touched, which FULL sees to; a WAL is appended to, where NORMAL is enough.
        (mode,) = self._db.execute("PRAGMA journal_mode").fetchone()
        self._db.execute(f"PRAGMA synchronous = {'NORMAL' if mode == 'wal' else 'FULL'}")

    @contextmanager
    def _transaction(self, *runs: str) -> Generator[sqlite3.Connection]:
        """All or nothing, about these runs; CannotWriteError where it comes to nothing for the disk or the file."""
        with self._lock.lock:
            for run in runs:
                self._listing.touch(run)
            try:
                self._db.execute("BEGIN IMMEDIATE")
                yield self._db
                self._db.execute("COMMIT")
            except BaseException as error:
                self._db.rollback()
                if is_fault(error):
                    raise CannotWriteError(
                        f"The store {str(self.path)!r} cannot be written: {reason(error)}."
                    ) from error
                raise

    @contextmanager
    def claimed(self, run: str) -> Generator[RunRow]:
        """A run as it stands, for this process alone to train from now on; given back if that cannot begin.

        Of two who claim it at once one gets it. The other hears an InputError that says who trains it.
        """
        with self._transaction(run) as db:
            row = self._claimable(run)
            db.execute("UPDATE runs SET process = ? WHERE id = ?", (self.process, run))
            self._write_progress(db, run, replace(row.progress, state=RunState.READY, message=""))
        try:
            yield row
        except BaseException:
            with self._transaction(run) as db:
                self._write_progress(db, run, row.progress)
            raise

    def _claimable(self, run: str) -> RunRow:
        """The row, unless another process trains it."""
        found = self._db.execute(f"SELECT {LISTED} FROM runs WHERE id = ?", (run,)).fetchone()
        row = row_of(found) if found else self._listing.find(run)
        if row.progress.is_alive and row.process not in ("", self.process):
            raise InputError(f"The run {row.title!r} is trained by {in_words(row.process)}; stop it there first.")
        return row

    def _check_trained_here(self, db: sqlite3.Connection, run: str) -> None:
        """Another process may have thought this one dead, as one that was suspended."""
        found = db.execute("SELECT process FROM runs WHERE id = ?", (run,)).fetchone()
        if found is None:
            raise TakenOverError(f"The run {run!r} was forgotten meanwhile; nothing of it is kept.")
        if found[0] not in ("", self.process):
            raise TakenOverError(f"{in_words(found[0]).capitalize()} has taken {run!r} over; it goes on there.")

    def add(self, row: RunRow) -> None:
        """Register a new run; an InputError if there is one of this name."""
        with self._transaction(row.id) as db:
            self._write_row(db, row)

    def branch(self, row: RunRow, changes: Changes, state: Mapping[str, Tensor]) -> None:
        """Register a run that begins with a history and a checkpoint; an InputError if there is one of this name."""
        checkpoint = packed(state)
        with self._transaction(row.id) as db:
            self._write_row(db, row)
            self._write(db, row.id, row.progress, changes, checkpoint)

    def _write_row(self, db: sqlite3.Connection, row: RunRow) -> None:
        values = columns_of(row)
        try:
            db.execute(
                f"INSERT INTO runs ({','.join(values)}) VALUES ({','.join('?' * len(values))})", [*values.values()]
            )
        except sqlite3.IntegrityError:
            raise InputError(f"There is a run {row.id!r} already; choose another name.") from None

    def add_all(self, runs: Sequence[WholeRun]) -> None:
        """Add runs with all that belongs to them: all of them or none; an InputError where a name is taken."""
        try:
            with self._transaction(*(whole.row.id for whole in runs)) as db:
                write_whole(db, runs)
        except sqlite3.IntegrityError:
            raise InputError(
                "One of these runs is in the store already, or is there twice; nothing was added."
            ) from None

    def whole(self, run: str) -> WholeRun:
        """A run with all that belongs to it, as of one moment."""
        with self._transaction() as db:
            row = self.run(run)
            return WholeRun(row, tables_of(db, row.id))

    def save(self, run: str, progress: Progress, changes: Changes, state: Mapping[str, Tensor]) -> None:
        """All that came in since the last save, with the checkpoint that belongs to it, in one transaction."""
        checkpoint = packed(state)
        with self._transaction(run) as db:
            self._check_trained_here(db, run)
            self._write(db, run, progress, changes, checkpoint)

    def _write(
        self, db: sqlite3.Connection, run: str, progress: Progress, changes: Changes, checkpoint: tuple[bytes, str]
    ) -> None:
        self._write_progress(db, run, progress)
        db.executemany(
            "INSERT OR REPLACE INTO losses VALUES (?,?,?,?,?,?,?)", [(run, *row) for row in changes.losses.tolist()]
        )
        db.executemany(
            "INSERT OR REPLACE INTO evaluations VALUES (?,?,?,?,?,?)",
            [(run, e.step, e.train, e.val, e.seconds, e.time) for e in changes.evaluations],
        )
        if changes.evaluations:
            db.execute(f"{SUM_UP} WHERE id = ?", (run,))
        for observation in changes.observations:
            self._write_observation(db, run, observation)
        for mark in changes.marks:
            self._write_mark(db, run, mark)
        db.execute("INSERT OR REPLACE INTO checkpoints VALUES (?,?,?,?)", (run, progress.step, *checkpoint))

    def _write_observation(self, db: sqlite3.Connection, run: str, observation: Observation) -> None:
        plain = {name: to_plain(reading) for name, reading in observation.readings.items()}
        db.executemany(
            "INSERT OR REPLACE INTO readings VALUES (?,?,?,?)",
            [(run, observation.step, name, as_json(content)) for name, content in plain.items()],
        )
        names = plain.get("samples", {}).get("lines", [])
        db.executemany(
            "INSERT OR REPLACE INTO samples VALUES (?,?,?,?)",
            [(run, observation.step, place, name) for place, name in enumerate(names)],
        )
        if observation.state is not None:
            db.execute(
                "INSERT OR REPLACE INTO snapshots VALUES (?,?,?,?)",
                (run, observation.step, *packed(observation.state)),
            )

    def _write_mark(self, db: sqlite3.Connection, run: str, mark: Mark) -> None:
        """Marks are only added, in the order in which they came."""
        db.execute(
            "INSERT INTO marks SELECT ?, COUNT(*), ?, ?, ? FROM marks WHERE run = ?",
            (run, mark.step, mark.text, as_json(mark.settings), run),
        )

    def mark(self, run: str, mark: Mark, progress: Progress) -> None:
        """A mark on a run that nobody trains now, and what it makes of its progress."""
        with self._transaction(run) as db:
            self._claimable(run)
            self._write_mark(db, run, mark)
            self._write_progress(db, run, progress)

    def rewind(self, run: str, step: int, loss: float, progress: Progress, mark: Mark) -> None:
        """Make a run what it was after a step whose snapshot was kept, whose batch loss it was; all later is forgotten.

        Its checkpoint is that snapshot then, and the mark is its last.
        """
        with self._transaction(run) as db:
            self._claimable(run)
            settle_forks(db, run, step)
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
            db.execute(f"{SUM_UP} WHERE id = ?", (run,))
            self._write_mark(db, run, mark)
            self._write_progress(db, run, progress)

    def beat(self, run: str, progress: Progress) -> None:
        """A sign of life between two saves: state and message, while step and metrics stay with the checkpoint."""
        with self._transaction(run) as db:
            self._check_trained_here(db, run)
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

    def runs(self, deleted: bool = False) -> list[RunRow]:
        """All runs, the newest first; or those that were deleted and can still come back, the latest first."""
        with self._lock:
            return self._listing.deleted() if deleted else self._listing.rows()

    def run(self, run: str) -> RunRow:
        """A run by its id or by the name it was given; an InputError if there is none, or if it was deleted."""
        with self._lock:
            return self._listing.find(run)

    def taken(self) -> set[str]:
        """Every id and every name that a run has, those of deleted runs too."""
        with self._lock:
            return {word for words in self._db.execute("SELECT id, name FROM runs") for word in words if word}

    def describe(self, run: str, name: str, tags: Sequence[str]) -> None:
        """What people say of a run: its name, empty for its id, and its tags."""
        with self._transaction(run) as db:
            db.execute("UPDATE runs SET name = ?, tags = ? WHERE id = ?", (name, as_json(tags), run))

    def put_away(self, run: str) -> None:
        """Delete a run so that it can come back: it is no longer listed, and forgotten after some days."""
        with self._transaction(run) as db:
            db.execute("UPDATE runs SET deleted = ? WHERE id = ?", (time.time(), run))

    def bring_back(self, run: str) -> None:
        """Undo put_away() of a run, by its id or its name; an InputError where there is nothing to undo."""
        with self._transaction() as db:
            found = db.execute(
                "SELECT id FROM runs WHERE (id = ?1 OR (name = ?1 AND name != '')) AND deleted IS NOT NULL", (run,)
            ).fetchone()
            if found:
                self._listing.touch(found[0])
                db.execute("UPDATE runs SET deleted = NULL WHERE id = ?", found)
        if not found:
            raise InputError(f"There is no deleted run {run!r}; after {FORGOTTEN_AFTER:.0f} days they are forgotten.")

    def _forget_deleted(self, before: float) -> None:
        for (run,) in self._db.execute("SELECT id FROM runs WHERE deleted < ?", (before,)).fetchall():
            self.delete(run)
        self.sweeps.forget(before)

    def vacuum(self, forget_deleted: bool = False) -> tuple[int, int]:
        """Give the room of what is gone back to the disk: the file's bytes before and after."""
        before = self.path.stat().st_size
        if forget_deleted:
            self._forget_deleted(math.inf)  # a clock may have been set back since
        with self._lock:
            try:
                self._db.execute("VACUUM")
            except sqlite3.Error as error:
                raise CannotWriteError(f"The store {str(self.path)!r} cannot be packed: {reason(error)}.") from error
        return before, self.path.stat().st_size

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
        known = DataConfig().to_dict()  # an older run says nothing of knobs that came later
        wanted = known | dict(data)
        return min(
            (
                (row.title, row.best_val)
                for row in self.runs()
                if row.best_val is not None and row.id != besides and known | row.config.get("data", {}) == wanted
            ),
            key=lambda found: found[1],
            default=None,
        )

    def observations(self, run: str) -> list[Observation]:
        with self._lock:
            rows = self._db.execute(
                "SELECT step, diagnostic, content FROM readings WHERE run = ? ORDER BY step", (run,)
            )
            by_step: dict[int, dict[str, Any]] = {}
            for step, diagnostic, content in rows:
                by_step.setdefault(step, {})[diagnostic] = from_plain(orjson.loads(content))
        return [Observation(step, readings) for step, readings in by_step.items()]

    def recorder(self, row: RunRow) -> Recorder:
        """All that a run has shown, for whoever looks at it or goes on with it."""
        losses, evaluations = self.losses(row.id), self.evaluations(row.id)
        return Recorder(row.id, row.progress, losses, evaluations, self.observations(row.id), self.marks(row.id))

    def checkpoint(self, run: str) -> dict[str, Tensor] | None:
        """The last state that was saved; None before the first save, an InputError if its bytes were damaged."""
        with self._lock:
            found = self._db.execute("SELECT content, sha256 FROM checkpoints WHERE run = ?", (run,)).fetchone()
        return None if found is None else unpacked(found, f"checkpoint of {run!r}")

    def marks(self, run: str) -> list[Mark]:
        """What happened to a run on its way, in that order."""
        with self._lock:
            rows = self._db.execute("SELECT step, text, settings FROM marks WHERE run = ? ORDER BY place", (run,))
            return [Mark(step, text, orjson.loads(settings)) for step, text, settings in rows]

    def changed_settings(self) -> dict[str, dict[str, Value]]:
        """By run, the settings that it has now and did not begin with; most runs have none."""
        changed: dict[str, dict[str, Value]] = {}
        with self._lock:
            found = self._db.execute("SELECT run, settings FROM marks WHERE settings != '{}' ORDER BY run, place")
            for run, settings in found:
                changed.setdefault(run, {}).update(orjson.loads(settings))
        return changed

    def samples(self, run: str) -> dict[int, list[str]]:
        """The names that a run invented, by the step that they were kept of."""
        by_step: dict[int, list[str]] = {}
        with self._lock:
            found = self._db.execute("SELECT step, name FROM samples WHERE run = ? ORDER BY step, place", (run,))
            for step, name in found:
                by_step.setdefault(step, []).append(name)
        return by_step

    def forks(self) -> dict[str, str]:
        """By run that was forked, what was changed there, in the words of its mark."""
        with self._lock:
            found = self._db.execute(
                "SELECT runs.id, text FROM runs JOIN marks ON marks.run = runs.id AND marks.step = parent_step + 1 "
                "WHERE parent != '' ORDER BY place"
            )
            return {run: text.partition(", ")[2].partition(";")[0] for run, text in found if text.startswith(FORKED)}

    def snapshot_steps(self, run: str) -> list[int]:
        """The steps after which the trainer's state was kept."""
        with self._lock:
            return [step for (step,) in self._db.execute(f"{INHERITED} SELECT step FROM kept ORDER BY step", (run,))]

    def snapshot(self, run: str, step: int) -> dict[str, Tensor] | None:
        """The trainer's state after a step; None if it was not kept, an InputError if its bytes were damaged."""
        with self._lock:
            found = self._db.execute(
                f"{INHERITED} SELECT content, sha256 FROM kept JOIN snapshots USING (run, step) WHERE step = ?",
                (run, step),
            ).fetchone()
        return None if found is None else unpacked(found, f"snapshot of {run!r} at step {step:,}")

    def delete(self, run: str) -> None:
        """Forget a run with all that belongs to it, for good."""
        with self._transaction(run) as db:
            settle_forks(db, run)
            db.execute("UPDATE runs SET parent = '' WHERE parent = ?", (run,))  # what they had of it is theirs now
            for table in TABLES:
                db.execute(f"DELETE FROM {table} WHERE run = ?", (run,))
            db.execute("DELETE FROM runs WHERE id = ?", (run,))
            db.execute("DELETE FROM seals WHERE run = ? AND part != 'sweeps'", (run,))

    def close(self) -> None:
        with self._lock:
            self._db.close()


def _number(value: float | None) -> float:
    return math.nan if value is None else value
