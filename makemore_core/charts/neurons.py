"""A neuron's history over the steps, and which neurons of a layer matter most."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from makemore_core.charts.style import ACCENT, LEGEND_BELOW, PLAIN, figure, step_cursor, steps_axis
from makemore_core.charts.takeaway import courses, leaders
from makemore_core.inspection.history import LayerMoment

BAND = "rgba(61, 143, 209, 0.2)"
MOST_RANKED = 30
SMALLEST = 1e-12  # a logarithmic axis has no place for 0
Moments = Sequence[tuple[int, LayerMoment]]


def says_figure(moments: Moments, neuron: int, max_steps: int, at: int | None) -> go.Figure:
    """What a neuron says on the sample over the steps: its mean, and a band of one deviation to both sides."""
    x = [step + 1 for step, _ in moments]
    mean = np.array([moment.mean[neuron] for _, moment in moments])
    spread = np.array([moment.deviation[neuron] for _, moment in moments])
    edge = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    hover = "step %{x:,}<br>mean %{y:.3f}<br>deviation %{customdata:.3f}<extra></extra>"
    traces = [
        go.Scatter(x=x, y=mean - spread, **edge),
        go.Scatter(x=x, y=mean + spread, fill="tonexty", fillcolor=BAND, **edge),
        go.Scatter(x=x, y=mean, name="mean", customdata=spread, hovertemplate=hover, **_line(PLAIN)),
    ]
    return figure(
        traces,
        "What it says over the steps: mean ± deviation",
        courses((("the mean", mean), ("the deviation", spread)), ".3f"),
        shapes=step_cursor(at),
        xaxis=steps_axis(max_steps) | {"title": None},
        yaxis={"nticks": 6, "zeroline": True},
    )


def norms_figure(moments: Moments, neuron: int, max_steps: int, at: int | None) -> go.Figure:
    """The length of the weights into a neuron over the steps, and of their gradient."""
    x = [step + 1 for step, _ in moments]
    hover = "step %{x:,}<br>%{y:.3g}<extra></extra>"
    curves = {"weights into it": (PLAIN, "weight"), "their gradient": (ACCENT, "gradient")}
    lengths = {name: [getattr(moment, kind)[neuron] for _, moment in moments] for name, (_, kind) in curves.items()}
    traces = [
        go.Scatter(
            x=x,
            y=[max(SMALLEST, length) for length in lengths[name]],
            name=name,
            hovertemplate=f"{name}<br>{hover}",
            **_line(color),
        )
        for name, (color, _) in curves.items()
    ]
    return figure(
        traces,
        "Length of its weights and of their gradient",
        courses(lengths.items(), ".3g"),
        shapes=step_cursor(at),
        showlegend=True,
        legend=LEGEND_BELOW,
        margin={"l": 48, "r": 12, "t": 34, "b": 52},
        xaxis=steps_axis(max_steps) | {"title": None},
        yaxis={"type": "log", "dtick": 1, "tickformat": ".0e"},
    )


def _line(color: str) -> dict[str, Any]:
    return {"mode": "lines+markers", "marker": {"size": 4}, "line": {"color": color, "width": 2}}


def importance_figure(
    title: str, neurons: Sequence[int], rises: NDArray[np.float64], chosen: int, most: int = MOST_RANKED
) -> go.Figure:
    """How much the loss rises without each of the neurons that matter most; the chosen one is bright."""
    order = np.argsort(-rises, kind="stable")[:most]
    bars = go.Bar(
        x=list(range(len(order))),
        y=rises[order],
        customdata=[neurons[i] for i in order],
        marker={"color": [ACCENT if neurons[i] == chosen else PLAIN for i in order]},
        hovertemplate="neuron %{customdata}: %{y:+.4f} nats<extra></extra>",
    )
    ticks = {"tickmode": "array", "tickvals": list(range(len(order))), "ticktext": [str(neurons[i]) for i in order]}
    said = leaders([f"neuron {i}" for i in neurons], rises, "+.4f")
    return figure([bars], title, said, xaxis=ticks | {"showgrid": False, "tickfont": {"size": 10}}, yaxis={"nticks": 5})
