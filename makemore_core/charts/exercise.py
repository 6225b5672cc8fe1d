"""A gradient as a picture: the learner's and autograd's on one scale of signs, so that equal ones look equal."""

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from makemore_core.charts.style import empty, figure
from makemore_core.charts.takeaway import extremes
from makemore_core.inspection.weights import reduced

HEIGHT = 210  # pixels, whatever the shape
MOST_CELLS = 12_000
MARGIN = {"l": 34, "r": 12, "t": 34, "b": 22}


def gradient_figure(title: str, values: NDArray[np.float32], reach: float) -> go.Figure:
    """A gradient of any shape: an example or a row downwards, all else to the right; the scale goes up to `reach`."""
    table = values.reshape(len(values), -1) if values.ndim > 1 else values.reshape(1, -1)
    cells, (r, c) = reduced(table, MOST_CELLS)
    finite = np.where(np.isfinite(cells), cells, np.nan)
    blocks = "" if r == c == 1 else f", means of {r} × {c}"
    trace = go.Heatmap(
        z=finite,
        x=np.arange(cells.shape[1]) * c,
        y=np.arange(cells.shape[0]) * r,
        zmin=-reach,
        zmax=reach,
        autocolorscale=True,  # the theme's scale for signed numbers
        colorbar={"thickness": 10, "outlinewidth": 0, "nticks": 4, "tickformat": ".2~g"},
        hovertemplate="row %{y}, column %{x}: %{z:.3g}<extra></extra>",
    )
    return figure(
        [trace],
        f"{title}{blocks}",
        extremes(finite),
        xaxis={
            "showgrid": False,
            "nticks": 8,
            "showticklabels": cells.shape[1] > 1,
            "range": [-c / 2, (cells.shape[1] - 0.5) * c],
        },
        yaxis={
            "showgrid": False,
            "nticks": 5,
            "range": [(len(cells) - 0.5) * r, -r / 2],
            "showticklabels": len(cells) > 1,
        },
        margin=MARGIN,
    )


def no_figure(title: str, sentence: str) -> go.Figure:
    """The place of a gradient that is yet to come, with its title where it will be."""
    return empty(title, sentence).update_layout(margin=MARGIN)


def reach_of(values: NDArray[np.float32]) -> float:
    """The largest size of an entry that is a number; a little above 0 where there is none."""
    finite = values[np.isfinite(values)]
    return max(float(np.abs(finite).max(initial=0.0)), 1e-12)
