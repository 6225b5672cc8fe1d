"""Backpropagation as pictures: any value or gradient as a signed heatmap, and how hard the logits are pulled."""

import html
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from makemore_core.charts.readings import visible
from makemore_core.charts.style import ACCENT, PLAIN, empty, figure
from makemore_core.charts.takeaway import extremes, leaders
from makemore_core.vocabulary import shown

Numbers = NDArray[np.float32]
MOST_ROWS, MOST_COLUMNS = 64, 320  # of a picture
MOST_NAMED_ROWS, MOST_NAMED_COLUMNS = 40, 60
LONGEST_LABEL = 9  # characters
PICTURE, PULL, PULLS = 380, 250, 620  # pixels
BAR: dict[str, Any] = {"thickness": 10, "outlinewidth": 0, "nticks": 6, "tickformat": ".2~g"}


def numbers_figure(title: str, values: Numbers, rows: Sequence[str], columns: Sequence[str]) -> go.Figure:
    """A value or a gradient of any shape: its first dimension downwards, the others to the right, zero as the page.

    Of a large one the first rows and columns; the title says so. `rows` and `columns` are names, where they have any.
    """
    table = as_table(values)
    R, C = table.shape
    cut = table[:MOST_ROWS, :MOST_COLUMNS]
    r, c = cut.shape
    cut_away = [f"the first {n} of {N:,} {what}" for n, N, what in ((r, R, "rows"), (c, C, "columns")) if n < N]
    where = "%{y}, %{x}" if R > 1 else "%{x}"
    trace = _signed(cut, hovertemplate=f"{where}: %{{z:.3g}}<extra></extra>")
    return figure(
        [trace],
        ", ".join([title, *cut_away]),
        extremes(cut, [_plain(row) for row in rows], [_plain(column) for column in columns]),
        uirevision=f"{r} x {c}",  # a zoom holds for pictures of one size
        xaxis=_axis(columns, c, MOST_NAMED_COLUMNS) | {"range": [-0.5, c - 0.5]},  # also where nothing is a number
        yaxis=_axis(rows, r, MOST_NAMED_ROWS)
        | {"range": [r - 0.5, -0.5]}
        | ({"showticklabels": False, "ticks": ""} if R == 1 else {}),
        margin={"l": 34 + 5 * max((len(_label(row)) for row in rows), default=0), "r": 8, "t": 34, "b": 26},
    )


def unknown_figure(title: str, sentence: str) -> go.Figure:
    """The place of a picture that is yet to come."""
    return empty(title, sentence)


def as_table(values: Numbers) -> Numbers:
    """Any shape in two dimensions: a vector is a row, and what has three has its last two side by side."""
    return values.reshape(1, -1) if values.ndim < 2 else values.reshape(len(values), -1)


def pulls_figure(
    title: str, gradient: Numbers, contexts: Sequence[str], targets: Sequence[int], itos: Sequence[str], chosen: int
) -> go.Figure:
    """dlogits (B, V) as in lecture 4: in each row one strong pull, on the right character, and a push on all others.

    The last column holds the rows' sums, which are 0. Of a large alphabet those columns that are moved most.
    """
    columns = _largest(np.abs(gradient).sum(0))
    cut = gradient[:MOST_ROWS]
    sums = cut.sum(1, dtype=np.float64)
    letters = [itos[i] for i in columns]
    said = [_pulls(context, itos[target], letters) for context, target in zip(contexts, targets, strict=True)]
    trace = _signed(
        np.hstack([cut[:, columns], np.full((len(cut), 1), np.nan), sums[:, None]]),
        customdata=said[: len(cut)],
        hovertemplate="%{customdata}: %{z:.3g}<extra></extra>",
        hoverongaps=False,
        xgap=1,
        ygap=1,
    )
    names = [*map(visible, letters), "", "Σ"]
    rows = [f"{_label(context)} → {visible(itos[target])}" for context, target in zip(contexts, targets, strict=True)]
    mark = {
        "type": "rect", "xref": "paper", "x0": 0, "x1": 1, "y0": chosen - 0.5, "y1": chosen + 0.5,
        "line": {"width": 1.5},
    }  # fmt: skip
    look = {"tickmode": "array", "showgrid": False, "tickangle": 0}
    every = math.ceil(len(cut) / MOST_NAMED_ROWS)  # names do not overlap
    return figure(
        [trace],
        title,
        extremes(cut[:, columns], rows, names)
        + f" No row's sum is farther from 0 than {np.abs(sums).max(initial=0):.1e}.",
        shapes=[mark] if chosen < len(cut) else [],
        xaxis=look
        | {"tickvals": list(range(len(names))), "ticktext": names, "tickfont": {"size": 10}}
        | {"range": [-0.5, len(names) - 0.5]},  # also where nothing is a number
        yaxis=look
        | {"tickvals": list(range(0, len(cut), every)), "ticktext": rows[: len(cut) : every], "tickfont": {"size": 9}}
        | {"range": [len(cut) - 0.5, -0.5]},
        margin={"l": 86, "r": 8, "t": 34, "b": 26},
    )


def pull_figure(context: str, pulls: Numbers, itos: Sequence[str], target: int) -> go.Figure:
    """The row of dlogits after a context, times n: what was expected, and below zero what the right one missed."""
    columns = _largest(np.abs(pulls))
    letters = [itos[i] for i in columns]
    bars = go.Bar(
        x=list(range(len(columns))),
        y=pulls[columns],
        marker={"color": [PLAIN if i == target else ACCENT for i in columns]},
        customdata=[f"“{visible(letter)}”" for letter in letters],
        hovertemplate="%{customdata}: %{y:+.3f}<extra></extra>",
    )
    ticks = {"tickmode": "array", "tickvals": list(range(len(columns))), "ticktext": [visible(c) for c in letters]}
    return figure(
        [bars],
        f"n · dlogits after “{_plain(context)}”",
        f"The right “{visible(itos[target])}” is pulled up by {-pulls[target]:.3f}. "
        + leaders([visible(letter) for letter in letters], pulls[columns], ".3f"),
        xaxis=ticks | {"tickangle": 0, "showgrid": False, "tickfont": {"size": 10}},
        yaxis={"range": [-1.05, 1.05], "nticks": 5, "zeroline": True},
        margin={"l": 40, "r": 8, "t": 34, "b": 26},
        bargap=0.25,
    )


def _largest(weights: Numbers) -> list[int]:
    """The places of the largest ones, in their own order."""
    return sorted(int(i) for i in np.argsort(-weights, kind="stable")[:MOST_NAMED_COLUMNS])


def _signed(z: NDArray[Any], **look: Any) -> go.Heatmap:
    """Blue below zero, orange above, on a range that is as wide on both sides."""
    finite = np.abs(z[np.isfinite(z)])
    reach = float(finite.max(initial=0.0)) or 1.0  # of zeros alone
    return go.Heatmap(z=z, zmin=-reach, zmax=reach, autocolorscale=True, colorbar=BAR, **look)


def _axis(names: Sequence[str], n: int, most: int) -> dict[str, Any]:
    if not names or n > most:
        return {"showgrid": False, "nticks": 8}
    ticks = {"tickmode": "array", "tickvals": list(range(n)), "ticktext": [_label(name) for name in names[:n]]}
    return ticks | {"showgrid": False, "tickangle": 0, "tickfont": {"size": 8}}


def _pulls(context: str, target: str, letters: Sequence[str]) -> list[str]:
    """What a pointer says over each cell of a row."""
    after = f"after “{_plain(context)}”"
    does = {letter: "pulled up" if letter == target else "pushed down" for letter in letters}
    return [*(f"{after}, “{visible(letter)}” is {does[letter]}" for letter in letters), "", f"{after}: sum of the row"]


def _label(text: str) -> str:
    """What there is room for beside a picture: the end of a long context."""
    return _plain(text if len(text) <= LONGEST_LABEL else f"…{text[1 - LONGEST_LABEL :]}")


def _plain(text: str) -> str:
    """Plotly reads markup in text."""
    return html.escape("".join(map(shown, text)), quote=False)
