"""Numbers over the steps: one curve under each name, with the line where they should be."""

from typing import Any, cast

import numpy as np
import plotly.graph_objects as go

from makemore_core.charts.style import LEGEND_BELOW, empty, figure, layer_curve, step_cursor, steps_axis, yardstick
from makemore_core.diagnostics.reading import Scalars
from makemore_core.training.recorder import Snapshot

SMALLEST = 1e-12  # a logarithmic axis has no place for 0


def scalars_figure(
    title: str, snapshot: Snapshot, diagnostic: str, good: tuple[float, str], absent: str = ""
) -> go.Figure:
    """A diagnostic's numbers at the kept steps, on logarithmic axes; `good` is a height and what it means."""
    series = _series(snapshot, diagnostic)
    if snapshot.observations and not series:
        return empty(f"{title} over the steps", absent)
    names = list(series)
    traces = [_curve(name, series[name], layer_curve(i, names)) for i, name in enumerate(names)]
    value, meaning = good
    line, label = yardstick(value, meaning)
    return figure(
        traces,
        f"{title} over the steps",
        shapes=[line, *step_cursor(snapshot.at)],
        annotations=[label | {"y": float(np.log10(value))}],
        showlegend=bool(series),
        legend=LEGEND_BELOW,
        margin={"l": 48, "r": 12, "t": 34, "b": 64},
        xaxis=steps_axis(snapshot.progress.max_steps) | {"title": None},
        yaxis={"type": "log", "range": [-6, 0.3], "dtick": 1, "tickformat": ".0e"},
    )


def _series(snapshot: Snapshot, diagnostic: str) -> dict[str, list[tuple[int, float]]]:
    """Points (step + 1, value) under each name."""
    series: dict[str, list[tuple[int, float]]] = {}
    for observation in snapshot.observations:
        reading = observation.readings.get(diagnostic)
        if reading is None:
            continue
        for name, value in cast("Scalars", reading).values.items():
            series.setdefault(name, []).append((observation.step + 1, value))
    return series


def _curve(name: str, points: list[tuple[int, float]], look: dict[str, Any]) -> go.Scatter:
    return go.Scatter(
        x=[step for step, _ in points],
        y=[max(value, SMALLEST) for _, value in points],
        mode="lines+markers",
        marker={"size": 4},
        hovertemplate=f"{name}<br>step %{{x:,}}<br>%{{y:.1e}}<extra></extra>",
        **look,
    )
