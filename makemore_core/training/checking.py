"""Whether all that a store holds can be right, and what is mended of what is not.

SQLite checks its pages, SHA-256 the checkpoints, seals the other rows; then what a run's parts say of each other.
"""

import sqlite3
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson
import safetensors
import torch
from torch import Tensor

from makemore_core.config import RunConfig
from makemore_core.diagnostics.reading import from_plain
from makemore_core.errors import InputError
from makemore_core.models import ModelConfig
from makemore_core.training.faults import is_damage, is_read_only, reason
from makemore_core.training.marks import Mark, config_after
from makemore_core.training.recorder import RunState
from makemore_core.training.rows import LISTED, RunRow, row_of
from makemore_core.training.salvage import salvage
from makemore_core.training.schema import TABLES, VERSION, columns_of, columns_of_a_new_store, unpacked, version_of
from makemore_core.training.seals import OF_RUN, OF_SWEEP, SEALED, broken_seals, know_seals, seal_anew
from makemore_core.training.spacing import BUCKETS, spacing
from makemore_core.training.store import RunStore

Report = Callable[[float, str], None]
Mend = Callable[[RunStore, sqlite3.Connection], str]
MISMATCHED = (ValueError, TypeError, LookupError, AttributeError, OverflowError)
TRAINER = {"step", "optimizer_steps", "generator"}


@dataclass(frozen=True)
class Fault:
    """What is wrong, with which run (empty: with the store itself), and what was done about it."""

    run: str
    what: str
    mended: str = ""


@dataclass(frozen=True)
class _Found:
    run: str
    what: str
    mend: Mend | None = None


def check(store: Path, report: Report = lambda share, words: None) -> list[Fault]:
    """All that is wrong with a store; nothing is written."""
    broken = _file_faults(store)
    return broken or [Fault(found.run, found.what) for found in _all_found(store, report)]


def repair(store: Path, report: Report = lambda share, words: None) -> list[Fault]:
    """Mend what can be mended; what was wrong, and what was done. Nobody may train on the store meanwhile."""
    mended = _file_faults(store)
    if mended:
        kept = salvage(store)
        where = f"What can be read is in a new file; the old one is {kept.name}."
        mended = [replace(fault, mended=where) for fault in mended]
    found = _all_found(store, report)
    with closing(RunStore(store)) as runs, closing(_connected(store)) as db:
        for fault in found:
            mended.append(Fault(fault.run, fault.what, fault.mend(runs, db) if fault.mend else ""))
        if found:
            with _one_moment(db):
                _make_texts_of_them(db)
                seal_anew(db)
    return mended


def _file_faults(store: Path) -> list[Fault]:
    """Whether SQLite can read the file at all, and all of its pages."""
    try:
        with closing(_connected(store)) as db:
            found = [line for (line,) in db.execute("PRAGMA integrity_check(20)")]
            if found != ["ok"]:
                return [Fault("", f"SQLite finds the file damaged: {line}.") for line in found]
            is_newer = version_of(db) > VERSION
        _open(store, is_newer)
        with closing(_connected(store)) as db:
            if columns_of(db) != columns_of_a_new_store():
                return [Fault("", "The names of its tables or columns are not those that it was made with.")]
    except (sqlite3.Error, UnicodeDecodeError) as error:
        if is_damage(error):
            return [Fault("", f"The file cannot be read: {reason(error)}.")]
        raise InputError(f"The store {str(store)!r} cannot be checked now: {reason(error)}.") from error
    return []


def _open(store: Path, is_newer: bool) -> None:
    """As everybody does; the error is SQLite's own, but for a newer store, which is nobody's to mend."""
    try:
        RunStore(store).close()
    except InputError as error:
        if is_newer or error.__cause__ is None:
            raise
        raise error.__cause__ from None


def _connected(store: Path) -> sqlite3.Connection:
    if not store.exists():
        raise InputError(f"There is no store at {str(store)!r}; set MAKEMORE_STORE to one.")
    mode = "ro" if is_read_only(store) else "rw"
    db = sqlite3.connect(f"{store.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None, timeout=10.0)
    db.text_factory = _as_text
    know_seals(db)
    return db


def _as_text(content: bytes) -> str:
    """Also of what is none any more."""
    return content.decode("utf-8", "replace")


def _make_texts_of_them(db: sqlite3.Connection) -> None:
    """Texts whose bytes are none, so that they can be read: what cannot be is marked in them."""
    db.create_function("as_text", 1, _as_text_if_any, deterministic=True)
    for table in SEALED:
        for _, column, kind, *_ in db.execute(f"PRAGMA table_info({table})").fetchall():
            content = f"CAST({column} AS BLOB)"
            text = f"as_text({content})"
            if kind == "TEXT":
                db.execute(f"UPDATE OR IGNORE {table} SET {column} = {text} WHERE CAST({text} AS BLOB) != {content}")


def _as_text_if_any(content: bytes | None) -> str | None:
    return None if content is None else _as_text(content)


def _all_found(store: Path, report: Report) -> list[_Found]:
    with closing(_connected(store)) as db:
        found = [*_strangers(db)]
        runs = db.execute(f"SELECT {LISTED} FROM runs ORDER BY created").fetchall()
        for i, values in enumerate(runs):
            report(i / len(runs), f"{values[0]}: run {i + 1:,} of {len(runs):,}")
            found += _of_run(db, values)
        found += _of_sweeps(db)
    report(1.0, f"{len(runs):,} runs")
    return found


def _strangers(db: sqlite3.Connection) -> Iterator[_Found]:
    """Rows that belong to nobody."""
    for table in TABLES:
        for (run,) in db.execute(f"SELECT DISTINCT run FROM {table} WHERE run NOT IN (SELECT id FROM runs)").fetchall():
            query = f"DELETE FROM {table} WHERE run = ?"
            yield _Found(run, f"There are {table} of a run that is not there.", _said(query, (run,), "They are gone."))
    for run, what in (("runs.parent", "parent"), ("runs.sweep", "sweep")):
        table = {"parent": "runs", "sweep": "sweeps"}[what]
        query = f"SELECT id, {run} FROM runs WHERE {run} != '' AND {run} NOT IN (SELECT id FROM {table})"
        for id, missing in db.execute(query).fetchall():
            yield _Found(
                id,
                f"Its {what} {missing!r} is not there.",
                _said(f"UPDATE runs SET {what} = '' WHERE id = ?", (id,), "It stands alone now."),
            )


def _broken(db: sqlite3.Connection, id: str, tables: Sequence[str]) -> Iterator[_Found]:
    for table in broken_seals(db, id, tables):
        what = f"Its {table} are not those that were written."
        yield _Found(id, what, lambda store, db: "They stay as they are; do not rely on them.")


def _of_run(db: sqlite3.Connection, values: Sequence[Any]) -> Iterator[_Found]:
    """The run of this row, as of one moment: it may be training."""
    run = values[0]
    try:
        row = row_of(values)
        marks = _marks(db, run)
        config = config_after(RunConfig.from_dict(row.config), marks)
        shapes = shapes_of(config.model, row.dataset["vocab"])
    except MISMATCHED as error:
        yield _Found(run, f"Its settings cannot be read ({error}); delete it.")
        return
    with _one_moment(db):
        row = row_of(db.execute(f"SELECT {LISTED} FROM runs WHERE id = ?", (run,)).fetchone())
        yield from _broken(db, run, OF_RUN)
        yield from _looks(db, row)
        yield from _weights(db, row, shapes)


@contextmanager
def _one_moment(db: sqlite3.Connection) -> Generator[None]:
    """Others may write meanwhile; what is read here belongs together."""
    db.execute("BEGIN")
    with db:
        yield


def _marks(db: sqlite3.Connection, run: str) -> list[Mark]:
    found = db.execute("SELECT step, text, settings FROM marks WHERE run = ? ORDER BY place", (run,))
    return [Mark(step, text, orjson.loads(settings)) for step, text, settings in found]


@lru_cache(maxsize=64)
def shapes_of(config: ModelConfig, vocab_size: int) -> dict[str, tuple[int, ...]]:
    """What a net's state consists of, without a number of it being drawn."""
    with torch.device("meta"):
        model = config.build(vocab_size, torch.Generator())
    return {f"model.{name}": tuple(tensor.shape) for name, tensor in model.state().items()}


def _looks(db: sqlite3.Connection, row: RunRow) -> Iterator[_Found]:
    """Evaluations and readings: none beyond the run's step, each a reading."""
    last = row.progress.step + (row.progress.state == RunState.DIVERGED)
    for table, end in (("evaluations", last), ("readings", last - 1), ("samples", last - 1)):
        where = f"FROM {table} WHERE run = ? AND step > ?"
        if db.execute(f"SELECT 1 {where} LIMIT 1", (row.id, end)).fetchone():
            yield _Found(
                row.id,
                f"There are {table} of steps after its last, {row.progress.step:,}.",
                _said(f"DELETE {where}", (row.id, end), "They are gone."),
            )
    for step, diagnostic, content in db.execute(
        "SELECT step, diagnostic, content FROM readings WHERE run = ?", (row.id,)
    ).fetchall():
        try:
            from_plain(orjson.loads(content))
        except MISMATCHED:
            query = "DELETE FROM readings WHERE run = ? AND step = ? AND diagnostic = ?"
            yield _Found(
                row.id,
                f"The reading of {diagnostic} at step {step:,} is none.",
                _said(query, (row.id, step, diagnostic), "It is gone."),
            )


def _weights(db: sqlite3.Connection, row: RunRow, shapes: dict[str, tuple[int, ...]]) -> Iterator[_Found]:
    """Snapshots and the checkpoint by their SHA-256, their shapes and their step; then the curve up to there."""
    run, sound = row.id, list[int]()
    for (step,) in db.execute("SELECT step FROM snapshots WHERE run = ? ORDER BY step", (run,)).fetchall():
        found = db.execute("SELECT content, sha256 FROM snapshots WHERE run = ? AND step = ?", (run, step)).fetchone()
        fault, state = _fault_of_state(found, shapes, step + 1)
        if fault:
            drop = _said("DELETE FROM snapshots WHERE run = ? AND step = ?", (run, step), "It is gone.")
            yield _Found(run, f"The snapshot of step {step:,} {fault}.", drop)
        elif state.keys() >= TRAINER:
            sound.append(step)
    found = db.execute("SELECT content, sha256, step FROM checkpoints WHERE run = ?", (run,)).fetchone()
    has_run_off = row.progress.state == RunState.DIVERGED
    fault, state = _fault_of_state(found[:2], shapes, None if has_run_off else found[2]) if found else ("", {})
    if not fault and (found[2] if found else 0) != row.progress.step:
        fault = f"is of step {found[2] if found else 0:,}, and the run says {row.progress.step:,}"
    whole = _whole_until(db, run)
    if fault:
        yield _Found(run, f"The checkpoint {fault}.", _going_back(row, [step for step in sound if step < whole]))
    elif whole != row.progress.step + has_run_off:
        what = f"The losses go up to step {whole:,} without a gap, and the run says {row.progress.step:,}."
        yield _Found(run, what, _going_back(row, [step for step in sound if step < whole]))


def _fault_of_state(
    found: tuple[bytes, str], shapes: dict[str, tuple[int, ...]], number: int | None
) -> tuple[str, dict[str, Tensor]]:
    """What is wrong with a trainer's state that should be of that many steps; and the state."""
    try:
        state = unpacked(found, "state")
    except InputError:
        return "is damaged (SHA-256 differs)", {}
    except (safetensors.SafetensorError, *MISMATCHED):
        return "is no safetensors file", {}
    mine = {name: tuple(tensor.shape) for name, tensor in state.items() if name.startswith("model.")}
    if mine != shapes or (len(mine) < len(state) and not state.keys() >= TRAINER):
        return "is of another net than its settings say", state
    if number is not None and "step" in state and int(state["step"].item()) != number:
        return f"is of {int(state['step'].item()):,} steps and not of {number:,}", state
    return "", state


def _whole_until(db: sqlite3.Connection, run: str) -> int:
    """Up to which step the losses have every step once.

    A run that went back to the middle of a bucket of the curve lacks the steps of that bucket, and those alone.
    """
    end = 0
    for step, steps in db.execute("SELECT step, steps FROM losses WHERE run = ? ORDER BY step", (run,)):
        if step < end or step - step % spacing(step, BUCKETS) > end or steps < 1:
            return end
        end = step + steps
    return end


def _said(query: str, values: tuple[Any, ...], words: str) -> Mend:
    def mend(store: RunStore, db: sqlite3.Connection) -> str:
        db.execute(query, values)
        return words

    return mend


def _going_back(row: RunRow, kept: list[int]) -> Mend:
    """To the last sound snapshot, as a rewind does; without one, to the beginning."""

    def mend(store: RunStore, db: sqlite3.Connection) -> str:
        for step in sorted(kept, reverse=True):
            loss = _loss_at(db, row.id, step)
            if loss is not None:
                progress = replace(row.progress, state=RunState.STOPPED, message="", step=step + 1)
                store.rewind(row.id, step, loss, progress, Mark(step + 1, "went back to its last sound snapshot"))
                return f"It is back after step {step:,}, its last sound snapshot, and can go on from there."
        for table in TABLES:
            db.execute(f"DELETE FROM {table} WHERE run = ?", (row.id,))
        db.execute(
            "UPDATE runs SET state = ?, message = '', step = 0, seconds = 0, train = NULL, val = NULL, best_val = NULL "
            "WHERE id = ?",
            (RunState.STOPPED, row.id),
        )
        return "It is back at its beginning, because no snapshot of it is sound."

    return mend


def _loss_at(db: sqlite3.Connection, run: str, step: int) -> float | None:
    """The batch loss that was read there."""
    found = db.execute(
        "SELECT content FROM readings WHERE run = ? AND step = ? AND diagnostic = 'loss'", (run, step)
    ).fetchone()
    try:
        return float(orjson.loads(found[0])["values"]["batch loss"])
    except MISMATCHED:
        return None


def _of_sweeps(db: sqlite3.Connection) -> Iterator[_Found]:
    for id, plan in db.execute("SELECT id, plan FROM sweeps").fetchall():
        with _one_moment(db):
            yield from _broken(db, id, OF_SWEEP)
        try:
            orjson.loads(plan)
        except MISMATCHED:
            yield _Found(id, "The sweep's plan cannot be read; begin another.")
