"""How much of what a net invents is copied: now, over the steps, and how long its names are beside the real ones."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from makemore_core.charts.style import (
    ACCENT,
    LEGEND_BELOW,
    PLAIN,
    TRAIN,
    VAL,
    YARDSTICK,
    figure,
    step_cursor,
    steps_axis,
    yardstick,
)
from makemore_core.charts.takeaway import courses, sentence
from makemore_core.novelty import HELD_BACK, KINDS, NEW
from makemore_core.novelty import TRAIN as IN_TRAIN

COLORS = {IN_TRAIN: TRAIN, HELD_BACK: VAL, NEW: YARDSTICK}
PALE = COLORS | {NEW: "rgba(140, 143, 148, 0.5)"}  # where it is most of a picture
LONGEST = 64  # characters; what is longer counts there
FEW_BARS = 40  # that are narrow enough to stand side by side

Shares = Mapping[str, float]


def shares_figure(title: str, rows: Mapping[str, Shares]) -> go.Figure:
    """One bar for each row, cut into the kinds; each sums to 1."""
    traces = [
        go.Bar(
            y=list(rows),
            x=[shares[kind] for shares in rows.values()],
            orientation="h",
            name=kind,
            marker={"color": COLORS[kind]},
            text=[f"{shares[kind]:.0%}" if shares[kind] >= 0.06 else "" for shares in rows.values()],
            textposition="inside",
            insidetextanchor="middle",
            insidetextfont={"color": "white"},
            textangle=0,
            hovertemplate=f"%{{y}}: %{{x:.1%}} {kind}<extra></extra>",
        )
        for kind in KINDS
    ]
    return figure(
        traces,
        title,
        sentence(
            f"{row}: " + ", ".join(f"{shares[kind]:.0%} {kind}" for kind in KINDS) for row, shares in rows.items()
        ),
        barmode="stack",
        bargap=0.3,
        showlegend=True,
        legend={**LEGEND_BELOW, "y": -0.04, "traceorder": "normal"},
        xaxis={"visible": False, "range": [0, 1]},
        yaxis={"autorange": "reversed", "showgrid": False, "automargin": True},
        margin={"l": 90, "r": 12, "t": 34, "b": 40},
    )


def lengths_figure(title: str, invented: Sequence[int], real: Sequence[int]) -> go.Figure:
    """The share of each length in characters, of invented names as bars, of real ones as a line; each sums to 1."""
    longest = min(LONGEST, max((*invented, *real), default=0))
    x = np.arange(longest + 1)
    mine, theirs = (np.bincount(np.minimum(part, longest), minlength=longest + 1) for part in (invented, real))
    bars = go.Bar(
        x=x,
        y=mine / max(1, mine.sum()),
        name="invented",
        marker={"color": ACCENT, "opacity": 0.75},
        hovertemplate="%{x} characters: %{y:.1%} of the invented<extra></extra>",
    )
    line = go.Scatter(
        x=x,
        y=theirs / max(1, theirs.sum()),
        name="real",
        mode="lines+markers" if longest < FEW_BARS else "lines",
        line={"color": PLAIN, "width": 2},
        marker={"size": 5},
        hovertemplate="%{x} characters: %{y:.1%} of the real<extra></extra>",
    )
    marks = [*range(0, longest, 16), longest]
    more = {"tickvals": marks, "ticktext": [*map(str, marks[:-1]), f"{longest}+"]}
    return figure(
        [bars, line],
        title,
        f"On average {_mean(invented)} characters invented, {_mean(real)} real.",
        showlegend=True,
        legend=LEGEND_BELOW,
        bargap=0.15,
        xaxis={"nticks": 10} | (more if longest == LONGEST else {}),
        yaxis={"tickformat": ".0%", "rangemode": "tozero", "nticks": 5},
        margin={"l": 40, "r": 12, "t": 34, "b": 52},
    )


def _mean(lengths: Sequence[int]) -> str:
    return f"{np.mean(lengths):.1f}" if len(lengths) else "no"


def shares_over_steps_figure(
    title: str, steps: Sequence[int], shares: Sequence[Shares], copied: Shares, max_steps: int, at: int | None
) -> go.Figure:
    """The kinds over the steps, one upon the other up to 1; the dashes are what a count table's names copy."""
    traces = [
        go.Scatter(
            x=[step + 1 for step in steps],
            y=[share[kind] for share in shares],
            name=kind,
            stackgroup="shares",
            mode="lines+markers" if len(steps) < FEW_BARS else "lines",
            marker={"size": 4, "color": COLORS[kind]},
            line={"width": 1, "color": COLORS[kind]},
            fillcolor=PALE[kind],
            hovertemplate=f"step %{{customdata:,}}: %{{y:.1%}} {kind}<extra></extra>",
            customdata=list(steps),
        )
        for kind in KINDS
    ]
    line, label = yardstick(1 - copied[NEW], "")
    line["layer"] = "above"
    label |= {"x": 0, "xanchor": "left", "text": "  a 4-gram copies so many"}
    return figure(
        traces,
        title,
        courses(((kind, [share[kind] for share in shares]) for kind in KINDS), ".0%")
        + f" A 4-gram copies {1 - copied[NEW]:.0%}.",
        shapes=[line, *step_cursor(at)],
        annotations=[label],
        showlegend=True,
        legend={**LEGEND_BELOW, "traceorder": "normal"},
        xaxis=steps_axis(max_steps) | {"title": None},
        yaxis={"range": [0, 1], "tickformat": ".0%", "nticks": 5},
        margin={"l": 44, "r": 12, "t": 34, "b": 56},
    )
