"""Bars about characters: what may come next, and how surprising each letter of a name is."""

import html
from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from makemore_core.charts.readings import visible
from makemore_core.charts.style import ACCENT, PLAIN, YARDSTICK, figure, yardstick
from makemore_core.vocabulary import shown_text


def next_character_figure(prefix: str, labels: Sequence[str], probabilities: Sequence[float]) -> go.Figure:
    """The probability of each character after a prefix, in the order of the alphabet; the likeliest is bright."""
    best = int(np.argmax(probabilities))
    bars = go.Bar(
        x=list(range(len(labels))),
        y=list(probabilities),
        customdata=[visible(c) for c in labels],
        marker={"color": [ACCENT if i == best else YARDSTICK for i in range(len(labels))]},
        hovertemplate="%{customdata}: %{y:.1%}<extra></extra>",
    )
    line, label = yardstick(1 / len(labels), "uniform")
    return figure(
        [bars],
        f"Probability of the next character after “{visible_text(prefix)}”",
        shapes=[line],
        annotations=[label],
        xaxis=_letters_axis(labels),
        yaxis={"tickformat": ".0%", "range": [0, max(0.1, 1.08 * max(probabilities))]},
        bargap=0.25,
    )


def surprise_figure(characters: Sequence[str], bits: Sequence[float], uniform: float) -> go.Figure:
    """Surprise in bits of each character of a name; the line is what a blind guess costs."""
    bars = go.Bar(
        x=list(range(len(bits))),
        y=list(bits),
        customdata=[visible(c) for c in characters],
        marker={"color": [ACCENT if b > uniform else PLAIN for b in bits]},
        text=[f"{b:.1f}" for b in bits],
        textposition="outside",
        cliponaxis=False,
        hovertemplate="%{customdata}: %{y:.2f} bits<extra></extra>",
    )
    line, label = yardstick(uniform, "a blind guess")
    return figure(
        [bars],
        "Surprise in bits, letter by letter",
        shapes=[line],
        annotations=[label],
        xaxis=_letters_axis(characters) | {"tickfont": {"size": 18}},
        yaxis={"range": [0, 1.15 * max(uniform, *bits)]},
        bargap=0.35,
    )


def _letters_axis(labels: Sequence[str]) -> dict[str, object]:
    """Each label under its own bar, even where a letter comes twice; never read as a number or as markup."""
    return {
        "tickmode": "array",
        "tickvals": list(range(len(labels))),
        "ticktext": [visible(c) for c in labels],
        "showgrid": False,
        "tickangle": 0,
    }


def visible_text(text: str) -> str:
    """A text in which every character is shown as itself."""
    return html.escape(shown_text(text), quote=False)
