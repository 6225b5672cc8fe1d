"""What a data set looks like: how long its words are, which letters it has, how they begin, and how it is split."""

from collections.abc import Mapping

import plotly.graph_objects as go

from makemore_core.charts.readings import visible
from makemore_core.charts.style import ACCENT, PLAIN, TRAIN, VAL, YARDSTICK, figure
from makemore_core.charts.takeaway import leaders
from makemore_core.lint.facts import Counts, Facts

MOST_LETTERS = 40  # bars that can still be told apart
MOST_LENGTHS = 60
SPLIT_COLORS = {"train": TRAIN, "val": VAL, "test": YARDSTICK}
HOVER = "%{customdata}: %{y:,}<extra></extra>"


def lengths_figure(facts: Facts, noun: str) -> go.Figure:
    """How many words have each length; of many lengths some together."""
    width = -(-(facts.longest - facts.shortest + 1) // MOST_LENGTHS)
    bins: dict[int, int] = {}
    for length, n in facts.lengths:
        start = facts.shortest + (length - facts.shortest) // width * width
        bins[start] = bins.get(start, 0) + n
    bars = go.Bar(
        x=[start + (width - 1) / 2 for start in bins],
        y=list(bins.values()),
        width=0.85 * width,
        customdata=[f"{start} to {start + width - 1}" if width > 1 else str(start) for start in bins],
        marker={"color": PLAIN},
        hovertemplate="%{customdata} characters: %{y:,}<extra></extra>",
    )
    said = f"From {facts.shortest} to {facts.longest} characters, {facts.mean_length:.1f} on average."
    return figure([bars], f"Length of a {noun}, in characters", said, xaxis={"showgrid": False}, bargap=0.15)


def letters_figure(facts: Facts) -> go.Figure:
    """How often each character stands in it, the most frequent first."""
    return _bars("Characters, by how often they come", facts.letters)


def first_letters_figure(facts: Facts, noun: str) -> go.Figure:
    """How often each character begins a word."""
    return _bars(f"What a {noun} begins with", facts.first_letters)


def _bars(title: str, counts: Counts) -> go.Figure:
    shown = counts[:MOST_LETTERS]
    bars = go.Bar(
        x=list(range(len(shown))),
        y=[n for _, n in shown],
        customdata=[visible(c) for c, _ in shown],
        marker={"color": [ACCENT if i == 0 else PLAIN for i in range(len(shown))]},
        hovertemplate=HOVER,
    )
    axis = {
        "tickmode": "array",
        "tickvals": list(range(len(shown))),
        "ticktext": [visible(c) for c, _ in shown],
        "tickangle": 0,
        "showgrid": False,
    }
    rest = f" (the first {MOST_LETTERS} of {len(counts):,})" if len(counts) > MOST_LETTERS else ""
    said = leaders([visible(c) for c, _ in counts], [n for _, n in counts], ",.0f")
    return figure([bars], title + rest, said, xaxis=axis, bargap=0.2)


def split_figure(parts: Mapping[str, int], noun: str) -> go.Figure:
    """The three parts side by side in one bar."""
    total = max(1, sum(parts.values()))
    bars = [
        go.Bar(
            x=[n],
            y=[""],
            name=name,
            orientation="h",
            marker={"color": SPLIT_COLORS[name]},
            text=f"{name} {n:,}" if n > 0.08 * total else "",
            textposition="inside",
            insidetextanchor="middle",
            hovertemplate=f"{name}: {n:,} {noun}s, {n / total:.1%}<extra></extra>",
        )
        for name, n in parts.items()
    ]
    hidden = {"visible": False, "range": [0, total]}
    return figure(
        bars,
        f"Train, val and test, in {noun}s",
        f"{', '.join(f'{name} {n:,}, {n / total:.0%}' for name, n in parts.items())}.",
        barmode="stack",
        xaxis=hidden,
        yaxis={"visible": False},
        margin={"l": 4, "r": 4, "t": 34, "b": 4},
    )
