"""The losses of several runs over each other, on one axis; and how good each is for its size."""

import html
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from makemore_core.charts.loss import HOCKEY_STICK, LossView
from makemore_core.charts.style import LEGEND_BELOW, MOST_IN_A_LEGEND, empty, figure, steps_axis, yardsticks_of_losses
from makemore_core.charts.takeaway import courses, sentence
from makemore_core.comparison.curves import BY_EXAMPLES, BY_SECONDS, BY_STEPS, Band
from makemore_core.comparison.looks import Look

AXIS_TITLES = {BY_STEPS: "steps", BY_SECONDS: "seconds of training", BY_EXAMPLES: "examples seen"}
BAND = 0.18  # opacity
FEW = 3  # points that a line alone would not show
NOTHING = "No loss was measured yet."
ROOM = 0.03  # above and below the curves


@dataclass(frozen=True, eq=False)
class Line:
    """A run, or the mean of a group of runs, with how it looks."""

    title: str
    look: Look
    band: Band


@dataclass(frozen=True)
class Dot:
    """A run by its number of parameters and its best loss of val in nats."""

    title: str
    look: Look
    parameters: int
    best: float


def comparison_figure(
    lines: Sequence[Line], split: str, axis: str, yardsticks: Mapping[str, float], view: LossView
) -> go.Figure:
    """Losses in nats of one split; of a group the mean, between its lowest and its highest."""
    title = f"Loss in nats on {split}, over {AXIS_TITLES[axis]}"
    shown = [line for line in lines if len(line.band.x)]
    absent = [line.title for line in lines if not len(line.band.x)]
    if not shown:
        return empty(title, NOTHING)
    grouped = [trace for line in shown if line.band.n > 1 for trace in _edges(line)]
    log = view.steps_axis == "log"
    measured = yardsticks_of_losses(yardsticks, log)
    values = np.concatenate([line.band.mean for line in shown])
    is_log = view.loss_axis == "log" or (view.loss_axis == "auto" and float(values.max()) > HOCKEY_STICK)
    with_legend = len(shown) <= MOST_IN_A_LEGEND
    return figure(
        [*grouped, *(_curve(line, axis) for line in shown)],
        title,
        courses(((html.escape(line.title), line.band.mean.tolist()) for line in shown), ".3f"),
        shapes=[line for line, _ in measured],
        annotations=[label | {"y": _on(is_log, label["y"])} for _, label in measured] + _left_out(absent),
        xaxis=_across(shown, axis, log),
        yaxis=_upwards([*values.tolist(), *yardsticks.values()], is_log),
        showlegend=with_legend,
        legend=LEGEND_BELOW,
    )


def _left_out(titles: Sequence[str]) -> list[dict[str, Any]]:
    """Who is not drawn: without a number there, or a group whose runs have no place in common."""
    if not titles:
        return []
    more = f" and {len(titles) - FEW} more" if len(titles) > FEW else ""
    text = html.escape(f"no place on this axis: {', '.join(titles[:FEW])}{more}")
    corner = {"xref": "paper", "x": 0.5, "xanchor": "center", "yref": "paper", "y": 0, "yanchor": "bottom"}
    return [{**corner, "text": text, "showarrow": False, "font": {"size": 11}}]


def _curve(line: Line, axis: str) -> go.Scatter:
    name = html.escape(line.title) + (f", mean of {line.band.n}" if line.band.n > 1 else "")
    hover = f"{name}<br>{AXIS_TITLES[axis]} %{{x:,.4~r}}<br>%{{y:.4f}}<extra></extra>"
    look = {"color": line.look.color, "dash": line.look.dash, "width": 2}
    mode = "lines" if len(line.band.x) > FEW else "lines+markers"
    marker = {"symbol": line.look.symbol, "size": 7}
    return go.Scatter(
        x=line.band.x, y=line.band.mean, name=name, mode=mode, line=look, marker=marker, hovertemplate=hover
    )


def _edges(line: Line) -> list[go.Scatter]:
    """The band of a group, under all lines."""
    edge: dict[str, Any] = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}
    red, green, blue = (int(line.look.color[i : i + 2], 16) for i in (1, 3, 5))
    fill = f"rgba({red}, {green}, {blue}, {BAND})"
    high = go.Scatter(x=line.band.x, y=line.band.high, **edge)
    return [high, go.Scatter(x=line.band.x, y=line.band.low, fill="tonexty", fillcolor=fill, **edge)]


def _across(lines: Sequence[Line], axis: str, log: bool) -> dict[str, Any]:
    end = max(float(line.band.x[-1]) for line in lines)
    if axis == BY_STEPS:
        # no cursor is shared with charts of one run: these steps are of several
        return steps_axis(int(end) - 1, log) | {"uirevision": f"of several runs' steps {log}"}
    positive = [float(x) for line in lines for x in line.band.x[line.band.x > 0][:1]] or [1.0]
    low = min(positive)
    scale = {"type": "log", "range": [math.log10(low), math.log10(max(end, 1.1 * low))]} if log else {"type": "linear"}
    title = {"text": AXIS_TITLES[axis], "standoff": 4}
    spell = {"dtick": 1, "exponentformat": "none"} if log else {"range": [0, end or 1.0], "exponentformat": "none"}
    return scale | spell | {"title": title, "separatethousands": True, "uirevision": f"{axis} {log}"}


def _upwards(values: Sequence[float], is_log: bool) -> dict[str, Any]:
    low, high = (1 - ROOM) * min(values), (1 + ROOM) * max(values)
    if not is_log:
        return {"type": "linear", "range": [low, high]}
    low = max(low, 1e-3)
    ticks = [m * 10.0**p for p in range(-3, 5) for m in (1, 2, 3, 5)]
    return {"type": "log", "range": [math.log10(low), math.log10(high)], "tickvals": ticks}


def _on(is_log: bool, height: object) -> float:
    """Annotations on a logarithmic axis are placed by exponent."""
    value = float(str(height))
    return math.log10(value) if is_log else value


def size_figure(dots: Sequence[Dot], yardsticks: Mapping[str, float]) -> go.Figure:
    """One dot a run: few parameters at the left, good ones low. A count table has none and no place here.

    Nor has a loss that is infinite.
    """
    title = "Best loss in nats on val, over parameters"
    shown = [dot for dot in dots if dot.parameters and math.isfinite(dot.best)]
    if not shown:
        return empty(title, NOTHING)
    measured = yardsticks_of_losses(yardsticks, log=False)
    sizes = np.log10([dot.parameters for dot in shown])
    return figure(
        [_dot(dot) for dot in shown],
        title,
        _best_for_its_size(shown),
        shapes=[line for line, _ in measured],
        annotations=[label for _, label in measured] + _left_out([dot.title for dot in dots if dot not in shown]),
        xaxis={
            "type": "log", "range": [float(sizes.min()) - 0.5, float(sizes.max()) + 0.5], "dtick": 1,
            "title": {"text": "parameters", "standoff": 4}, "exponentformat": "none", "separatethousands": True,
            "uirevision": "parameters",
        },
        yaxis=_upwards([*(dot.best for dot in shown), *yardsticks.values()], is_log=False),
        showlegend=len(shown) <= MOST_IN_A_LEGEND,
        legend=LEGEND_BELOW,
    )  # fmt: skip


def _best_for_its_size(dots: Sequence[Dot]) -> str:
    best, smallest = min(dots, key=lambda dot: dot.best), min(dots, key=lambda dot: dot.parameters)
    return sentence(
        f"the {what} is {html.escape(dot.title)} with {dot.parameters:,} parameters and val {dot.best:.3f}"
        for what, dot in (("best", best), ("smallest", smallest))
    )


def _dot(dot: Dot) -> go.Scatter:
    title = html.escape(dot.title)
    hover = f"{title}<br>%{{x:,}} parameters<br>best val %{{y:.4f}}<extra></extra>"
    marker = {"color": dot.look.color, "symbol": dot.look.symbol, "size": 11}
    return go.Scatter(x=[dot.parameters], y=[dot.best], mode="markers", marker=marker, hovertemplate=hover, name=title)
