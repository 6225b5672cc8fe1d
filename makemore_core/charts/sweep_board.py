"""Who stands where in a sweep: its trials from the best on, beside the settings that it began from."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard

from makemore_core.knobs import Value
from makemore_core.search.standing import Standing, Trial

OWN = "your settings"  # what the yardstick is called
MOST_LISTED = 100  # trials in the leaderboard
OVER = ("finished", "pruned", "failed", "stopped")
Names = Mapping[str, str]  # what a knob is called on the screen, by its path


def finished(standing: Standing) -> list[Trial]:
    """The trials that came to their end with a val, in nats, the best first; equal ones as they were tried."""
    done = [trial for trial in standing.trials if trial.state == "finished" and is_sound(trial.val)]
    return sorted(done, key=lambda trial: (trial.val or 0.0, trial.number))


def is_sound(val: float | None) -> TypeGuard[float]:
    """Whether there is a val that is a number."""
    return val is not None and math.isfinite(val)


def ranked(standing: Standing) -> list[Trial]:
    """All trials that are over: finished ones from the best on, then pruned and stopped ones from the longest on."""
    best = finished(standing)
    known = {trial.number for trial in best}
    rest = [trial for trial in standing.trials if trial.state in OVER and trial.number not in known]
    return best + sorted(rest, key=lambda trial: (OVER.index(trial.state), -trial.step, trial.number))


def yardstick(standing: Standing) -> Trial | None:
    """The trial with the settings that the sweep began from; None where it was not tried."""
    own = standing.plan.own_values
    return next((trial for trial in standing.trials if own and trial.values == own), None)


def beside_yardstick(standing: Standing, trial: Trial) -> float | None:
    """How many nats the val of a finished trial lies above that of the yardstick; None for the yardstick itself."""
    own = yardstick(standing)
    if own is None or own is trial or own.state != "finished" or trial.state != "finished":
        return None
    return trial.val - own.val if trial.val is not None and own.val is not None else None


def shown(value: Value) -> str:
    """A setting as it is read in a table: whole numbers with thousands separated, others in three digits."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:.3g}" if isinstance(value, float) else value


def in_words(values: Mapping[str, Value], names: Names) -> str:
    """`Learning rate 0.31, Hidden neurons 200`."""
    return ", ".join(f"{names[path]} {shown(value)}" for path, value in values.items())


def board(standing: Standing, names: Names, own_name: str = OWN) -> dict[str, Any]:
    """The leaderboard as plain values: a head, and a row for each of the best trials and for the yardstick."""
    order, own = ranked(standing), yardstick(standing)
    listed = order[:MOST_LISTED]
    if own in order[MOST_LISTED:]:
        listed.append(own)
    paths = [axis.path for axis in standing.plan.axes]
    places = {trial.number: place for place, trial in enumerate(finished(standing), start=1)}
    rows = [
        _row(
            trial, paths, places.get(trial.number), beside_yardstick(standing, trial), own_name if trial is own else ""
        )
        for trial in listed
    ]
    left_out = len(order) - len(listed)
    last = f"and {left_out:,} more" if left_out else "" if rows else "The first trial is on its way."
    head = ["val", "against it" if own else "", *(names[path] for path in paths), "trial"]
    return {"head": head, "rows": rows, "last": last}


def _row(trial: Trial, paths: Sequence[str], place: int | None, apart: float | None, own_name: str) -> dict[str, Any]:
    spread = f" ± {trial.spread:.3f}" if trial.spread is not None else ""
    return {
        "number": trial.number,
        "place": place,
        "val": f"{trial.val:.4f}{spread}" if is_sound(trial.val) else "–",
        "apart": "" if apart is None else signed(apart),
        "values": [shown(trial.values[path]) for path in paths],
        "note": own_name or (f"{trial.state} at {trial.step:,}" if place is None else str(trial.number)),
        "state": trial.state,
        "own": bool(own_name),
    }


def signed(difference: float) -> str:
    """`+0.012` or `−0.012`, with a minus as wide as the plus."""
    return f"{difference:+.3f}".replace("-", "−")
