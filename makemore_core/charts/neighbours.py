"""Who is near a letter, or near the middle of several: bars as long as the distance."""

import html
from collections.abc import Sequence

import plotly.graph_objects as go

from makemore_core.charts.style import PLAIN, YARDSTICK, figure
from makemore_core.charts.takeaway import sentence
from makemore_core.projections.neighbourhoods import Neighbours

ROW = 27  # pixels of one neighbour


def neighbours_figure(title: str, labels: Sequence[str], found: Neighbours) -> go.Figure:
    """The nearest first, each with its distance and its cosine; a dash marks the median distance of any two."""
    names, usual = [html.escape(labels[i], quote=False) for i in found.rows], found.usual
    rows = list(range(len(names)))
    most = max([usual, *found.distances, 1e-9])
    bars = go.Bar(
        y=rows,
        x=list(found.distances),
        name="distance",
        orientation="h",
        width=0.5,
        marker={"color": PLAIN, "opacity": 0.55, "line": {"width": 0}},
        customdata=list(found.cosines),
        hovertemplate="%{y}: %{x:.3f}, cosine %{customdata:+.3f}<extra></extra>",
    )
    numbers = go.Scatter(
        y=rows,
        x=[1.04 * most] * len(rows),
        mode="text",
        text=[f"{d:.2f} · cos {c:+.2f}" for d, c in zip(found.distances, found.cosines, strict=True)],
        textposition="middle right",
        textfont={"size": 12},
        hoverinfo="skip",
    )
    dash = {"color": YARDSTICK, "width": 1, "dash": "dash"}
    line = {"type": "line", "yref": "paper", "x0": usual, "x1": usual, "y0": 0, "y1": 1, "layer": "below", "line": dash}
    label = {
        "x": usual, "yref": "paper", "y": 0, "text": f"any two: {usual:.2f}", "showarrow": False, "xanchor": "right",
        "yanchor": "top", "font": {"size": 11},
    }  # fmt: skip
    return figure(
        [bars, numbers],
        title,
        sentence(f"{name} at {d:.2f}" for name, d in zip(names, found.distances, strict=True))
        + f" Any two are {usual:.2f} apart.",
        shapes=[line],
        annotations=[label],
        xaxis={"range": [0, 1.75 * most], "showticklabels": False, "showgrid": False},
        yaxis={
            "autorange": "reversed", "tickmode": "array", "tickvals": rows, "ticktext": names, "showgrid": False,
            "tickfont": {"size": 15}, "ticks": "",
        },
        margin={"l": 26 + 8 * max([1, *map(len, names)]), "r": 8, "t": 34, "b": 24},
    )  # fmt: skip


def neighbours_height(many: int) -> int:
    """Pixels for so many neighbours."""
    return 58 + ROW * many
