"""Who looks at whom: all heads side by side, and one of them large."""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from makemore_core.charts.readings import visible
from makemore_core.charts.style import figure
from makemore_core.charts.takeaway import ends, extremes, sentence
from makemore_core.inspection.attention import Attention

MOST_LETTERS = 90  # beside each other in the picture of all heads
MOST_WRITTEN = 12  # characters; of more the shares cannot be read in their cells
HEAD_TITLE = 0.9  # of a row, above each row of heads


def heads_figure(title: str, seen: Attention) -> go.Figure:
    """Layers downwards, heads to the right; in each the looking character downwards, the one looked at to the right."""
    T, L, H = len(seen.characters), seen.layers, seen.heads
    wide, high = T + 1, T + 1 + round(HEAD_TITLE + T / 8)
    picture = np.full((L * high, H * wide - 1), np.nan, dtype=np.float32)
    for layer in range(L):
        for head in range(H):
            picture[(layer + 1) * high - T - 1 : (layer + 1) * high - 1, head * wide : head * wide + T] = past(
                seen, layer, head
            )
    names = [
        {
            "x": head * wide - 0.5, "y": (layer + 1) * high - T - 1.6, "text": f"layer {layer + 1} · head {head + 1}",
            "showarrow": False, "xanchor": "left", "yanchor": "bottom", "font": {"size": 10},
        }
        for layer in range(L)
        for head in range(H)
    ]  # fmt: skip
    letters: dict[str, Any] = {"showticklabels": False, "ticks": ""}
    if H * wide <= MOST_LETTERS:
        places = [head * wide + i for head in range(H) for i in range(T)]
        letters = {"tickmode": "array", "tickvals": places, "ticktext": [visible(c) for c in seen.characters] * H}
    trace = go.Heatmap(z=picture, zmin=0, zmax=1, autocolorscale=True, showscale=False, hoverinfo="skip")
    return figure(
        [trace],
        title,
        sentence(_looks(seen, layer, head) for layer, head in ends([(i, j) for i in range(L) for j in range(H)])),
        annotations=names,
        xaxis=letters | {"showgrid": False, "tickangle": 0, "tickfont": {"size": 9}},
        yaxis={"showgrid": False, "showticklabels": False, "ticks": "", "autorange": "reversed"},
        margin={"l": 8, "r": 8, "t": 34, "b": 24},
    )


def head_figure(title: str, seen: Attention, layer: int, head: int) -> go.Figure:
    """One head: each row says which share of what it takes comes from each character so far."""
    T = len(seen.characters)
    letters = [visible(c) for c in seen.characters]
    ticks = {"tickmode": "array", "tickvals": list(range(T)), "ticktext": letters, "showgrid": False, "tickangle": 0}
    trace = go.Heatmap(
        z=past(seen, layer, head),
        zmin=0,
        zmax=1,
        autocolorscale=True,
        hoverongaps=False,
        colorbar={"thickness": 10, "outlinewidth": 0, "tickformat": ".0%"},
        hovertemplate="%{y} looks at %{x}: %{z:.1%}<extra></extra>",
        xgap=1,
        ygap=1,
        **({"texttemplate": "%{z:.0%}"} if T <= MOST_WRITTEN else {}),
    )
    return figure(
        [trace],
        title,
        f"{sentence([_looks(seen, layer, head)])} {extremes(past(seen, layer, head), letters, letters, '.0%')}",
        xaxis=ticks | {"title": {"text": "is looked at", "standoff": 4}},
        yaxis=ticks | {"autorange": "reversed", "title": {"text": "looks", "standoff": 4}},
        margin={"l": 44, "r": 12, "t": 34, "b": 48},
    )


def _looks(seen: Attention, layer: int, head: int) -> str:
    """Where the last character of a head looks most."""
    last = past(seen, layer, head)[-1]
    most = int(np.nanargmax(last))
    there = f"{visible(seen.characters[most])}, place {most + 1}, with {last[most]:.0%}"
    return f"layer {layer + 1}, head {head + 1}: the last character looks most at {there}"


def past(seen: Attention, layer: int, head: int) -> np.ndarray:
    """The shares of one head (T, T); nothing stands where a character cannot look: ahead."""
    T = len(seen.characters)
    return np.where(np.tril(np.ones((T, T), dtype=bool)), seen.shares[layer, head], np.nan)
