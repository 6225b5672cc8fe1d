"""The loss over the steps: batch losses as a ghost with their mean, val on top, and the yardsticks to beat."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go

from makemore_core.charts.style import GHOST, TRAIN, VAL, figure, yardstick
from makemore_core.training.curve import HIGH, LOW, STEP, STEPS, TOTAL, regridded
from makemore_core.training.recorder import Snapshot

GHOST_POINTS, MEAN_POINTS = 64, 16  # in an octave: about 800 and 240 points at 200,000 steps
HOCKEY_STICK = 6.0  # nats; a curve that starts higher is drawn on a logarithmic axis


def loss_figure(snapshot: Snapshot, yardsticks: Mapping[str, float]) -> go.Figure:
    """Losses in nats against the step on a logarithmic axis. Step n is drawn at n + 1, so that step 0 has a place."""
    ghost, rows = regridded(snapshot.losses, GHOST_POINTS), regridded(snapshot.losses, MEAN_POINTS)
    x, mean = rows[:, STEP] + rows[:, STEPS] / 2 + 0.5, rows[:, TOTAL] / rows[:, STEPS]
    val = np.array([(e.step + 1, e.val) for e in snapshot.evaluations]).reshape(-1, 2)
    hover = "step %{x:,.0f}<br>%{y:.4f}"
    few = "lines+markers" if len(rows) < 3 else "lines"
    line: dict[str, Any] = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    traces = [
        go.Scatter(x=ghost[:, STEP] + 1, y=ghost[:, HIGH], **line),
        go.Scatter(x=ghost[:, STEP] + 1, y=ghost[:, LOW], fill="tonexty", fillcolor=GHOST, **line),
        go.Scatter(x=x, y=mean, mode=few, line={"color": TRAIN, "width": 2}, hovertemplate=f"train {hover}<extra></extra>"),
        go.Scatter(
            x=val[:, 0], y=val[:, 1], mode=few, line={"color": VAL, "width": 2}, hovertemplate=f"val {hover}<extra></extra>"
        ),
    ]
    lines = [yardstick(value, f"{name} {value:.3f}") for name, value in yardsticks.items()]
    highest = float(mean.max()) if len(mean) else 0.0
    return figure(
        traces,
        "Loss in nats: <span style='color:{}'>train, batch by batch</span> and <span style='color:{}'>val</span>".format(
            TRAIN, VAL
        ),
        shapes=[line for line, _ in lines],
        annotations=[_on_scale(label, highest) for _, label in lines],
        xaxis=_steps_axis(snapshot),
        yaxis=_loss_axis(mean, [*yardsticks.values(), *val[:, 1].tolist()], highest),
    )


def _steps_axis(snapshot: Snapshot) -> dict[str, object]:
    last = max(10, snapshot.progress.max_steps)
    return {
        "type": "log",
        "range": [0, math.log10(last + 1)],
        "dtick": 1,
        "title": {"text": "step", "standoff": 4},
        "exponentformat": "none",
        "separatethousands": True,
    }


def _loss_axis(mean: np.ndarray, others: list[float], highest: float) -> dict[str, object]:
    """From just below the lowest line to just above the highest mean; logarithmic for a hockey stick."""
    values = [*others, *(mean.tolist() if len(mean) else [])] or [1.0, 4.0]
    low, high = 0.97 * min(values), 1.03 * max(values)
    if highest > HOCKEY_STICK:
        return {"type": "log", "range": [math.log10(low), math.log10(high)], "tickvals": [2, 3, 5, 10, 20, 30, 50]}
    return {"type": "linear", "range": [low, high]}


def _on_scale(label: dict[str, object], highest: float) -> dict[str, object]:
    """Annotations on a logarithmic axis are placed by exponent."""
    return label | {"y": math.log10(float(str(label["y"])))} if highest > HOCKEY_STICK else label
