"""How a run is told from the others in a chart: a colour for its whole life, and a dash where two share a colour.

Neighbours in time never share one: the colour is the run's number in its store, and others that are deleted leave it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from makemore_core.training.rows import RunRow

COLORS = ("#2d6aaf", "#c93102", "#5b9278", "#876250", "#3e96f6", "#aa3789", "#9151ed", "#8a943e")
DASHES = ("solid", "dash", "dot", "dashdot")
SYMBOLS = ("circle", "diamond", "square", "cross")


@dataclass(frozen=True)
class Look:
    """A colour, the dash of lines and the symbol of points, in plotly's words."""

    color: str
    dash: str = DASHES[0]
    symbol: str = SYMBOLS[0]


def color_of(row: RunRow) -> str:
    """One of eight, the same wherever and whenever the run is shown."""
    return COLORS[(row.number - 1) % len(COLORS)]


def looks(rows: Sequence[RunRow]) -> dict[str, Look]:
    """By id: of those that share a colour, the oldest has the plain line."""
    shared: dict[str, int] = {}
    found: dict[str, Look] = {}
    for row in sorted(rows, key=lambda row: row.number):
        color = color_of(row)
        place = shared.get(color, 0) % len(DASHES)
        found[row.id] = Look(color, DASHES[place], SYMBOLS[place])
        shared[color] = shared.get(color, 0) + 1
    return found
