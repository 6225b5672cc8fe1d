"""How a layer's numbers spread at each of the kept steps: as a heatmap, or as ridges in TensorBoard's manner."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, TypeVar, cast

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from makemore_core.charts.style import ACCENT, empty, figure, layer_color, round_up, step_cursor, steps_axis
from makemore_core.charts.takeaway import course, sentence
from makemore_core.diagnostics.reading import Histogram, Histograms
from makemore_core.training.recorder import Snapshot

MOST_STEPS, BINS = 120, 30  # of the picture; a histogram of few numbers is less ragged in half of its bins
RIDGES = 24
FAR = 2.0  # times the median range; what a few steps have beyond it counts in the outermost bins
COMMON = 0.95  # of the cells are coloured by their density; the few denser ones have the strongest colour
TALL = 4.0  # rows that a usual ridge is high
FAINTEST, STRONGEST = 0.2, 0.9  # opacity of the oldest ridge and of the newest
T = TypeVar("T")


@dataclass(frozen=True)
class Spread:
    """Shares (steps, BINS) of a layer's numbers at some steps, all between -reach and reach. Each row sums to 1."""

    steps: list[int]
    reach: float
    shares: NDArray[np.float64]

    @property
    def centres(self) -> NDArray[np.float64]:
        """The middle of each bin."""
        return self.reach * ((2 * np.arange(BINS) + 1) / BINS - 1)


def layers_over_time(snapshot: Snapshot, diagnostic: str) -> list[str]:
    """The layers that a diagnostic of histograms has measured, shallow first."""
    return list(dict.fromkeys(h.name for _, reading in _readings(snapshot, diagnostic) for h in reading.layers))


def _readings(snapshot: Snapshot, diagnostic: str) -> list[tuple[int, Histograms]]:
    """At each observed step that has one."""
    kept = [(o.step, o.readings[diagnostic]) for o in snapshot.observations if diagnostic in o.readings]
    return [(step, cast("Histograms", reading)) for step, reading in kept]


def spread(snapshot: Snapshot, diagnostic: str, layer: str, most: int = MOST_STEPS) -> Spread | None:
    """One layer's histograms at up to so many of the observed steps, on one common axis; None where there are none."""
    found = [(step, h) for step, reading in _readings(snapshot, diagnostic) for h in reading.layers if h.name == layer]
    if not found:
        return None
    kept = _thinned(found, most)
    reach = _common_reach([h for _, h in kept])
    counts = np.stack([rebinned(h, -reach, reach) for _, h in kept])
    totals = np.maximum(counts.sum(axis=1, keepdims=True), 1)
    return Spread([step for step, _ in kept], reach, counts / totals)


def _thinned(items: Sequence[T], most: int) -> list[T]:
    """Evenly chosen, the first and the last among them."""
    if len(items) <= most:
        return list(items)
    return [items[round(i)] for i in np.linspace(0, len(items) - 1, most)]


def _common_reach(histograms: Sequence[Histogram]) -> float:
    """As far from 0 as the widest histogram, but no farther than FAR times what is usual."""
    reaches = [max(-h.low, h.high) for h in histograms]
    return round_up(min(max(reaches), FAR * median(reaches)))


def rebinned(histogram: Histogram, low: float, high: float) -> NDArray[np.float64]:
    """Counts (BINS) between other bounds, as if a bin's numbers lay evenly in it; their sum stays.

    What lies beyond the bounds counts in the outermost bins, as in the histogram itself.
    """
    edges = np.linspace(histogram.low, histogram.high, len(histogram.counts) + 1)
    below = np.concatenate([[0.0], np.cumsum(histogram.counts, dtype=np.float64)])  # how many lie below each edge
    there = np.interp(np.linspace(low, high, BINS + 1), edges, below)
    there[0], there[-1] = 0.0, below[-1]
    return np.diff(there)


def heatmap_over_time(title: str, snapshot: Snapshot, diagnostic: str, layer: str, absent: str = "") -> go.Figure:
    """Steps to the right, values upwards, the more numbers the stronger the colour."""
    found = spread(snapshot, diagnostic, layer)
    if found is None:
        return empty(title, absent)
    parts_of_10_000 = np.round(10_000 * found.shares.T).astype(np.uint16)
    strongest = float(np.quantile(parts_of_10_000[parts_of_10_000 > 0], COMMON))
    trace = go.Heatmap(
        x=np.array(found.steps) + 1,
        y=found.centres,
        z=parts_of_10_000,
        zmin=0,
        zmax=max(1.0, strongest),
        autocolorscale=True,  # the page's ramp of densities
        showscale=False,
        hovertemplate="step %{x:,}<br>near %{y:.3g}<br>%{z:,} of 10,000 numbers<extra></extra>",
    )
    return figure(
        [trace],
        f"{title} of {layer} over the steps",
        _in_words(found),
        shapes=step_cursor(snapshot.at),
        xaxis=steps_axis(snapshot.progress.max_steps),
        yaxis={"range": [-found.reach, found.reach], "exponentformat": "power", "showgrid": False},
    )


def ridges_over_time(
    title: str, snapshot: Snapshot, diagnostic: str, layer: str, color: str, absent: str = ""
) -> go.Figure:
    """One ridge for each of some steps, the newest in front and strongest; the step looked back to is outlined."""
    found = spread(snapshot, diagnostic, layer, RIDGES)
    if found is None:
        return empty(title, absent)
    n = len(found.steps)
    usual = float(np.quantile(found.shares.max(axis=1), 0.75))
    heights = np.minimum(found.shares * TALL / max(usual, 1e-12), 2 * TALL)
    shown = _latest_before(found.steps, snapshot.at)
    traces = [_ridge(found, heights[i], i, color, is_shown=i == shown) for i in range(n)]
    named = list(range(n - 1, -1, -max(1, n // 8)))
    return figure(
        traces,
        f"{title} of {layer}, the newest in front",
        _in_words(found),
        xaxis={"range": [-found.reach, found.reach], "exponentformat": "power", "nticks": 7},
        yaxis={
            "range": [-0.5, n + TALL],
            "tickvals": [n - 1 - i for i in named],
            "ticktext": [f"{found.steps[i]:,}" for i in named],
            "showgrid": False,
            "title": {"text": "step", "standoff": 4},
        },
        margin={"l": 70, "r": 12, "t": 34, "b": 36},
    )


def _in_words(found: Spread) -> str:
    deviations = np.sqrt((found.shares * found.centres**2).sum(1)).tolist()
    return sentence([course("how far the numbers lie from 0, as a root of the mean square,", deviations, ".2g")]) + (
        f" From step {found.steps[0]:,} to {found.steps[-1]:,}."
    )


def _latest_before(steps: list[int], at: int | None) -> int:
    """The place of the newest step that is not after the one looked back to."""
    return max((i for i, step in enumerate(steps) if at is None or step <= at), default=0)


def _ridge(found: Spread, height: NDArray[np.float64], i: int, color: str, is_shown: bool) -> go.Scatter:
    """Ridge i as a closed shape, on a base line that is the lower the newer it is."""
    n = len(found.steps)
    base = n - 1 - i
    opacity = FAINTEST + (STRONGEST - FAINTEST) * (i / max(1, n - 1)) ** 2
    line: dict[str, Any] = {"color": ACCENT, "width": 2.5} if is_shown else {"color": _clear(color, 0.8), "width": 1}
    return go.Scatter(
        x=np.concatenate([[-found.reach], found.centres, [found.reach]]),
        y=np.concatenate([[base], base + height, [base]]).round(3),
        mode="lines",
        fill="toself",
        fillcolor=_clear(color, opacity),
        line=line,
        hoveron="fills",
        hoverinfo="text",
        name=f"step {found.steps[i]:,}",
        text=f"step {found.steps[i]:,}",
    )


def _clear(color: str, opacity: float) -> str:
    """A colour of layer_color() that lets something through."""
    return color.replace("rgb(", "rgba(").replace(")", f", {opacity:.2f})")


def color_of(layer: str, layers: Sequence[str]) -> str:
    """A layer's colour among all."""
    return layer_color(layers.index(layer) if layer in layers else 0, len(layers))
