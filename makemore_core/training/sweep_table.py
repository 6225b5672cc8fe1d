"""The store's table of sweeps: a plan, and where it stands. What its trials found stands in their runs."""

import time
from dataclasses import dataclass, replace
from typing import Any

import orjson

from makemore_core.errors import InputError
from makemore_core.training.rows import LISTED, STALE_AFTER, RunRow, row_of
from makemore_core.training.schema import as_json
from makemore_core.training.table import Table

COLUMNS = "id, plan, state, message, seconds, created, updated"
BUSY, INTERRUPTED, DELETED = ("running", "stopping"), "interrupted", "deleted"


@dataclass(frozen=True)
class SweepEntry:
    """A row of the table. In the plan stand also the runs that were `adopted`, each with the trial that it was."""

    id: str
    plan: dict[str, Any]
    state: str
    message: str
    seconds: float
    created: float  # seconds since 1970
    updated: float

    @property
    def owner(self) -> str:
        """Who began it, where people are told apart."""
        return self.plan.get("owner", "")

    @property
    def importances(self) -> dict[str, float]:
        """By path; empty before there were enough trials."""
        return self.plan.get("importances", {})

    @property
    def unbegun(self) -> list[dict[str, Any]]:
        """Trials that could not even begin."""
        return self.plan.get("unbegun", [])

    @property
    def kept(self) -> list[dict[str, Any]]:
        """Results of trials as they were when their runs were adopted: what becomes of those runs is no trial's."""
        return list(self.plan.get("kept", {}).values())


class SweepTable(Table):
    """By id; the newest stands first where all are read."""

    def add(self, id: str, plan: dict[str, Any], state: str) -> None:
        now = time.time()
        with self._transaction() as db:
            db.execute(f"INSERT INTO sweeps ({COLUMNS}) VALUES (?,?,?,'',0,?,?)", (id, as_json(plan), state, now, now))

    def write(self, id: str, state: str, message: str, seconds: float) -> None:
        """Where it stands; a sign of life too."""
        with self._transaction() as db:
            db.execute(
                "UPDATE sweeps SET state=?, message=?, seconds=?, updated=? WHERE id=?",
                (state, message, seconds, time.time(), id),
            )

    def take_up(self, id: str) -> bool:
        """Set a sweep to work that no process is at; False where one is. Two who ask at once do not both hear True."""
        with self._transaction() as db:
            return bool(
                db.execute(
                    "UPDATE sweeps SET state = 'running', message = '', updated = ?1 "
                    "WHERE id = ?2 AND (state NOT IN ('running', 'stopping') OR updated < ?3)",
                    (time.time(), id, time.time() - STALE_AFTER),
                ).rowcount
            )

    def beat(self, id: str, seconds: float) -> str:
        """A sign of life; the state that the table has."""
        with self._transaction() as db:
            db.execute("UPDATE sweeps SET seconds = ?, updated = ? WHERE id = ?", (seconds, time.time(), id))
            return db.execute("SELECT state FROM sweeps WHERE id = ?", (id,)).fetchone()[0]

    def ask_to_stop(self, id: str) -> None:
        """What a sweep that is at work in another process hears at its next sign of life."""
        with self._transaction() as db:
            db.execute("UPDATE sweeps SET state = 'stopping' WHERE id = ? AND state = 'running'", (id,))

    def note(self, id: str, what: str, value: Any) -> None:
        """Keep beside the plan what no run tells: `importances`, and the trials that never began, `unbegun`."""
        with self._transaction() as db:
            db.execute(
                "UPDATE sweeps SET plan = json_set(plan, ?, json(?)) WHERE id = ?", (f"$.{what}", as_json(value), id)
            )

    def all(self) -> list[SweepEntry]:
        """The newest first, without those that were deleted."""
        with self._lock:
            found = self._db.execute(f"SELECT {COLUMNS} FROM sweeps ORDER BY created DESC, id").fetchall()
        return [entry for values in found if (entry := _entry(values)).state != DELETED]

    def entry(self, id: str) -> SweepEntry:
        """A sweep by its id, deleted or not; an InputError if there is none."""
        with self._lock:
            found = self._db.execute(f"SELECT {COLUMNS} FROM sweeps WHERE id = ?", (id,)).fetchone()
        if found is None:
            raise InputError(f"There is no sweep {id!r}; `python -m makemore_core sweeps list` shows those there are.")
        return _entry(found)

    def taken(self) -> set[str]:
        with self._lock:
            return {id for (id,) in self._db.execute("SELECT id FROM sweeps")}

    def runs(self, id: str) -> list[RunRow]:
        """The runs of a sweep's trials, in the order in which they began; `trial` stands in those adopted too."""
        with self._lock:
            found = self._db.execute(
                f"SELECT {LISTED}, CASE WHEN sweep = ?1 THEN trial ELSE place.value END FROM runs "
                "LEFT JOIN (SELECT key, value FROM sweeps, json_each(plan, '$.adopted') WHERE sweeps.id = ?1) AS place "
                "ON place.key = runs.id WHERE (sweep = ?1 OR place.key IS NOT NULL) AND deleted IS NULL "
                "ORDER BY runs.created, runs.rowid",
                (id,),
            ).fetchall()
        return [_with_trial(row_of(values[:-1]), values[-1]) for values in found]

    def curves(self, runs: list[str]) -> dict[str, tuple[tuple[int, float], ...]]:
        """(step, val) of every evaluation, by run."""
        curves: dict[str, list[tuple[int, float]]] = {run: [] for run in runs}
        with self._lock:
            for run, step, val in self._db.execute(
                "SELECT run, step, val FROM evaluations WHERE run IN (SELECT value FROM json_each(?)) ORDER BY step",
                (as_json(runs),),
            ):
                curves[run].append((step, float("nan") if val is None else val))
        return {run: tuple(curve) for run, curve in curves.items()}

    def stamp(self, id: str) -> tuple[object, ...]:
        """Changes whenever anything does that the store knows of a sweep, or when somebody has fallen silent."""
        with self._lock:
            return self._db.execute(
                "SELECT updated, state, updated < ?1, (SELECT COUNT(*) || ' ' || MAX(updated) || ' ' || "
                "SUM(updated < ?1) FROM runs WHERE sweep = sweeps.id AND deleted IS NULL) FROM sweeps WHERE id = ?2",
                (time.time() - STALE_AFTER, id),
            ).fetchone()

    def adopt(self, id: str, run: str, trial: int, tags: tuple[str, ...], result: dict[str, Any] | None) -> None:
        """Make a trial's run an ordinary one. The sweep goes on counting it: by its result, where there is one."""
        with self._transaction(run) as db:
            db.execute("UPDATE runs SET sweep = '', trial = NULL, tags = ? WHERE id = ?", (as_json(tags), run))
            db.execute(
                "UPDATE sweeps SET plan = json_set(plan, '$.adopted', json_patch("
                "COALESCE(json_extract(plan, '$.adopted'), '{}'), json_object(?, ?))), updated = ? WHERE id = ?",
                (run, trial, time.time(), id),
            )
            if result:
                db.execute(
                    "UPDATE sweeps SET plan = json_set(plan, ?, json(?)) WHERE id = ?",
                    (f'$.kept."{trial}"', as_json(result), id),
                )

    def _runs(self, id: str) -> list[str]:
        """Those of its trials, deleted or not."""
        with self._lock:
            return [run for (run,) in self._db.execute("SELECT id FROM runs WHERE sweep = ?", (id,))]

    def put_away(self, id: str) -> None:
        """Delete a sweep with the runs of its trials so that they can come back."""
        now = time.time()
        with self._transaction(*self._runs(id)) as db:
            db.execute("UPDATE runs SET deleted = ? WHERE sweep = ? AND deleted IS NULL", (now, id))
            db.execute("UPDATE sweeps SET state = ?, updated = ? WHERE id = ?", (DELETED, now, id))

    def bring_back(self, id: str, state: str) -> None:
        """Undo put_away(), with the runs that went with it."""
        with self._transaction(*self._runs(id)) as db:
            db.execute(
                "UPDATE runs SET deleted = NULL WHERE sweep = ?1 "
                "AND deleted = (SELECT updated FROM sweeps WHERE id = ?1)",
                (id,),
            )
            db.execute("UPDATE sweeps SET state = ?, updated = ? WHERE id = ?", (state, time.time(), id))

    def forget(self, before: float) -> None:
        """Forget for good the sweeps that were deleted before a moment, in seconds since 1970."""
        with self._transaction() as db:
            gone = db.execute("SELECT id FROM sweeps WHERE state = ? AND updated < ?", (DELETED, before)).fetchall()
            db.executemany("DELETE FROM sweeps WHERE id = ?", gone)
            db.executemany("DELETE FROM seals WHERE run = ? AND part = 'sweeps'", gone)


def _entry(values: tuple[Any, ...]) -> SweepEntry:
    """One that is at work, by its state, but gave no sign of life was interrupted."""
    id, plan, state, message, seconds, created, updated = values
    if state in BUSY and time.time() - updated > STALE_AFTER:
        state = INTERRUPTED
    return SweepEntry(id, orjson.loads(plan), state, message, seconds, created, updated)


def _with_trial(row: RunRow, trial: int) -> RunRow:
    return replace(row, trial=trial)
