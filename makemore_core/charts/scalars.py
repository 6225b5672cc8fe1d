"""Numbers over the steps: one curve under each name, with the line where they should be."""

from collections.abc import Collection, Mapping
from typing import Any, cast

import numpy as np
import plotly.graph_objects as go

from makemore_core.charts.style import (
    ACCENT,
    LEGEND_BELOW,
    empty,
    figure,
    layer_curve,
    step_cursor,
    steps_axis,
    yardstick,
)
from makemore_core.charts.takeaway import courses
from makemore_core.diagnostics.reading import Scalars
from makemore_core.diagnostics.update_ratio import GOOD
from makemore_core.training.recorder import Snapshot

SMALLEST = 1e-12  # a logarithmic axis has no place for 0

# how update:data is drawn: the yardstick, the decades, and what stands dashed beside each curve
PACE: dict[str, Any] = {
    "yardsticks": {"1e-3, a good pace": GOOD},
    "decades": (-6, 0.3),
    "dashed": ("gradient_ratio", "rate × gradient"),
}

Series = dict[str, list[tuple[int, float]]]  # points (step + 1, value) under each name


def scalars_figure(
    title: str,
    snapshot: Snapshot,
    diagnostic: str,
    yardsticks: Mapping[str, float],
    decades: tuple[float, float],
    *,
    absent: str = "",
    whole: str = "",
    dashed: tuple[str, str] = ("", ""),
    only: Collection[str] = (),
) -> go.Figure:
    """A diagnostic's numbers at the kept steps, on logarithmic axes that reach from 10^a to 10^b.

    `whole` names the curve that is no layer's but all layers' together. `dashed` is a second diagnostic, of the same
    names, and what its curves are. `only` picks some names, which keep the colours that they have among all.
    """
    series, second = _series(snapshot, diagnostic), _series(snapshot, dashed[0])
    if snapshot.observations and not series:
        return empty(f"{title} over the steps", absent)
    layers = [name for name in series if name != whole]
    shown = [name for name in series if not only or name in only]
    looks = {name: _look(name, layers, whole) for name in shown}
    traces = [_curve(name, series[name], looks[name]) for name in shown]
    traces += [_curve(f"{name}, {dashed[1]}", second[name], _dashed(looks[name])) for name in shown if name in second]
    lines = [(yardstick(value, meaning), value) for meaning, value in yardsticks.items()]
    return figure(
        traces,
        f"{title} over the steps" + (f" (dashed: {dashed[1]})" if second else ""),
        courses(((name, [value for _, value in series[name]]) for name in shown), ".1e")
        + "".join(f" The line is at {value:.1e}: {meaning}." for meaning, value in yardsticks.items()),
        shapes=[*(line for (line, _), _ in lines), *step_cursor(snapshot.at)],
        annotations=[label | {"y": float(np.log10(value))} for (_, label), value in lines],
        showlegend=len(shown) > 1,
        legend=LEGEND_BELOW,
        margin={"l": 48, "r": 12, "t": 34, "b": 64},
        xaxis=steps_axis(snapshot.progress.max_steps) | {"title": None},
        yaxis={"type": "log", "range": decades, "dtick": 1, "tickformat": ".0e"},
    )


def _series(snapshot: Snapshot, diagnostic: str) -> Series:
    """A diagnostic's numbers; none in observations from before it was measured."""
    series: Series = {}
    for observation in snapshot.observations:
        reading = observation.readings.get(diagnostic)
        if reading is None:
            continue
        for name, value in cast("Scalars", reading).values.items():
            series.setdefault(name, []).append((observation.step + 1, value))
    return series


def _look(name: str, layers: list[str], whole: str) -> dict[str, Any]:
    """The colour of a layer by its depth; what is no layer stands out."""
    if name == whole:
        return {"line": {"color": ACCENT, "width": 3}, "name": name, "showlegend": True}
    return layer_curve(layers.index(name), layers)


def _dashed(look: dict[str, Any]) -> dict[str, Any]:
    return look | {"line": look["line"] | {"dash": "dot", "width": 1.5}, "showlegend": False, "mode": "lines"}


def _curve(name: str, points: list[tuple[int, float]], look: dict[str, Any]) -> go.Scatter:
    standard = {"mode": "lines+markers", "marker": {"size": 4}}
    return go.Scatter(
        x=np.array([step for step, _ in points]),
        y=np.array([max(value, SMALLEST) for _, value in points]),
        hovertemplate=f"{name}<br>step %{{x:,}}<br>%{{y:.1e}}<extra></extra>",
        **(standard | look),
    )
