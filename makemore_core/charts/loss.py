"""The loss over the steps: batch losses as a ghost with their mean, val on top, and the yardsticks to beat."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go

from makemore_core.charts.style import GHOST, TRAIN, VAL, figure, step_cursor, steps_axis, yardstick
from makemore_core.training.curve import HIGH, LOW, STEP, STEPS, TOTAL, regridded
from makemore_core.training.recorder import Snapshot

GHOST_POINTS, MEAN_POINTS = 64, 16  # in an octave: about 800 and 240 points at 200,000 steps
FEW = 3  # points that a line alone would not show
HOCKEY_STICK = 6.0  # nats; a curve that starts higher is drawn on a logarithmic axis


def loss_figure(snapshot: Snapshot, yardsticks: Mapping[str, float]) -> go.Figure:
    """Losses in nats against the step on a logarithmic axis. Step n is drawn at n + 1, so that step 0 has a place."""
    ghost, rows = regridded(snapshot.losses, GHOST_POINTS), regridded(snapshot.losses, MEAN_POINTS)
    x, mean = rows[:, STEP] + rows[:, STEPS] / 2 + 0.5, rows[:, TOTAL] / rows[:, STEPS]
    val = np.array([(e.step + 1, e.val) for e in snapshot.evaluations]).reshape(-1, 2)
    edge: dict[str, Any] = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    traces = [
        go.Scatter(x=ghost[:, STEP] + 1, y=ghost[:, HIGH], **edge),
        go.Scatter(x=ghost[:, STEP] + 1, y=ghost[:, LOW], fill="tonexty", fillcolor=GHOST, **edge),
        _curve("train", x, mean, TRAIN),
        _curve("val", val[:, 0], val[:, 1], VAL),
    ]
    lines = [yardstick(value, f"{name} {value:.3f}") for name, value in yardsticks.items()]
    highest = float(np.nanmax(mean, initial=0.0))
    return figure(
        traces,
        f"Loss in nats: <span style='color:{TRAIN}'>train, batch by batch</span>"
        f" and <span style='color:{VAL}'>val</span>",
        shapes=[line for line, _ in lines] + step_cursor(snapshot.at),
        annotations=[_on_scale(label, highest) for _, label in lines],
        xaxis=steps_axis(snapshot.progress.max_steps),
        yaxis=_loss_axis(mean, [*yardsticks.values(), *val[:, 1].tolist()], highest),
    )


def _curve(name: str, x: np.ndarray, y: np.ndarray, color: str) -> go.Scatter:
    hover = f"{name} at step %{{x:,.0f}}<br>%{{y:.4f}}<extra></extra>"
    mode = "lines" if len(x) > FEW else "lines+markers"
    return go.Scatter(x=x, y=y, name=name, mode=mode, line={"color": color, "width": 2}, hovertemplate=hover)


def _loss_axis(mean: np.ndarray, others: list[float], highest: float) -> dict[str, object]:
    """From just below the lowest line to just above the highest mean; logarithmic for a hockey stick."""
    values = [value for value in (*others, *mean.tolist()) if math.isfinite(value)] or [1.0, 4.0]
    low, high = 0.97 * min(values), 1.03 * max(values)
    if highest > HOCKEY_STICK:
        return {"type": "log", "range": [math.log10(low), math.log10(high)], "tickvals": [2, 3, 5, 10, 20, 30, 50]}
    return {"type": "linear", "range": [low, high]}


def _on_scale(label: dict[str, object], highest: float) -> dict[str, object]:
    """Annotations on a logarithmic axis are placed by exponent."""
    return label | {"y": math.log10(float(str(label["y"])))} if highest > HOCKEY_STICK else label
