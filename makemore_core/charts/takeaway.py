"""What a chart says, in words for those who hear it: the phrases that charts of one kind share."""

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

NOTHING = "Nothing was measured yet."


def course(name: str, values: Iterable[float], spell: str = ".4g") -> str:
    """How a curve went, from its first number to its last."""
    finite = [float(value) for value in values if math.isfinite(value)]
    if not finite:
        return f"{name} has no number yet"
    first, last = (format(value, spell) for value in (finite[0], finite[-1]))
    if first == last:
        return f"{name} is {last}"
    return f"{name} {'fell' if finite[-1] < finite[0] else 'rose'} from {first} to {last}"


def courses(curves: Iterable[tuple[str, Iterable[float]]], spell: str = ".4g") -> str:
    """How all curves of a chart went; of many the first and the last."""
    return sentence(course(name, values, spell) for name, values in ends(list(curves)))


def ends(items: Sequence[Any], most: int = 4) -> list[Any]:
    """All of a few, of many the first two and the last two."""
    return list(items) if len(items) <= most else [*items[: most // 2], *items[-(most // 2) :]]


def leaders(names: Sequence[str], values: Iterable[float], spell: str = ".1%", most: int = 3) -> str:
    """The largest of a chart's bars, the largest first."""
    pairs = [(name, float(value)) for name, value in zip(names, values, strict=True) if math.isfinite(value)]
    if not pairs:
        return NOTHING
    first = sorted(pairs, key=lambda pair: -pair[1])[:most]
    words = ", ".join(f"{name} {format(value, spell)}" for name, value in first)
    return f"Largest of {len(pairs):,}: {words}." if len(pairs) > most else f"{words}."


def extremes(table: NDArray[Any], rows: Sequence[str] = (), columns: Sequence[str] = (), spell: str = ".3g") -> str:
    """Where a table (R, C) is lowest and where it is highest; rows and columns without names are numbered."""
    if not np.isfinite(table).any():
        return NOTHING
    low, high = (_cell(table, int(find(table)), rows, columns, spell) for find in (np.nanargmin, np.nanargmax))
    shape = " by ".join(f"{n:,}" for n in table.shape)
    return f"{shape} numbers, from {low} to {high}." if low != high else f"{shape} numbers, {low}."


def _cell(table: NDArray[Any], place: int, rows: Sequence[str], columns: Sequence[str], spell: str) -> str:
    i, j = divmod(place, table.shape[1])
    row, column = rows[i] if i < len(rows) else f"row {i}", columns[j] if j < len(columns) else f"column {j}"
    return f"{format(float(table[i, j]), spell)} ({', '.join(([row] if len(table) > 1 else []) + [column])})"


def sentence(parts: Iterable[str]) -> str:
    """Several phrases as one sentence."""
    words = "; ".join(parts)
    return f"{words}." if words else NOTHING
