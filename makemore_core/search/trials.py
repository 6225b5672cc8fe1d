"""Trials as their runs tell them: a setting's state, its mean loss over the seeds, its curve."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import groupby
from statistics import fmean, stdev
from typing import Any

from makemore_core.knobs import Value
from makemore_core.search.plan import SweepPlan
from makemore_core.search.standing import Trial, TrialState
from makemore_core.training.recorder import RunState
from makemore_core.training.rows import RunRow

PRUNED = "pruned"  # the tag of a run that was given up
RAN_OFF = (RunState.DIVERGED, RunState.FAILED)
Curve = tuple[tuple[int, float], ...]


def trials_of(plan: SweepPlan, rows: Sequence[RunRow], curves: Mapping[str, Curve]) -> tuple[Trial, ...]:
    """The trials whose runs these are, by number."""
    by_trial = groupby(sorted(rows, key=_number), key=_number)
    return tuple(trial_of(plan, number, list(runs), curves) for number, runs in by_trial)


def unbegun_trials(documents: Sequence[Mapping[str, Any]]) -> tuple[Trial, ...]:
    """Trials that could not even begin, as the store keeps them: they have no runs to tell of them."""
    return tuple(Trial(d["number"], d["values"], TrialState.FAILED, message=d["message"]) for d in documents)


def unbegun_document(trial: Trial) -> dict[str, Any]:
    """What unbegun_trials() reads."""
    return {"number": trial.number, "values": trial.values, "message": trial.message}


def all_trials(
    plan: SweepPlan, rows: Sequence[RunRow], curves: Mapping[str, Curve], fixed: Sequence[Trial]
) -> tuple[Trial, ...]:
    """The trials of a sweep by number: some are known for good, the others as their runs stand now."""
    known = {trial.number for trial in fixed}
    told = trials_of(plan, [row for row in rows if row.trial not in known], curves)
    return tuple(sorted((*told, *fixed), key=lambda trial: trial.number))


def kept_trials(documents: Sequence[Mapping[str, Any]]) -> tuple[Trial, ...]:
    """Trials whose runs were adopted, as they stood then."""
    return tuple(map(_kept_trial, documents))


def _kept_trial(document: Mapping[str, Any]) -> Trial:
    lists: dict[str, Any] = {
        "runs": tuple(document["runs"]),
        "curve": tuple((step, _number_of(val)) for step, val in document["curve"]),
    }
    return Trial(**{**document, **lists})


def kept_document(trial: Trial) -> dict[str, Any]:
    """What kept_trials() reads."""
    return asdict(trial)


def trial_of(plan: SweepPlan, number: int, rows: Sequence[RunRow], curves: Mapping[str, Curve]) -> Trial:
    """One trial: `rows` are its runs, one for each seed that has begun."""
    measured = [row for row in rows if row.val is not None or _ran_off(row) or row.progress.state == RunState.FINISHED]
    vals = [row.val for row in measured if row.val is not None and math.isfinite(row.val)]
    is_sound = 0 < len(vals) == len(measured)
    return Trial(
        number,
        {axis.path: _value(rows[0].config, axis.path) for axis in plan.axes},
        state_of(plan, rows),
        fmean(vals) if is_sound else None,
        stdev(vals) if is_sound and len(vals) > 1 else None,
        tuple(row.id for row in rows),
        min(row.progress.step for row in rows),
        sum(row.progress.seconds for row in rows),
        mean_curve([curves[row.id] for row in rows]),
        _why(rows),
    )


def state_of(plan: SweepPlan, rows: Sequence[RunRow]) -> TrialState:
    """What became of a trial: given up, ran off, at its end with all seeds, still at it, or stopped before."""
    states = [row.progress.state for row in rows]
    if _is_pruned(rows):
        return TrialState.PRUNED
    if any(map(_ran_off, rows)):
        return TrialState.FAILED
    if len(rows) >= plan.seeds and all(state == RunState.FINISHED for state in states):
        return TrialState.FINISHED
    if all(state == RunState.READY for state in states):
        return TrialState.WAITING
    return TrialState.RUNNING if any(row.progress.is_alive for row in rows) else TrialState.STOPPED


def mean_curve(curves: Sequence[Curve]) -> Curve:
    """The mean over the seeds at each step at which any of them was evaluated."""
    if len(curves) == 1:
        return curves[0]
    by_step: dict[int, list[float]] = {}
    for curve in curves:
        for step, val in curve:
            by_step.setdefault(step, []).append(val)
    return tuple((step, fmean(vals)) for step, vals in sorted(by_step.items()))


def best_of(trials: Sequence[Trial]) -> int | None:
    """The number of the trial with the lowest loss of val at its end."""
    ended = [t for t in trials if t.state == TrialState.FINISHED and t.val is not None]
    return min(ended, key=lambda t: t.val or 0.0).number if ended else None


def _value(config: Mapping[str, Any], path: str) -> Value:
    """A setting of a run, straight from what the store keeps: a sweep may have a thousand trials."""
    part, _, name = path.rpartition(".")
    value = (config[part] if part else config)[name]
    return value["name"] if isinstance(value, Mapping) else value


def _why(rows: Sequence[RunRow]) -> str:
    given_up = f"Given up after {min(row.progress.step for row in rows):,} steps." if _is_pruned(rows) else ""
    return given_up or next((row.progress.message for row in rows if _ran_off(row)), "")


def _ran_off(row: RunRow) -> bool:
    return row.progress.state in RAN_OFF


def _is_pruned(rows: Sequence[RunRow]) -> bool:
    return any(PRUNED in row.tags for row in rows)


def _number_of(val: float | None) -> float:
    """JSON has no word for a loss that is no number."""
    return math.nan if val is None else val


def _number(row: RunRow) -> int:
    assert row.trial is not None
    return row.trial
