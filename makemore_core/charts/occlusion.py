"""Pictures of which letter mattered: for one next character, for all of them together, and for each."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from makemore_core.charts.characters import MOST_BARS, letters_axis, shown_places, ticks_of
from makemore_core.charts.readings import visible
from makemore_core.charts.style import ACCENT, PLAIN, figure
from makemore_core.charts.takeaway import extremes, sentence
from makemore_core.inspection.occlusion import Occlusion

MOST_WRITTEN = 16  # bars with their number
LEAST_REACH = 0.2  # bits; below that nothing matters
MOST_BITS = 12  # what is drawn; beyond, the colour is full


def spoken_for_figure(title: str, letters: Sequence[str], bits: NDArray[np.float64]) -> go.Figure:
    """What each letter (L) adds to the one that is asked about, in bits: orange for it, blue against it."""
    return _bars_of_letters(title, letters, bits, [ACCENT if b > 0 else PLAIN for b in bits], "+.2f", signed=True)


def divergence_figure(title: str, letters: Sequence[str], bits: NDArray[np.float64]) -> go.Figure:
    """How far all probabilities move without each letter (L), in bits."""
    return _bars_of_letters(title, letters, bits, [PLAIN] * len(bits), ".2f", signed=False)


def _bars_of_letters(
    title: str, letters: Sequence[str], bits: NDArray[np.float64], colors: list[str], number: str, *, signed: bool
) -> go.Figure:
    reach = 1.25 * max(LEAST_REACH, float(np.abs(bits).max(initial=0)))
    bars = go.Bar(
        x=list(range(len(bits))),
        y=bits,
        marker={"color": colors},
        customdata=[visible(c) for c in letters],
        text=[format(b, number) for b in bits] if len(bits) <= MOST_WRITTEN else None,
        textposition="outside",
        cliponaxis=False,
        hovertemplate=f"%{{customdata}}: %{{y:{number}}} bits<extra></extra>",
    )
    return figure(
        [bars],
        title,
        sentence(f"{visible(c)} {b:{number}} bits" for c, b in zip(letters, bits.tolist(), strict=True)),
        xaxis=letters_axis(letters) | {"tickfont": {"size": 16}, "range": [-0.6, max(3, len(bits)) - 0.4]},
        yaxis={"range": [-reach if signed else 0, reach], "zeroline": True, "nticks": 5, "ticksuffix": " bits"},
        margin={"l": 64, "r": 12, "t": 34, "b": 36},
        bargap=0.35,
    )


def occlusion_figure(title: str, letters: Sequence[str], labels: Sequence[str], seen: Occlusion) -> go.Figure:
    """What each letter (rows) does for each next character (columns): orange for it, blue against it, in bits."""
    places = shown_places(seen.own.astype(np.float32), MOST_BARS)
    cells = np.clip(seen.change[:, places], -MOST_BITS, MOST_BITS)
    names = [visible(labels[i]) for i in places]
    hover = [[f"{visible(a)} for {b}: {bits:+.2f} bits" for b, bits in zip(names, line, strict=True)]
             for a, line in zip(letters, seen.change[:, places], strict=True)]  # fmt: skip
    reach = max(LEAST_REACH, float(np.abs(cells).max(initial=0)))
    trace = go.Heatmap(
        z=cells, zmin=-reach, zmax=reach, autocolorscale=True, xgap=1, ygap=1,
        colorbar={"thickness": 10, "outlinewidth": 0, "nticks": 5, "ticksuffix": " bits"},
        customdata=hover, hovertemplate="%{customdata}<extra></extra>",
    )  # fmt: skip
    rows = letters_axis(letters) | {"range": [len(letters) - 0.5, -0.5]}
    said = extremes(seen.change[:, places], [visible(c) for c in letters], names, "+.2f")
    return figure([trace], title, f"In bits: {said}", xaxis=ticks_of(names), yaxis=rows)
