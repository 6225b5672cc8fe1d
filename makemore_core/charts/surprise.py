"""How surprising names are: letter by letter, beside counting, and among the real names of the data set."""

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from makemore_core.charts.readings import visible
from makemore_core.charts.style import ACCENT, LEGEND_BELOW, PLAIN, TRAIN, VAL, YARDSTICK, empty, figure, yardstick
from makemore_core.charts.takeaway import leaders, sentence

SPLIT_COLORS = {"train": TRAIN, "val": VAL, "test": YARDSTICK}
QUIETEST = 0.18  # the opacity of a bar that costs nothing
LARGEST_LETTER, SMALLEST_LETTER = 34, 9
ROOM = 290  # pixels that the letters have on a phone
NUMBERED = 16  # bars that have room for their number
BINS = 48
LABELS = 6  # names whose mark is labelled
BELOW, ABOVE = "rgba(61, 143, 209, 0.85)", "rgba(61, 143, 209, 0.28)"


@dataclass(frozen=True)
class Marked:
    """A name with its place on the axis: bits, in all or per character."""

    name: str
    value: float


def loudness(bits: float, uniform: float) -> float:
    """How strongly a character is coloured: 0 if it was certain, 1 if it cost a blind guess or more."""
    return min(1.0, bits / uniform) if uniform else 1.0


def surprise_figure(
    name: str, step: int, characters: Sequence[str], bits: Sequence[float], uniform: float
) -> go.Figure:
    """Surprise in bits of each character of a name and of its end; the line is what a blind guess costs."""
    n, top = len(bits), 1.18 * max(uniform, *(b for b in (*bits, 0.0) if math.isfinite(b)))
    size = max(SMALLEST_LETTER, min(LARGEST_LETTER, ROOM // n))
    bars = go.Bar(
        x=list(range(n)),
        y=[min(b, top) for b in bits],
        customdata=[
            [visible(c), f"{b:.3f} bits, p = {_percent(2**-b)}"] for c, b in zip(characters, bits, strict=True)
        ],
        marker={"color": [_shade(loudness(b, uniform)) for b in bits]},
        text=["∞" if b == math.inf else f"{b:.1f}" for b in bits] if n <= NUMBERED else None,
        textposition="outside",
        textangle=0,
        cliponaxis=False,
        hovertemplate="%{customdata[0]}: %{customdata[1]}<extra></extra>",
    )
    line, label = yardstick(uniform, f"a blind guess, {uniform:.2f}")
    ticks = {"tickmode": "array", "tickvals": list(range(n)), "ticktext": [visible(c) for c in characters]}
    return figure(
        [bars],
        f"Surprise of “{_short(name)}” in bits, step {step:,}",
        leaders([visible(c) for c in characters], bits, ".1f") + f" A blind guess costs {uniform:.2f} each.",
        shapes=[line],
        annotations=[label],
        xaxis={**ticks, "showgrid": False, "tickangle": 0, "tickfont": {"size": size}, "range": [-0.6, n - 0.4]},
        yaxis={"range": [0, top], "nticks": 5},
        bargap=0.3,
        margin={"l": 32, "r": 12, "t": 34, "b": size + 16},
    )


def _shade(loud: float) -> str:
    red, green, blue = (int(ACCENT[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {QUIETEST + (1 - QUIETEST) * loud:.2f})"


def _percent(p: float) -> str:
    return f"{p:.1%}" if p >= 1e-3 else f"{p:.1e}"


def _short(name: str, most: int = 24) -> str:
    """A name as it is, to be read by plotly as text alone; a long one is cut."""
    return html.escape(name if len(name) <= most else name[: most - 1] + "…", quote=False)


def beside_counting_figure(bits: dict[str, float]) -> go.Figure:
    """The bits of one name under each predictor, the net last and bright."""
    names = list(bits)
    reach = max(b for b in bits.values() if math.isfinite(b))
    bars = go.Bar(
        y=names,
        x=[min(b, 1.2 * reach) for b in bits.values()],
        orientation="h",
        marker={"color": [ACCENT if name == names[-1] else YARDSTICK for name in names]},
        text=["impossible" if b == math.inf else f"{b:.1f}" for b in bits.values()],
        textposition="outside",
        cliponaxis=False,
        hovertemplate="%{y}: %{text} bits<extra></extra>",
    )
    return figure(
        [bars],
        "Bits in all, beside guessing and counting",
        sentence(f"{name} {'finds it impossible' if b == math.inf else format(b, '.1f')}" for name, b in bits.items()),
        xaxis={"visible": False, "range": [0, 1.25 * reach]},
        yaxis={"autorange": "reversed", "showgrid": False, "automargin": True},
        bargap=0.35,
        margin={"l": 80, "r": 12, "t": 34, "b": 8},
    )


def among_words_figure(title: str, values: NDArray[np.float64], marked: Sequence[Marked], noun: str) -> go.Figure:
    """The bits of all words; those that surprise less than the first name are strong. The bars sum to 1."""
    finite = values[np.isfinite(values)]
    if not len(finite):
        return empty(title, f"To this model all {noun}s are impossible.")
    edges = _edges(finite, marked[0].value if marked else math.nan)
    shares = np.histogram(np.minimum(values, edges[-1]), edges)[0] / len(values)
    centres = (edges[:-1] + edges[1:]) / 2
    mine = marked[0].value if marked else math.inf
    bars = go.Bar(
        x=centres,
        y=shares,
        marker={"color": [BELOW if c < mine else ABOVE for c in centres], "line": {"width": 0}},
        hovertemplate=f"about %{{x:.2f}} bits: %{{y:.2%}} of the {noun}s<extra></extra>",
    )
    top = 1.35 * float(shares.max())
    lines = [_vertical(m.value, ACCENT, 2.5 if i == 0 else 1) for i, m in enumerate(marked) if math.isfinite(m.value)]
    low, high = float(edges[0]), float(edges[-1])
    inside = [m.value for m in marked if math.isfinite(m.value)]
    return figure(
        [bars],
        title,
        sentence(
            f"{_short(m.name)} has {m.value:.2f}, more than {(values < m.value).mean():.0%}" for m in marked[:LABELS]
        )
        if marked
        else f"The median of {len(values):,} is {np.median(values):.2f}.",
        shapes=lines,
        annotations=_labels(marked, low, high),
        xaxis={"range": [min([low, *inside]), max([high, *(1.02 * v for v in inside)])], "nticks": 8},
        yaxis={"range": [0, top], "tickformat": ".0%", "nticks": 4},
        bargap=0.04,
        margin={"l": 40, "r": 12, "t": 34, "b": 28},
    )


def _edges(values: NDArray[np.float64], mine: float) -> NDArray[np.float64]:
    """Equal bins over all values, so laid that one of them ends where my name stands: what is left of it is less."""
    low, high = float(values.min()), float(values.max())
    width = max(high - low, 1e-3) / BINS
    start = low - (width - (mine - low) % width) if math.isfinite(mine) else low
    n = math.ceil((high - start) / width + 1e-9) + 1
    return start + width * np.arange(n + 1, dtype=np.float64)


def _labels(marked: Sequence[Marked], low: float, high: float) -> list[dict[str, Any]]:
    """The first names over their lines, one below the other, so that they do not cover each other."""
    shown = [m for m in marked[:LABELS] if math.isfinite(m.value)]
    return [
        {
            "x": m.value,
            "y": 1 - 0.075 * i,
            "yref": "paper",
            "yanchor": "top",
            "xanchor": "right" if m.value > (low + high) / 2 else "left",
            "text": f" {_short(m.name, 18)} ",
            "showarrow": False,
            "font": {"color": ACCENT, "size": 13 if i == 0 else 11},
        }
        for i, m in enumerate(shown)
    ]


def _vertical(x: float, color: str, width: float, dash: str = "solid") -> dict[str, Any]:
    line = {"color": color, "width": width, "dash": dash}
    return {"type": "line", "x0": x, "x1": x, "yref": "paper", "y0": 0, "y1": 1, "line": line}


def splits_figure(title: str, values: dict[str, NDArray[np.float64]], means: dict[str, float]) -> go.Figure:
    """The bits per character of each split's words; the shares of each split sum to 1, its mean is dashed."""
    every = np.concatenate([v[np.isfinite(v)] for v in values.values()])
    if not len(every):
        return empty(title, "To this model all of them are impossible.")
    edges = np.linspace(float(every.min()), float(every.max()) + 1e-6, BINS + 1)
    traces = [
        go.Scatter(
            x=(edges[:-1] + edges[1:]) / 2,
            y=np.histogram(np.minimum(v, edges[-1]), edges)[0] / max(1, len(v)),
            mode="lines",
            line={"shape": "hvh", "width": 2, "color": SPLIT_COLORS.get(split, PLAIN)},
            name=f"{split}, mean {means[split]:.3f}",
            hovertemplate=f"{split}<br>about %{{x:.2f}} bits: %{{y:.2%}}<extra></extra>",
        )
        for split, v in values.items()
    ]
    lines = [
        _vertical(mean, SPLIT_COLORS.get(split, PLAIN), 1, "dash")
        for split, mean in means.items()
        if math.isfinite(mean)
    ]
    return figure(
        traces,
        title,
        sentence(f"{split} has mean {mean:.3f}" for split, mean in means.items()),
        shapes=lines,
        showlegend=True,
        legend=LEGEND_BELOW,
        xaxis={"nticks": 8},
        yaxis={"tickformat": ".0%", "rangemode": "tozero", "nticks": 4},
        margin={"l": 40, "r": 12, "t": 34, "b": 58},
    )
