"""Pictures of an autograd at work: an operation's curve and derivative, its numbers forward and back, and the slope."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from makemore_core.charts.style import ACCENT, LEGEND_BELOW, PLAIN, YARDSTICK, figure, layer_color
from makemore_core.charts.takeaway import course, courses, leaders, sentence
from makemore_core.inspection.network_tape import OnTape
from makemore_core.minitorch.demos import Curve, Example
from makemore_core.minitorch.kernels import Array

HIGHEST_SLOPE = 6.0  # a curve is cut off above
MARGIN = {"l": 40, "r": 12, "t": 34, "b": 40}
BETWEEN = 0.06  # of the width, for the sign between two pictures
MOST_OVER = 4  # rows of a table that stands over its gradient
MOST_SAID = 6  # numbers in a sentence
FULL = 3  # rows that fill a picture's height; fewer do not grow
LINES = (0.56, 1.0), (0.0, 0.4)  # where the forward and the backward line stand


def curve_figure(title: str, shown: Curve) -> go.Figure:
    """A function and its derivative over the same numbers."""
    lines = [
        go.Scatter(x=shown.x, y=shown.y, name="out", line={"color": PLAIN, "width": 2.5}),
        go.Scatter(x=shown.x, y=shown.slope, name="derivative", line={"color": ACCENT, "width": 2, "dash": "dot"}),
    ]
    low = max(-HIGHEST_SLOPE, float(min(shown.y.min(), shown.slope.min())))
    high = min(HIGHEST_SLOPE, float(max(shown.y.max(), shown.slope.max())))
    room = 0.06 * (high - low)
    return figure(
        lines,
        title,
        courses((("out", shown.y), ("the derivative", shown.slope)), ".3g")
        + f" While a goes from {shown.x[0]:.3g} to {shown.x[-1]:.3g}.",
        xaxis={"title": {"text": "a", "standoff": 2}, "zeroline": True},
        yaxis={"range": [low - room, high + room], "zeroline": True},
        showlegend=True,
        legend=LEGEND_BELOW | {"y": -0.2},
        hovermode="x",
        margin=MARGIN,
    )


def example_figure(title: str, shown: Example) -> go.Figure:
    """Above the inputs and the output, below what flows back: each gradient under its number."""
    above, below = {**shown.inputs, "out": shown.out}, {**shown.gradients, "out": shown.g}
    wide = np.array([np.atleast_2d(array).shape[1] for array in above.values()], dtype=float)
    tables = zip((above, below), LINES, (_name, _gradient_name), strict=True)
    traces: list[Any] = []
    layout: dict[str, Any] = {"annotations": []}
    for arrays, line, name_of in tables:
        reach = max(float(np.abs(array).max(initial=1e-9)) for array in arrays.values())
        left = 0.0
        for (name, array), share in zip(arrays.items(), _shares(wide), strict=True):
            if name == "out":
                layout["annotations"].append(
                    _sign(
                        "→" if name_of is _name else "←", left - BETWEEN / 2, line[1] - (line[1] - line[0]) / (2 * FULL)
                    )
                )
            axis = str(len(traces) + 1)
            traces.append(_table(array, reach, axis))
            layout |= _axes(axis, (left, left + share), line, array)
            layout["annotations"].append(_above(name_of(name), array, left, line[1]))
            left += share + BETWEEN
    said = sentence(f"{'g' if name == 'out' else f'd{name}'} is {_numbers(array)}" for name, array in below.items())
    return figure(traces, title, said, margin={"l": 8, "r": 8, "t": 52, "b": 8}, **layout)


def slope_figure(title: str, name: str, values: Array, outputs: Array, here: tuple[float, float, float]) -> go.Figure:
    """The output over one number, and the line whose slope is the gradient: touching it at (x, y, gradient)."""
    x, y, gradient = here
    reach = (float(values[-1]) - float(values[0])) / 4
    ends = np.array([x - reach, x + reach])
    traces = [
        go.Scatter(x=values, y=outputs, line={"color": YARDSTICK, "width": 2}, hovertemplate="%{y:.4g}<extra></extra>"),
        go.Scatter(x=ends, y=y + gradient * (ends - x), line={"color": _color(gradient), "width": 3}, hoverinfo="skip"),
        go.Scatter(x=[x], y=[y], mode="markers", marker={"color": _color(gradient), "size": 10}, hoverinfo="skip"),
    ]
    for trace in traces[:2]:
        trace.mode = "lines"
    said = f"At {x:.4g} the output is {y:.4g}, and its slope {gradient:+.4g}."
    axis = {"title": {"text": name, "standoff": 2}}
    return figure(traces, title, said, xaxis=axis, yaxis=_room(outputs), margin=MARGIN)


def nudges_figure(title: str, outputs: Sequence[float]) -> go.Figure:
    """The output after each step of gradient descent."""
    line = go.Scatter(
        x=list(range(len(outputs))),
        y=list(outputs),
        mode="lines+markers",
        line={"color": ACCENT, "width": 2},
        hovertemplate="after %{x}: %{y:.5g}<extra></extra>",
    )
    x = {"title": {"text": "steps", "standoff": 2}, "range": [-0.5, max(10.5, len(outputs) - 0.5)]}
    said = sentence([course("the output", outputs)])
    return figure([line], title, said, xaxis=x, yaxis=_room(np.array(outputs)), margin=MARGIN)


def values_figure(title: str, data: Array, grad: Array | None) -> go.Figure:
    """A table over its gradient; a tall one beside it, so that its numbers can be read."""
    both = {"data": data} | ({} if grad is None else {"grad": grad})
    half = 0.5 - BETWEEN / 2
    if grad is None:
        places = [((0.0, 1.0), (0.0, 1.0))]
    elif np.atleast_2d(data).shape[0] <= MOST_OVER:
        places = [((0.0, 1.0), line) for line in LINES]
    else:
        places = [((0.0, half), (0.0, 1.0)), ((1 - half, 1.0), (0.0, 1.0))]
    traces, layout = list[Any](), dict[str, Any](annotations=[])
    for i, ((name, array), (across, line)) in enumerate(zip(both.items(), places, strict=True), start=1):
        traces.append(_table(array, float(np.abs(array).max()) or 1.0, str(i)))
        layout |= _axes(str(i), across, line, array)
        layout["annotations"].append(_above(name, array, across[0], line[1]))
    said = sentence(f"{name} is {_numbers(array)}" for name, array in both.items())
    return figure(traces, title, said, margin={"l": 8, "r": 8, "t": 56, "b": 8}, **layout)


def held_figure(title: str, layers: Sequence[OnTape]) -> go.Figure:
    """How many bytes each layer holds on the tape, shallow first."""
    bars = go.Bar(
        x=[layer.name for layer in layers],
        y=[layer.bytes / 1024 for layer in layers],
        marker={"color": [layer_color(i, len(layers)) for i in range(len(layers))]},
        hovertemplate="%{x}: %{y:,.3~g} KiB<extra></extra>",
    )
    return figure(
        [bars],
        title,
        leaders([layer.name for layer in layers], [layer.bytes / 1024 for layer in layers], ",.3g"),
        xaxis={"type": "category"},
        yaxis={"title": {"text": "KiB"}},
        margin=MARGIN | {"l": 56, "b": 70},
        bargap=0.25,
    )


def _numbers(array: Array) -> str:
    """A few numbers themselves, of many the shape and the ends."""
    if array.size <= MOST_SAID:
        return ", ".join(f"{value:.3g}" for value in array.ravel())
    return f"{' × '.join(map(str, array.shape))} numbers from {array.min():.3g} to {array.max():.3g}"


def _room(values: Array) -> dict[str, Any]:
    """A little more than the range of the values, also where they are all the same."""
    known = values[np.isfinite(values)]
    low, high = float(known.min(initial=np.inf)), float(known.max(initial=-np.inf))
    if not known.size:
        return {}
    room = 0.08 * (high - low) or 0.1 * abs(high) or 1.0
    return {"range": [low - room, high + room]}


def _color(value: float) -> str:
    return ACCENT if value > 0 else PLAIN


def _name(name: str) -> str:
    return name


def _gradient_name(name: str) -> str:
    return "g" if name == "out" else f"d{name}"


def _shares(wide: Array) -> list[float]:
    """How much of the width each picture takes: by its columns, but a single column can still be read."""
    weights = np.maximum(wide, 1.5)
    return (weights / weights.sum() * (1 - BETWEEN * (len(wide) - 1))).tolist()


def _table(array: Array, reach: float, axis: str) -> Any:
    return go.Heatmap(
        z=np.atleast_2d(array),
        zmin=-reach,
        zmax=reach,
        autocolorscale=True,  # the theme's scale for signed numbers
        showscale=False,
        texttemplate="%{z:.3~g}",
        hoverinfo="skip",
        xgap=1,
        ygap=1,
        xaxis=f"x{axis}",
        yaxis=f"y{axis}",
    )


def _axes(axis: str, across: tuple[float, float], line: tuple[float, float], array: Array) -> dict[str, Any]:
    hidden = {"visible": False, "fixedrange": True}
    rows = np.atleast_2d(array).shape[0]
    down = [line[1] - min(1.0, rows / FULL) * (line[1] - line[0]), line[1]]
    key = "" if axis == "1" else axis
    return {
        f"xaxis{key}": {**hidden, "domain": list(across), "anchor": f"y{axis}"},
        f"yaxis{key}": {**hidden, "domain": down, "anchor": f"x{axis}", "autorange": "reversed"},
    }


def _above(name: str, array: Array, left: float, top: float) -> dict[str, Any]:
    text = f"<b>{name}</b> {' × '.join(map(str, array.shape))}"
    return _note(text, left, top) | {"xanchor": "left", "yanchor": "bottom"}


def _sign(text: str, x: float, y: float) -> dict[str, Any]:
    return _note(text, x, y) | {"xanchor": "center", "font": {"size": 20}}


def _note(text: str, x: float, y: float) -> dict[str, Any]:
    return {"text": text, "x": x, "y": y, "xref": "paper", "yref": "paper", "showarrow": False}
