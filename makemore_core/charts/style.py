"""What all figures share: a plain template, and the colours that mean something.

Text, grid and background follow the page's theme; a figure brings only the colours of its data. The template is a
constant, because plotly's default costs ten times as long to apply.
"""

import html
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from makemore_core.charts.takeaway import NOTHING

TRAIN, VAL = "#c2500f", "#2f78c4"
GHOST = "rgba(194, 80, 15, 0.22)"
YARDSTICK = "#8c8f94"
GOOD, WATCH, SICK = "#3f8f5b", "#a98300", "#c33300"
SHALLOW, DEEP = (16, 150, 165), (124, 92, 208)  # layers, from teal to violet: 3:1 on white and on near-black
ACCENT, PLAIN = "#d9622b", "#3d8fd1"  # legible on white and on near-black
LEGEND_BELOW = {"orientation": "h", "x": 0, "y": -0.14, "yanchor": "top", "font": {"size": 10}}
MOST_IN_A_LEGEND = 8
Yardstick = tuple[dict[str, Any], dict[str, Any]]  # a line and its label
TEMPLATE = go.layout.Template(
    layout={
        "margin": {"l": 48, "r": 12, "t": 34, "b": 36},
        "font": {"size": 12},
        "title": {"font": {"size": 13}, "x": 0, "xref": "container", "y": 1, "yanchor": "top", "pad": {"t": 8}},
        "showlegend": False,
        "hovermode": "closest",
        "xaxis": {"zeroline": False, "fixedrange": False},
        "yaxis": {"zeroline": False, "fixedrange": False},
    }
)


def figure(traces: Sequence[Any], title: str, takeaway: str, **layout: Any) -> go.Figure:
    """A figure in the house's style; `layout` holds what is special about it.

    `takeaway` says what one sees in it, with its numbers: with the title it is the figure's alternative text.
    """
    said = {"takeaway": plain(f"{title}. {takeaway}")}
    return go.Figure(data=list(traces), layout={"template": TEMPLATE, "title": {"text": title}, "meta": said, **layout})


def plain(text: str) -> str:
    """A text without the markup that plotly reads in it."""
    return html.unescape(re.sub(r"<[^>]*>", "", text.replace("<br>", " ")))


def takeaway_of(figure: go.Figure) -> str:
    """What a figure says, in words."""
    return str(figure.layout.meta["takeaway"])  # pyright: ignore[reportAttributeAccessIssue]


def empty(title: str, sentence: str = "") -> go.Figure:
    """Nothing to show is a normal case; the sentence says why."""
    middle = {"text": sentence, "xref": "paper", "yref": "paper", "x": 0.5, "y": 0.5, "showarrow": False}
    return figure(
        [], title, sentence or NOTHING, annotations=[middle], xaxis={"visible": False}, yaxis={"visible": False}
    )


def layer_color(i: int, n: int) -> str:
    """The colour of layer i of n."""
    share = i / max(1, n - 1)
    return "rgb({}, {}, {})".format(*(round(a + (b - a) * share) for a, b in zip(SHALLOW, DEEP, strict=True)))


def layer_curve(i: int, names: Sequence[str]) -> dict[str, Any]:
    """Colour and legend of layer i. Of many layers the first and the last are named, all say it on hover."""
    n, name = len(names), names[i]
    many = n > MOST_IN_A_LEGEND
    return {
        "line": {"color": layer_color(i, n), "width": 2},
        "name": f"… {name}" if many and i == n - 1 else name,
        "showlegend": not many or i in (0, n - 1),
    }


def yardstick(value: float, name: str, at_left: bool = False) -> Yardstick:
    """A thin dashed line at a height, with its name at one end: a shape and an annotation."""
    line = {
        "type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": value, "y1": value, "layer": "below",
        "line": {"color": YARDSTICK, "width": 1, "dash": "dash"},
    }  # fmt: skip
    label = {
        "xref": "paper", "x": 0 if at_left else 1, "y": value, "text": name, "showarrow": False,
        "xanchor": "left" if at_left else "right", "yanchor": "bottom", "font": {"size": 11},
    }  # fmt: skip
    return line, label


def yardsticks_of_losses(losses: Mapping[str, float], log: bool) -> list[Yardstick]:
    """Losses to measure by. On a logarithmic axis curves fall late: the lower ones are named at the left."""
    highest = max(losses.values(), default=0.0)
    return [yardstick(loss, f"{name} {loss:.3f}", at_left=log and loss < highest) for name, loss in losses.items()]


def step_cursor(at: int | None) -> list[dict[str, Any]]:
    """The vertical line at the step that panels look back to; none in the present."""
    if at is None:
        return []
    line = {"color": YARDSTICK, "width": 1.5}
    return [{"type": "line", "yref": "paper", "x0": at + 1, "x1": at + 1, "y0": 0, "y1": 1, "line": line}]


def steps_axis(max_steps: int, log: bool = True) -> dict[str, Any]:
    """Steps up to the run's end, logarithmic as a rule. Step n is drawn at n + 1, so that step 0 has a place.

    By its uirevision live_chart.js knows the charts that share a cursor; a zoom ends where the kind of axis changes.
    """
    end = max(10, max_steps) + 1
    scale = {"type": "log", "range": [0, math.log10(end)], "dtick": 1} if log else {"type": "linear", "range": [0, end]}
    title = {"text": "step", "standoff": 4}
    look = {"title": title, "exponentformat": "none", "separatethousands": True}
    return {**scale, **look, "uirevision": f"steps {scale['type']}"}


def round_up(value: float) -> float:
    """The next of 1, 1.5, 2, 3, 5, 7 times a power of ten: an axis that does not creep."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(m * power for m in (1, 1.5, 2, 3, 5, 7, 10) if m * power >= value)


def at_step(title: str, step: int) -> str:
    """The step stands in each chart's title."""
    return f"{title} at step {step:,}"
