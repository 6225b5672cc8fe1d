"""Writings of one network in lockstep: their losses on each other, what is between them, and their speeds.

What is equal to the bit has no place on a logarithmic axis: it stands on a line of its own below all others.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from makemore_core.charts.style import LEGEND_BELOW, figure, layer_curve, steps_axis, yardstick
from makemore_core.charts.takeaway import courses, leaders, sentence
from makemore_core.smoothing import smoothed
from makemore_core.training.curve import HIGH, STEP, STEPS, TOTAL
from makemore_core.training.walks import Together, Walk

COLOURS = ("#c93102", "#2d6aaf", "#5b9278", "#aa3789", "#9151ed")  # of the eight of runs, which keep apart
BROAD, THIN, WIDER = 9, 1.5, 2  # pixels: what lies on each other is seen as stripes, the last one on top
PAST = 0.8  # the weight of the past in the calm line
BELOW = 100.0  # how far under rounding equal bits are drawn
PARTED, SPEEDS = 330, 44  # pixels; of speeds one bar
EQUAL = "equal<br>to the bit"
IN_FRONT = {"x": 0, "xanchor": "left", "yanchor": "bottom"}  # of a label: where curves begin below it
PHONE_LEGEND = LEGEND_BELOW | {"y": -0.1}

Numbers = NDArray[np.float64]


def losses_figure(together: Together | None) -> go.Figure:
    """All losses on each other, the first one's broad and pale below; under them the differences from it."""
    walks = together.walks if together else ()
    floor, most = _floor(together), together.max_steps if together else 10
    widths = _widths(len(walks))
    traces = [_losses(i, walk, widths[i]) for i, walk in enumerate(walks)]
    traces += [_val(i, walk, widths[i], together) for i, walk in enumerate(walks)]
    traces += [_apart(i, walk, widths[i], floor) for i, walk in enumerate(walks) if i]
    level = _rounding(together) * _last_loss(walks)
    line, label = yardstick(level, f"one bit of a loss, {level:.1e}")
    return figure(
        traces,
        "Losses in nats, each on the others; below, how far apart",
        sentence(map(_in_words, walks)),
        showlegend=True,
        legend=PHONE_LEGEND,
        shapes=[line | {"yref": "y2"}],
        annotations=[label | {"yref": "y2", "y": math.log10(level), "yanchor": "top"}],
        xaxis=_steps(most) | {"anchor": "y2"},
        yaxis={"domain": [0.42, 1], **_range_of(walks)},
        yaxis2={"domain": [0, 0.34], **_apart_axis(floor, [walk.apart[:, HIGH] for walk in walks[1:]])},
        margin={"l": 58, "r": 12, "t": 34, "b": 74},
    )


def _in_words(walk: Walk) -> str:
    if not len(walk.losses):
        return f"{walk.name} has not begun"
    loss = f"{walk.name} has loss {walk.losses[-1, TOTAL] / walk.losses[-1, STEPS]:.4f}"
    parts = (
        "equal to the first to the bit" if walk.is_equal else f"up to {walk.apart[:, HIGH].max(initial=0):.1e} apart"
    )
    return f"{loss}, {parts}"


def _widths(n: int) -> list[float]:
    """Of n lines on each other."""
    return [BROAD, *(THIN + WIDER * (n - 1 - i) for i in range(1, n))]


def _losses(i: int, walk: Walk, width: float) -> go.Scatter:
    calm = smoothed(walk.losses[:, TOTAL] / walk.losses[:, STEPS], PAST)
    return go.Scatter(
        x=walk.losses[:, STEP] + walk.losses[:, STEPS] / 2 + 0.5,
        y=calm,
        name=walk.name,
        mode="lines",
        opacity=1 if i else 0.35,
        line={"color": COLOURS[i % len(COLOURS)], "width": width},
        hovertemplate=f"{walk.name} at step %{{x:,.0f}}<br>%{{y:.6f}}<extra></extra>",
    )


def _val(i: int, walk: Walk, width: float, together: Together | None) -> go.Scatter:
    look = {"symbol": "circle-open", "size": 4 + width, "color": COLOURS[i % len(COLOURS)]}
    return go.Scatter(
        x=np.array(together.evaluated if together else (), dtype=np.float64),
        y=np.array(walk.val),
        name=f"val, {walk.name}",
        mode="markers",
        marker=look,
        showlegend=False,
        hovertemplate=f"val, {walk.name}, after %{{x:,}} steps<br>%{{y:.6f}}<extra></extra>",
    )


def _apart(i: int, walk: Walk, width: float, floor: float) -> go.Scatter:
    """The largest difference of each bucket of steps."""
    return go.Scatter(
        x=walk.apart[:, STEP] + 1,
        y=np.maximum(walk.apart[:, HIGH], floor),
        customdata=walk.apart[:, HIGH],
        name=f"{walk.name}, apart",
        yaxis="y2",
        mode="markers",
        showlegend=False,
        marker={"color": COLOURS[i % len(COLOURS)], "size": 2 + width},
        hovertemplate=f"{walk.name} at step %{{x:,.0f}}<br>%{{customdata:.1e}} nats apart<extra></extra>",
    )


def parameters_figure(together: Together | None, walk: Walk | None) -> go.Figure:
    """The largest difference of each parameter from the first writing's, over the steps; shallow to deep."""
    curves = dict(walk.parameters) if walk else {}
    floor, names = _floor(together), list(curves)
    x = np.array(together.measured if together else (), dtype=np.float64)
    traces = [
        go.Scatter(
            x=x,
            y=np.maximum(curves[name], floor),
            customdata=np.array(curves[name]),
            mode="lines",
            hovertemplate=f"{name} after %{{x:,}} steps<br>%{{customdata:.1e}}<extra></extra>",
            **layer_curve(i, names),
        )
        for i, name in enumerate(names)
    ]
    line, label = yardstick(_rounding(together), f"one bit of a number near 1, {_rounding(together):.1e}")
    who = f": {walk.name}" if walk else ""
    return figure(
        traces,
        f"How far parameters are apart{who}",
        courses(curves.items(), ".1e"),
        showlegend=True,
        legend=PHONE_LEGEND | {"y": -0.16},
        shapes=[line],
        annotations=[label | {"y": math.log10(_rounding(together)), **IN_FRONT}],
        xaxis=_steps(together.max_steps if together else 10),
        yaxis=_apart_axis(floor, [np.array(values) for values in curves.values()]),
        margin={"l": 58, "r": 12, "t": 34, "b": 84},
    )


def speeds_figure(together: Together | None) -> go.Figure:
    """Steps a second of each as a bar, with how many times as fast as the first it is."""
    walks = [walk for walk in (together.walks if together else ()) if walk.steps]
    speeds = [walk.steps_per_second for walk in walks]
    times = [together.times(walk) for walk in walks] if together else []
    bars = go.Bar(
        x=speeds,
        y=[walk.name for walk in walks],
        orientation="h",
        text=[f"{speed:,.0f} steps/s, {ratio:.2f}×" for speed, ratio in zip(speeds, times, strict=True)],
        textposition="auto",
        insidetextanchor="start",
        cliponaxis=False,
        marker={"color": list(COLOURS[: len(walks)])},
        hovertemplate="%{y}: %{text}<extra></extra>",
    )
    return figure(
        [bars],
        "Steps a second of processor time",
        leaders([walk.name for walk in walks], speeds, ",.0f"),
        xaxis={"rangemode": "tozero", "showticklabels": False, "range": [0, 1.35 * max(speeds, default=1.0)]},
        yaxis={"autorange": "reversed", "automargin": True},
        margin={"l": 70, "r": 12, "t": 34, "b": 8},
        bargap=0.3,
    )


def _steps(max_steps: int) -> dict[str, Any]:
    """These are not the chosen run's steps: no cursor of its charts stands here."""
    return steps_axis(max_steps) | {"uirevision": "lockstep's steps"}


def _rounding(together: Together | None) -> float:
    return together.rounding if together else float(np.finfo(np.float32).eps)


def _floor(together: Together | None) -> float:
    """Where equal bits are drawn: a power of ten, well under rounding."""
    return 10.0 ** math.floor(math.log10(_rounding(together) / BELOW))


def _last_loss(walks: Sequence[Walk]) -> float:
    rows = walks[0].losses if walks else np.empty((0, 6))
    return float(rows[-1, TOTAL] / rows[-1, STEPS]) or 1.0 if len(rows) else 1.0


def _range_of(walks: Sequence[Walk]) -> dict[str, Any]:
    """Held by the first writing, so that nothing jumps while others come in."""
    rows = walks[0].losses if walks else np.empty((0, 6))
    if not len(rows):
        return {"range": [1.9, 3.5]}
    calm = smoothed(rows[:, TOTAL] / rows[:, STEPS], PAST)
    low, high = float(calm.min()), float(calm.max())
    return {"range": [low - 0.06 * (high - low) - 0.01, high + 0.08 * (high - low) + 0.01]}


def _apart_axis(floor: float, curves: Sequence[Numbers]) -> dict[str, Any]:
    """Decades from equal bits up to the largest difference, and at least five decades above rounding."""
    lowest = math.log10(floor)
    largest = max((float(curve.max(initial=0.0)) for curve in curves), default=0.0)
    highest = max(lowest + 7, math.ceil(math.log10(largest)) if largest > 0 else lowest)
    decades = [10.0**e for e in range(int(lowest) + 1, int(highest) + 1) if (e - int(lowest)) % 2 == 0]
    return {
        "type": "log",
        "range": [lowest - 0.4, highest],
        "tickvals": [floor, *decades],
        "ticktext": [EQUAL, *(f"{value:.0e}" for value in decades)],
        "tickfont": {"size": 10},
    }
