"""The loss over a ramp of learning rates: each batch as a ghost, a calm line, and where one would stop it."""

import html
import math
from typing import Any

import numpy as np
import plotly.graph_objects as go

from makemore_core.charts.style import GHOST, TRAIN, YARDSTICK, figure
from makemore_core.charts.takeaway import NOTHING
from makemore_core.search.finder import FinderConfig, Finding, Numbers
from makemore_core.search.suggestions import Suggestion, two_digits

POINTS, GHOSTS = 1_000, 500  # of a curve; of one behind it
LEAST = 0.5  # nats that the axis shows, so that it holds still while the ramp begins
TICKS = [m * 10.0**e for e in range(-2, 4) for m in (1, 1.5, 2, 3, 5, 7)]
STEEP = 3.0  # times the lowest loss; a curve that is higher somewhere is drawn on a logarithmic axis
FOOT = 0.18  # of the axis below the curve: there the number of the dragged line stands
EDGE = 1e-6  # of a decade: a tick at the end is still one
LABEL, PLOT = 17, 320  # pixels: a name's line above the curve, and about all of the axis
CALM = "smoothed"  # the trace that the dragged line reads
BAND, GROUND = "rgba(194, 80, 15, 0.16)", "rgba(140, 143, 148, 0.12)"


def finder_figure(
    finding: Finding | None, asked: FinderConfig, title: str, published: float | None = None
) -> go.Figure:
    """Losses in nats over the rate, the whole ramp in view from the start. `published` is the lecture's reading."""
    marks = [*(finding.suggestions if finding else ())]
    if published:
        marks.append(Suggestion("the lecture", published, "", ""))
    lines = [_line(mark, i, asked) for i, mark in enumerate(sorted(marks, key=lambda mark: mark.rate))]
    return figure(
        _traces(finding) if finding else [],
        title,
        html.escape(finding.in_words(), quote=False) if finding else NOTHING,
        shapes=[*_floor(finding), *(line for line, _ in lines)],
        annotations=[label for _, label in lines],
        xaxis={
            "type": "log",
            "range": [math.log10(asked.low) - EDGE, math.log10(asked.high) + EDGE],
            "dtick": 1,
            "exponentformat": "power",
            "title": {"text": "learning rate", "standoff": 4},
        },
        yaxis=_loss_axis(finding, len(lines)),
        uirevision=f"finder {asked.low} {asked.high}",
    )


def _traces(finding: Finding) -> list[go.Scatter]:
    few, fewer = (slice(None, None, -(-finding.asked.steps // most)) for most in (POINTS, GHOSTS))
    rates, passes = finding.rates[few], len(finding.losses)
    edge: dict[str, Any] = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    band = [
        go.Scatter(x=rates, y=finding.highest[few], **edge),
        go.Scatter(x=rates, y=finding.lowest[few], fill="tonexty", fillcolor=BAND, **edge),
    ]
    return [
        _curve("each batch", finding.rates[fewer], finding.losses[0][fewer], GHOST, 1),
        *(band if passes > 1 else ()),
        _curve(CALM, rates, finding.calm[few], TRAIN, 2.5),
    ]


def _curve(name: str, x: Numbers, y: Numbers, color: str, width: float) -> go.Scatter:
    return go.Scatter(
        x=x,
        y=y,
        name=name,
        mode="lines",
        line={"color": color, "width": width},
        hovertemplate=f"rate %{{x:.3g}}, {name}<br>%{{y:.4f}} nats<extra></extra>",
    )


def _floor(finding: Finding | None) -> list[dict[str, Any]]:
    """A pale ground under the rates of the floor, once the ramp is over."""
    if finding is None or finding.floor is None or not finding.is_over:
        return []
    ends = {"x0": finding.floor.low, "x1": finding.floor.high, "y0": 0, "y1": 1}
    return [{"type": "rect", "yref": "paper", **ends, "layer": "below", "line": {"width": 0}, "fillcolor": GROUND}]


def _line(mark: Suggestion, i: int, asked: FinderConfig) -> tuple[dict[str, Any], dict[str, Any]]:
    """A thin dashed line at a rate; its name has a row of its own above the curve, so that none covers another."""
    line = {
        "type": "line", "yref": "paper", "x0": mark.rate, "x1": mark.rate, "y0": 0, "y1": 1 - i * LABEL / PLOT,
        "layer": "below", "line": {"color": YARDSTICK, "width": 1, "dash": "dash"},
    }  # fmt: skip
    is_left = math.log(mark.rate / asked.low) < math.log(asked.high / asked.low) / 2
    label = {
        "x": math.log10(mark.rate), "yref": "paper", "y": 1 - i * LABEL / PLOT, "yanchor": "top", "showarrow": False,
        "xanchor": "left" if is_left else "right", "xshift": 4 if is_left else -4,
        "text": f"{mark.name} {two_digits(mark.rate):g}", "font": {"size": 11},
    }  # fmt: skip
    return line, label


def _loss_axis(finding: Finding | None, labels: int) -> dict[str, Any]:
    """Around the calm line, with room for the names above it."""
    if finding is None:
        return {"range": [2, 4]}
    low, high = float(np.min(finding.lowest)), float(np.max(finding.highest))
    is_log = high > STEEP * low
    low, high = (math.log10(low), math.log10(high)) if is_log else (low, high)
    span = high - low if is_log else max(high - low, LEAST)
    ticks = {"tickvals": TICKS, "ticktext": [f"{tick:g}" for tick in TICKS]}
    look = {"type": "log", **ticks} if is_log else {"type": "linear"}
    return {**look, "range": [low - FOOT * span, high + (0.06 + 1.2 * labels * LABEL / PLOT) * span]}
