"""The same vectors mapped again and again, side by side: what stays is in the vectors, what changes is chance."""

import html
from typing import Any

import plotly.graph_objects as go

from makemore_core.charts.letter_map import Look, ramp
from makemore_core.charts.style import figure
from makemore_core.charts.takeaway import sentence
from makemore_core.projections.honesty import Honesty
from makemore_core.projections.recipe import METHODS

ROW = 300  # pixels of one row of maps
GAP = 0.022


def honesty_figure(title: str, seen: Honesty, look: Look) -> go.Figure:
    """A row for each number of neighbours, a column for each seed, with the share of true neighbours that it keeps.

    A letter is the more orange, the more its neighbours are the same in all maps of its row; grey is mere chance.
    """
    many, wide = len(seen.rows), len(seen.rows[0].maps)
    texts = [html.escape(label, quote=False) for label in look.labels]
    traces: list[go.Scatter] = []
    layout: dict[str, Any] = {}
    labels: list[dict[str, Any]] = []
    said: list[str] = []
    for r, row in enumerate(seen.rows):
        colors = [ramp((share - seen.chance) / (1 - seen.chance)) for share in row.agreed.tolist()]
        for c, one in enumerate(row.maps):
            suffix = str(r * wide + c + 1) if r or c else ""
            low, high = c / wide + GAP / 2, (c + 1) / wide - GAP / 2
            bottom, top = 1 - (r + 1) / many + GAP, 1 - r / many - 0.2 / many
            points = one.points - one.points.mean(0)
            reach = 1.15 * float(abs(points).max(initial=1e-9))
            bare = {
                "range": [-reach, reach],
                "showticklabels": False,
                "zeroline": False,
                "showgrid": False,
                "ticks": "",
            }
            frame = {"showline": True, "mirror": True}
            layout[f"xaxis{suffix}"] = bare | frame | {"domain": [low, high], "anchor": f"y{suffix}"}
            layout[f"yaxis{suffix}"] = bare | frame | {"domain": [bottom, top], "anchor": f"x{suffix}"}
            traces.append(
                go.Scatter(
                    x=points[:, 0],
                    y=points[:, 1],
                    mode="text",
                    text=texts,
                    textfont={"size": 14, "color": colors},
                    customdata=row.agreed,
                    hovertemplate="%{text}: %{customdata:.0%} of its neighbours hold<extra></extra>",
                    xaxis=f"x{suffix}",
                    yaxis=f"y{suffix}",
                )
            )
            labels.append(_label(low, top, f"seed {one.seed} · {one.kept:.0%}"))
        number = METHODS[seen.method].number.lower()
        words = f"<b>{number} {row.neighbours}</b>: the seeds agree on {row.agreed.mean():.0%}"
        said.append(f"with {row.neighbours} {number} the seeds agree on {row.agreed.mean():.0%} of the neighbours")
        labels.append(_label(GAP / 2, 1 - r / many - 0.09 / many, words, 12))
    return figure(traces, title, sentence(said), annotations=labels, margin={"l": 4, "r": 4, "t": 34, "b": 4}, **layout)


def _label(x: float, y: float, text: str, size: int = 11) -> dict[str, Any]:
    place = {"xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom", "showarrow": False}
    return place | {"x": x, "y": y, "text": text, "font": {"size": size}}


def honesty_height(seen: Honesty) -> int:
    """Pixels for all rows."""
    return 40 + ROW * len(seen.rows)
