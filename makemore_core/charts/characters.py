"""Pictures about characters: what may come next at each step of a text, and how surprising each letter of it is."""

import html
from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from makemore_core.charts.readings import visible
from makemore_core.charts.style import ACCENT, PLAIN, YARDSTICK, figure, yardstick
from makemore_core.charts.takeaway import leaders, sentence
from makemore_core.inspection.expectations import Expectations
from makemore_core.inspection.side_by_side import SideBySide
from makemore_core.vocabulary import shown_text

P = NDArray[np.float32]
ALPHABET, LIKELIEST = "by alphabet", "by probability"
ORDERS = (ALPHABET, LIKELIEST)
GHOSTLY = "rgba(140, 143, 148, 0.35)"
FIRST, SECOND = "#3d8fd1", "#c07a00"  # two models; told apart without colour by their place and their name
OTHERS = "…"  # the label of all that have no bar of their own
MOST_BARS, MOST_PAIRS = 60, 40  # characters that stand side by side; the rest is one bar


def next_character_figure(
    title: str, labels: Sequence[str], own: P, drawn: P, came: int | None = None, by: str = ALPHABET
) -> go.Figure:
    """The probability of each character (V): a ghost for the net's own, a bar for what is drawn from after the cuts.

    The one that came is bright, else the likeliest. Of a large alphabet stand the likeliest, and all others in one.
    """
    places = shown_places(own, MOST_BARS, came, by)
    bright = int(np.argmax(drawn)) if came is None else came
    x, names = list(range(len(places))), [visible(labels[i]) for i in places]
    cut = [own[i] > 0 and drawn[i] == 0 for i in places]
    hover = [
        f"{name}: {_percent(drawn[i])}, the net's own {_percent(own[i])}" + (", cut" if c else "")
        for name, i, c in zip(names, places, cut, strict=True)
    ]
    colors = [ACCENT if i == bright else PLAIN for i in places]
    ghost, front = own[places], drawn[places]
    if len(places) < len(labels):
        rest = len(labels) - len(places)
        ghost, front = np.append(ghost, _rest(own, places)), np.append(front, _rest(drawn, places))
        x, names, cut = [*x, len(places)], [*names, OTHERS], [*cut, False]
        hover, colors = [*hover, f"{rest:,} other characters: {_percent(front[-1])}"], [*colors, YARDSTICK]
    traces = [
        go.Bar(x=x, y=ghost, name="own", width=0.86, marker={"color": GHOSTLY}, hoverinfo="skip"),
        go.Bar(
            x=x, y=front, name="drawn", width=0.62, marker={"color": colors},
            customdata=hover, hovertemplate="%{customdata}<extra></extra>",
        ),
    ]  # fmt: skip
    line, label = yardstick(1 / len(labels), "uniform")
    ticks = [f"<s>{name}</s>" if c else name for name, c in zip(names, cut, strict=True)]
    return figure(
        traces,
        title,
        leaders(names, front) + f" A blind guess gives each {1 / len(labels):.1%}.",
        shapes=[line],
        annotations=[label],
        barmode="overlay",
        xaxis=ticks_of(ticks) | {"range": [-0.5, len(x) - 0.5]},  # as in the picture of all steps below it
        yaxis=_percent_axis(ghost, front),
    )


def shown_places(p: P, most: int, came: int | None = None, by: str = ALPHABET) -> list[int]:
    """Which of V characters get a place of their own, and in which order: all, or the likeliest with the one that came.

    `p` has one row of probabilities (V), or several (N, V) of which each counts at its highest.
    """
    likely = np.argsort(-p.reshape(-1, p.shape[-1]).max(0), kind="stable").tolist()
    places = likely if len(likely) <= most else likely[: most - 1]
    if came is not None and came not in places:
        places = [*places[:-1], came]
    return sorted(places) if by == ALPHABET else places


def expectations_figure(title: str, labels: Sequence[str], seen: Expectations, chosen: int) -> go.Figure:
    """What the net expected at every step: steps downwards, characters to the right, a ring around what came."""
    V, steps = len(labels), len(seen.own)
    places = shown_places(seen.own, MOST_BARS)
    names, cells = [visible(labels[i]) for i in places], seen.own[:, places]
    if len(places) < V:
        names, cells = [*names, OTHERS], np.column_stack((cells, 1 - cells.sum(1)))
    came = [(places.index(t), i) for i, t in enumerate(seen.tokens) if t in places]
    rows = [visible(labels[t]) for t in seen.tokens] + ["next"]
    hover = [[f"before {row}: {name} {_percent(p)}" for name, p in zip(names, line, strict=True)]
             for row, line in zip(rows, cells, strict=True)]  # fmt: skip
    traces = [
        go.Heatmap(
            z=cells, zmin=0, zmax=max(0.05, float(seen.own.max())), autocolorscale=True, showscale=False,
            xgap=1, ygap=1, customdata=hover, hovertemplate="%{customdata}<extra></extra>",
        ),
        go.Scatter(
            x=[x for x, _ in came], y=[y for _, y in came], mode="markers", hoverinfo="skip",
            marker={"symbol": "circle-open", "size": 11, "color": ACCENT, "line": {"width": 2}},
        ),
    ]  # fmt: skip
    frame = {
        "type": "rect", "xref": "paper", "x0": 0, "x1": 1, "y0": chosen - 0.5, "y1": chosen + 0.5,
        "line": {"width": 1.5, "color": YARDSTICK},
    }  # fmt: skip
    y_range = [steps - 0.5, -0.5]
    expected = (
        f"{visible(labels[t])} came with {_percent(float(p[t]))}" for t, p in zip(seen.tokens, seen.own, strict=False)
    )
    return figure(
        traces,
        title,
        sentence([*expected, f"next, {visible(labels[int(seen.own[-1].argmax())])} is the likeliest"]),
        shapes=[frame],
        xaxis=ticks_of(names) | {"range": [-0.5, len(names) - 0.5]},
        yaxis=ticks_of(rows) | {"range": y_range},
    )


def two_models_figure(title: str, both: SideBySide, names: tuple[str, str]) -> go.Figure:
    """The probabilities of two models for the same next character, bar beside bar."""
    places = shown_places(np.stack((both.first, both.second)), MOST_PAIRS)
    rows = [(both.first[places], FIRST), (both.second[places], SECOND)]
    labels = [visible(both.labels[i]) for i in places]
    if len(places) < len(both.labels):
        rest = [_rest(whole, places) for whole in (both.first, both.second)]
        rows = [(np.append(p, r), color) for (p, color), r in zip(rows, rest, strict=True)]
        labels = [*labels, OTHERS]
    traces = [
        go.Bar(
            x=list(range(len(p))), y=p, name=html.escape(name), marker={"color": color}, customdata=labels,
            hovertemplate=f"{html.escape(name)}: %{{customdata}} %{{y:.2%}}<extra></extra>",
        )
        for (p, color), name in zip(rows, names, strict=True)
    ]  # fmt: skip
    likeliest = [f"{html.escape(name)}: {leaders(labels, p)}" for (p, _), name in zip(rows, names, strict=True)]
    return figure(
        traces,
        title,
        f"{both.shared:.0%} of their probability is the same. {' '.join(likeliest)}",
        barmode="group",
        bargap=0.2,
        bargroupgap=0,
        showlegend=True,
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "font": {"size": 11}},
        margin={"l": 48, "r": 12, "t": 60, "b": 36},
        xaxis=ticks_of(labels),
        yaxis=_percent_axis(*(p for p, _ in rows)),
    )


def _rest(p: P, places: list[int]) -> np.float32:
    """The probability of all that have no place of their own."""
    return np.delete(p, places).sum()


def _percent(p: float) -> str:
    return f"{p:.1%}" if p >= 0.001 or p == 0 else f"{p:.2g}"


def _percent_axis(*bars: P) -> dict[str, object]:
    return {"tickformat": ".0%", "range": [0, max(0.1, 1.08 * max(float(p.max()) for p in bars))]}


def ticks_of(names: list[str]) -> dict[str, object]:
    """Each name under its place."""
    places = list(range(len(names)))
    return {"tickmode": "array", "tickvals": places, "ticktext": names, "showgrid": False, "tickangle": 0}


def letters_axis(labels: Sequence[str]) -> dict[str, object]:
    """Each label under its own bar, even where a letter comes twice; never read as a number or as markup."""
    return ticks_of([visible(c) for c in labels])


def visible_text(text: str) -> str:
    """A text in which every character is shown as itself."""
    return html.escape(shown_text(text), quote=False)
