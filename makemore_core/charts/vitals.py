"""How a server was in the last minutes: its memory above, the steps of all runs together below."""

from collections.abc import Sequence

import plotly.graph_objects as go

from makemore_core.charts.style import ACCENT, PLAIN, empty, figure, round_up
from makemore_core.charts.takeaway import courses
from makemore_core.vitals import EVERY, KEPT, LONGEST_GAP, Vitals

TITLE = "The last ten minutes"
MEMORY, SPEED = "memory in MB", "steps a second of all runs"
GROUND, GAP = 0.42, 0.58  # where the curve below ends, and the one above begins
SPAN = EVERY * KEPT / 60  # minutes


def vitals_figure(readings: Sequence[Vitals]) -> go.Figure:
    """Two curves over the minutes until now; broken where nobody looked."""
    if not readings:
        return empty(TITLE, "The first reading is on its way.")
    now = readings[-1].time
    minutes, memory, speed = [], [], []
    for before, reading in zip((readings[0], *readings), readings, strict=False):
        if reading.time - before.time > LONGEST_GAP:
            minutes, memory, speed = [*minutes, None], [*memory, None], [*speed, None]
        minutes.append((reading.time - now) / 60)
        memory.append(reading.memory / 1e6)
        speed.append(reading.steps_per_second)
    return figure(
        [
            _curve(minutes, memory, PLAIN, MEMORY),
            _curve(minutes, speed, ACCENT, SPEED) | {"yaxis": "y2"},
        ],
        TITLE,
        courses(
            (
                (MEMORY, [reading.memory / 1e6 for reading in readings]),
                (SPEED, [reading.steps_per_second for reading in readings]),
            ),
            ",.0f",
        ),
        annotations=[_above(1, MEMORY), _above(GROUND, SPEED)],
        xaxis={
            "range": [-SPAN, 0],
            "title": {"text": "minutes", "standoff": 4},
            "anchor": "y2",
            "ticklabelstandoff": 3,
        },
        yaxis={"domain": [GAP, 1], **_from_zero([reading.memory / 1e6 for reading in readings])},
        yaxis2={"domain": [0, GROUND], **_from_zero([reading.steps_per_second for reading in readings])},
    )


def _curve(x: list[float | None], y: list[float | None], color: str, name: str) -> dict[str, object]:
    line = {"color": color, "width": 2}
    return {
        "type": "scatter",
        "mode": "lines",
        "x": x,
        "y": y,
        "line": line,
        "name": name,
        "hovertemplate": f"{name}: %{{y:,.0f}}<extra></extra>",
    }


def _above(top: float, text: str) -> dict[str, object]:
    """The name of one of the two, over its right end."""
    place = {"xref": "paper", "yref": "paper", "x": 1, "xanchor": "right", "y": top, "yanchor": "bottom"}
    return {"text": text, "showarrow": False, "font": {"size": 11}, **place}


def _from_zero(values: Sequence[float]) -> dict[str, object]:
    """An axis that does not creep."""
    return {"range": [0, round_up(max(1.0, *values) * 1.05)], "nticks": 4, "exponentformat": "none"}
