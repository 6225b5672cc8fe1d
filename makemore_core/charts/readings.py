"""Readings to figures: one function for each kind, so that a new diagnostic needs no new chart."""

import html
from collections.abc import Callable, Collection
from typing import Any

import numpy as np
import plotly.graph_objects as go

from makemore_core.charts.style import (
    ACCENT,
    LEGEND_BELOW,
    PLAIN,
    YARDSTICK,
    at_step,
    empty,
    figure,
    layer_curve,
    round_up,
)
from makemore_core.charts.takeaway import ends, leaders, sentence
from makemore_core.diagnostics.reading import Heatmap, Histogram, Histograms, Projection, Reading
from makemore_core.letters import is_vowel
from makemore_core.vocabulary import shown

MAP_COLORS = [[0, "rgba(140, 143, 148, 0.18)"], [1, ACCENT]]


def histograms_figure(title: str, step: int, reading: Histograms, only: Collection[str] = ()) -> go.Figure:
    """Densities of all layers in one frame, from shallow to deep, as lecture 3 draws them; or of some of them."""
    names = [layer.name for layer in reading.layers]
    traces = [
        go.Scatter(
            x=_centres(layer),
            y=_density(layer),
            mode="lines",
            hovertemplate=f"{layer.name}<br>%{{x:.3g}}<br>{_moments(layer)}<extra></extra>",
            **layer_curve(i, names),
        )
        for i, layer in enumerate(reading.layers)
        if not only or layer.name in only
    ]
    return figure(
        traces,
        at_step(title, step),
        sentence(
            f"{h.name} has {_moments(h)}" for h in ends([h for h in reading.layers if not only or h.name in only])
        ),
        showlegend=True,
        legend=LEGEND_BELOW,
        yaxis={"showticklabels": False, "rangemode": "tozero"},
        xaxis={"exponentformat": "power", "nticks": 7},
        margin={"l": 12, "r": 12, "t": 34, "b": 64},
    )


def _moments(layer: Histogram) -> str:
    return f"mean {layer.mean:+.2g}, deviation {layer.deviation:.2g}"


def _centres(layer: Histogram) -> np.ndarray:
    n = len(layer.counts)
    return layer.low + (np.arange(n) + 0.5) * (layer.high - layer.low) / n


def _density(layer: Histogram) -> np.ndarray:
    counts = np.array(layer.counts, dtype=np.float64)
    return counts / max(1.0, counts.sum()) * len(counts) / (layer.high - layer.low)


def heatmap_figure(title: str, step: int, reading: Heatmap, only: Collection[str] = ()) -> go.Figure:
    """One strip for each layer: examples downwards, neurons to the right, bright where the layer is flat."""
    layers = [layer for layer in reading.layers if not only or layer.name in only]
    n = len(layers)
    gap = 0.4 / (n + 1)
    layout: dict[str, Any] = {}
    traces: list[go.Heatmap] = []
    labels: list[dict[str, Any]] = []
    for i, layer in enumerate(layers):
        cells, top = layer.cells, 1 - i / n - gap
        suffix = str(i + 1) if i else ""
        hidden = {"showticklabels": False, "showgrid": False}
        layout[f"xaxis{suffix}"] = {**hidden, "anchor": f"y{suffix}"}
        layout[f"yaxis{suffix}"] = {**hidden, "anchor": f"x{suffix}", "domain": [1 - (i + 1) / n, top]}
        traces.append(
            go.Heatmap(
                name=layer.name,
                z=cells.astype(np.uint8),
                zmin=0,
                zmax=1,
                colorscale=MAP_COLORS,
                showscale=False,
                xgap=0.5,
                ygap=0.5,
                xaxis=f"x{suffix}",
                yaxis=f"y{suffix}",
                hovertemplate="neuron %{x}, example %{y}<extra></extra>",
            )
        )
        text = f"{layer.name}: {cells.mean():.1%} of the outputs with {html.escape(layer.rule, quote=False)}"
        labels.append(
            {
                "text": text,
                "xref": "paper",
                "yref": "paper",
                "x": 0,
                "y": top,
                "xanchor": "left",
                "yanchor": "bottom",
                "showarrow": False,
                "font": {"size": 11},
            }
        )
    said = sentence(str(label["text"]) for label in labels)
    return figure(
        traces, at_step(title, step), said, annotations=labels, margin={"l": 8, "r": 8, "t": 34, "b": 8}, **layout
    )


def projection_figure(title: str, step: int, reading: Projection) -> go.Figure:
    """Letters as letters; vowels in the accent colour, the boundary dot grey."""
    points = np.array(reading.points).reshape(-1, 2)
    reach = round_up(1.12 * float(np.abs(points).max(initial=1e-6)))
    letters = go.Scatter(
        x=points[:, 0],
        y=points[:, 1],
        mode="markers+text",
        text=[visible(c) for c in reading.labels],
        marker={"size": 22, "color": [_letter_color(i, c) for i, c in enumerate(reading.labels)], "opacity": 0.2},
        textfont={"size": 14, "color": [_letter_color(i, c) for i, c in enumerate(reading.labels)]},
        hovertemplate="%{text}<br>%{x:.2f}, %{y:.2f}<extra></extra>",
    )
    kept = "" if reading.explained >= 1 else f", {reading.explained:.0%} of the variance"
    axis = {"range": [-reach, reach], "showticklabels": False, "zeroline": True}
    return figure(
        [letters],
        at_step(title, step) + kept,
        "Distance from the middle: " + leaders([visible(c) for c in reading.labels], np.hypot(*points.T), ".2f"),
        xaxis=axis,
        yaxis=axis,
        margin={"l": 8, "r": 8, "t": 34, "b": 8},
    )


def _letter_color(i: int, letter: str) -> str:
    if i == 0:
        return YARDSTICK
    return ACCENT if is_vowel(letter) else PLAIN


def visible(character: str) -> str:
    """Plotly reads markup in text; a character is always shown as itself."""
    return html.escape(shown(character), quote=False)


FIGURES: dict[str, Callable[..., go.Figure]] = {
    Histograms.kind: histograms_figure,
    Heatmap.kind: heatmap_figure,
    Projection.kind: projection_figure,
}


def reading_figure(
    title: str, step: int, reading: Reading | None, absent: str = "", only: Collection[str] = ()
) -> go.Figure:
    """The figure of a reading of any kind that has a picture of one step; `absent` stands where it holds nothing.

    `only` picks some of its layers, which keep the colours that they have among all.
    """
    if reading is None:
        return empty(title, "Nothing of the kind was measured at this step.")
    if not (getattr(reading, "layers", True) and getattr(reading, "points", True)):
        return empty(title, absent)
    return FIGURES[reading.kind](title, step, reading, **({"only": only} if only else {}))
