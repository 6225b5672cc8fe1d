"""Tables of signed numbers as pictures: blue below zero, orange above, zero as the page."""

import html
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from makemore_core.charts.style import ACCENT, PLAIN, figure
from makemore_core.charts.takeaway import extremes
from makemore_core.inspection.neurons import Effect
from makemore_core.inspection.weights import Axis, Matrix, reduced
from makemore_core.vocabulary import shown

MOST_WRITTEN = (40, 30)  # rows and columns whose numbers can still be read
LOWEST, HIGHEST, ROW = 60, 560, 15  # pixels of a picture, and of a row in it
MARGIN = {"l": 62, "r": 12, "t": 34, "b": 30}
AXIS_TITLE = 22  # pixels more below the picture


def matrix_figure(title: str, matrix: Matrix) -> go.Figure:
    """A parameter as a heatmap, with its numbers where there is room for them."""
    values, (r, c) = reduced(matrix.values)
    blocks = "" if r == c == 1 else f", each cell the mean of {r} × {c} weights"
    return _heatmap(f"{title}{blocks}", values, (matrix.rows, r), (matrix.columns, c))


def matrix_height(matrix: Matrix) -> int:
    """How high its picture is in pixels."""
    return heatmap_height(matrix.values.shape[0]) + AXIS_TITLE


def heatmap_height(rows: int) -> int:
    """How high a picture of so many rows is in pixels."""
    return min(HIGHEST, max(LOWEST, ROW * rows)) + MARGIN["t"] + MARGIN["b"]


def effect_figure(title: str, effect: Effect) -> go.Figure:
    """What goes into a neuron or out of it: bars, or a heatmap where there are several rows."""
    columns = Axis("", effect.columns if effect.of_characters else ())
    if len(effect.rows) > 1:
        return _heatmap(title, effect.values, (Axis("", effect.rows), 1), (columns, 1))
    (values,) = effect.values
    return signed_bars(title, columns, values)


def effect_height(effect: Effect) -> int:
    """How high its picture is in pixels."""
    return heatmap_height(len(effect.rows)) if len(effect.rows) > 1 else 210


def signed_bars(title: str, axis: Axis, values: NDArray[np.float32]) -> go.Figure:
    """One bar for each number, in the colour of its sign."""
    labels, look = _axis(axis, len(values), 1)
    bars = go.Bar(
        x=labels,
        y=values,
        marker={"color": [ACCENT if value > 0 else PLAIN for value in values]},
        hovertemplate="%{x}: %{y:+.3g}<extra></extra>",
    )
    reach = 1.1 * float(np.abs(values).max(initial=1e-6))
    y = {"range": [-reach, reach], "nticks": 5, "zeroline": True}
    said = extremes(values[None], (), _names(axis, len(values), 1))
    return figure([bars], title, said, xaxis=look | {"showgrid": False}, yaxis=y, margin=MARGIN, bargap=0.25)


def _heatmap(title: str, values: NDArray[np.float32], rows: tuple[Axis, int], columns: tuple[Axis, int]) -> go.Figure:
    """Numbers (R, C) on a range that is as wide below zero as above; rows and columns may be blocks of an axis."""
    y, y_look = _axis(rows[0], values.shape[0], rows[1])
    x, x_look = _axis(columns[0], values.shape[1], columns[1])
    reach = float(np.abs(values).max(initial=1e-6))
    where = "%{y}, %{x}" if len(values) > 1 else "%{x}"
    written = {"texttemplate": "%{z:.2f}"} if np.less_equal(values.shape, MOST_WRITTEN).all() else {}
    trace = go.Heatmap(
        x=x,
        y=y,
        z=values,
        zmin=-reach,
        zmax=reach,
        autocolorscale=True,  # the theme's scale for signed numbers
        colorbar={"thickness": 10, "outlinewidth": 0, "nticks": 4, "tickformat": ".2~g"},
        hovertemplate=f"{where}<br>%{{z:.4f}}<extra></extra>",
        **written,
    )
    x_look |= {"title": {"text": columns[0].meaning, "standoff": 4}, "showgrid": False}
    y_look |= {"title": {"text": rows[0].meaning, "standoff": 4}, "showgrid": False, "autorange": "reversed"}
    if len(values) == 1:
        y_look |= {"showticklabels": False}
    below = MARGIN["b"] + (AXIS_TITLE if columns[0].meaning else 0)
    said = extremes(values, _names(rows[0], len(values), rows[1]), _names(columns[0], values.shape[1], columns[1]))
    return figure([trace], title, said, xaxis=x_look, yaxis=y_look, margin=MARGIN | {"b": below})


def _names(axis: Axis, n: int, step: int) -> list[str]:
    """Of n rows or columns, `step` of the axis each."""
    spans = [axis.label(i) if step == 1 else axis.span(i * step, step) for i in range(n)]
    return [html.escape(span, quote=False) for span in spans]


def _axis(axis: Axis, n: int, step: int) -> tuple[list[Any], dict[str, Any]]:
    """The places of n rows or columns, `step` of the axis each, and the ticks: at each name, or amid each group."""
    names = [html.escape(shown(group), quote=False) for group in axis.groups]  # plotly reads markup in text
    if step == 1 and axis.each == 1:
        ticks = {"tickmode": "array", "tickvals": list(range(n)), "ticktext": names}
        return list(range(n)), {"tickangle": 0} | (ticks if axis.groups else {"nticks": 12})
    middles = [(k + 0.5) * axis.each / step - 0.5 for k in range(len(axis.groups))]
    ticks = {"tickmode": "array", "tickvals": middles, "ticktext": names}
    return _names(axis, n, step), {"type": "category", "tickangle": 0} | (ticks if axis.groups else {"nticks": 12})
