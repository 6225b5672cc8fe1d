"""A sweep in parallel coordinates (Inselberg 1985), as plain numbers: an upright axis for each knob, one for val."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from makemore_core.charts.sweep import ceiling
from makemore_core.charts.sweep_board import Names, in_words, is_sound, shown, yardstick
from makemore_core.knobs import Value
from makemore_core.search.plan import Axis
from makemore_core.search.standing import Standing, Trial

MOST_TICKS = 5
MULTIPLES = (1, 2, 5)


def parallel(standing: Standing, names: Names) -> dict[str, Any]:
    """What parallel.js draws. Places on an axis run from 0 at its lower end to 1; the best val stands on top.

    A trial that has no final val has no place on the last axis: what was stopped early is no result of that length.
    """
    axes = standing.plan.axes
    own, top = yardstick(standing), ceiling(standing)
    vals = [t.val for t in standing.trials if t.state == "finished" and is_sound(t.val)]
    low = min(vals, default=top - 1.0)
    span = max(top - low, 1e-9)
    lines = [_line(trial, axes, names, low, span, trial is own) for trial in standing.trials]
    best = next((line["words"] for line in lines if line["number"] == standing.best), "none has a val yet")
    return {
        "axes": [*(_axis(axis, names) for axis in axes), _val_axis(low, span, bool(vals))],
        "lines": lines,
        "takeaway": f"Parallel coordinates of {len(lines)} trials over each knob and val. Best: {best}.",
    }


def _line(trial: Trial, axes: Sequence[Axis], names: Names, low: float, span: float, is_own: bool) -> dict[str, Any]:
    counts = trial.state == "finished" and is_sound(trial.val)
    share = round(1 - min(1.0, ((trial.val or 0.0) - low) / span), 4) if counts else None
    said = f"trial {trial.number}, {trial.state}: {in_words(trial.values, names)}"
    return {
        "number": trial.number,
        "places": [round(place(axis, trial.values[axis.path]), 4) for axis in axes],
        "val": share,
        "state": trial.state,
        "own": is_own,
        "words": said + (f" → val {trial.val:.4f}" if counts else ""),
    }


def place(axis: Axis, value: Value) -> float:
    """Where a value stands on its axis, between 0 and 1."""
    if axis.options:
        return (axis.options.index(value) + 0.5) / len(axis.options)
    (low, high), now = axis.ends, float(value)
    if axis.log:
        low, high, now = math.log(low), math.log(high), math.log(now)
    return min(1.0, max(0.0, (now - low) / (high - low or 1.0)))


def _axis(axis: Axis, names: Names) -> dict[str, Any]:
    marks = [{"at": round(place(axis, value), 4), "text": shown(value)} for value in axis_ticks(axis)]
    return {"name": names[axis.path], "ticks": marks, "scale": "log" if axis.log else ""}


def axis_ticks(axis: Axis) -> list[Value]:
    """All options; of a range both ends, and round numbers between them that keep apart."""
    if axis.options:
        return list(axis.options)
    low, high = axis.ends
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1) if axis.log else ()
    between = [m * 10.0**p for p in powers for m in MULTIPLES] if axis.log else list(np.linspace(low, high, 5)[1:-1])
    kept = [axis.rounded(low)]
    for tick in map(axis.rounded, between):
        apart = min(abs(place(axis, tick) - place(axis, other)) for other in (*kept, high))
        if low < float(tick) < high and apart >= 1 / (MOST_TICKS + 1):
            kept.append(tick)
    return [*kept, axis.rounded(high)]


def _val_axis(low: float, span: float, is_known: bool) -> dict[str, Any]:
    shares = np.linspace(0, 1, MOST_TICKS)
    ticks = [{"at": round(1 - float(share), 4), "text": f"{low + float(share) * span:.3f}"} for share in shares]
    return {"name": "val", "ticks": ticks if is_known else [], "scale": "best on top"}
