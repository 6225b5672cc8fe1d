"""A net before its first step: its loss, a guess of it, its layers in rows, and what a gain does to them."""

import html
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from makemore_core.charts.characters import visible_text
from makemore_core.charts.readings import visible
from makemore_core.charts.style import (
    ACCENT,
    GOOD,
    LEGEND_BELOW,
    PLAIN,
    SICK,
    WATCH,
    YARDSTICK,
    figure,
    layer_color,
    layer_curve,
)
from makemore_core.charts.takeaway import courses, leaders, sentence
from makemore_core.diagnostics.reading import Histogram
from makemore_core.training.initialisation import Initialisation, Prediction, layer_verdicts, loss_verdict

LEVELS = (GOOD, WATCH, SICK)
LOWEST_LOSS, HIGHEST_LOSS = 2.0, 40.0  # nats; the lecture's first losses lie between
MOST_ROWS_WITH_WORDS = 6
WORDS = 0.055  # of the frame's height, for the words above each row
GAP = 0.1  # of a row, where there are no words
GAIN = "gain: deviation of the weights × √fan_in"
HELD = 5 / 3  # the gain that holds a tanh's spread
UPRIGHT = [1e-5, 1e-1]  # where the lectures' gradients lie
SMALLEST = 1e-12  # a logarithmic axis has no place for 0


def first_loss_figure(look: Initialisation, known: float | None) -> go.Figure:
    """One bar on a logarithmic scale, beside the price of a blind guess; a diamond where the lecture's number is."""
    highest = max(HIGHEST_LOSS, 1.1 * look.first_loss)
    bar = go.Bar(
        x=[look.first_loss],
        y=[0],
        orientation="h",
        width=0.5,
        marker={"color": LEVELS[loss_verdict(look).level]},
        hovertemplate="%{x:.4f} nats<extra></extra>",
    )
    lecture = go.Scatter(
        x=[known] if known is not None else [],
        y=[0] if known is not None else [],
        mode="markers",
        marker={"symbol": "diamond", "size": 11, "color": YARDSTICK},
        hovertemplate="lecture 3: %{x:.4f}<extra></extra>",
    )
    return figure(
        [bar, lecture],
        f"First loss {look.first_loss:.4f}" + (f", in lecture 3 {known:.4f}" if known is not None else " nats"),
        f"A blind guess costs {look.uniform:.4f}. {loss_verdict(look).text}",
        shapes=[_upright(look.uniform, "dash")],
        annotations=[_named(math.log10(look.uniform), f"ln {len(look.prediction.labels)} = {look.uniform:.4f}")],
        xaxis={
            "type": "log",
            "range": [math.log10(min(LOWEST_LOSS, 0.9 * look.first_loss)), math.log10(highest)],
            "tickvals": [2, 3, 5, 10, 20, 40, 100, 1000],
        },
        yaxis={"visible": False, "range": [-0.5, 0.5], "fixedrange": True},
        margin={"l": 12, "r": 12, "t": 52, "b": 28},
    )


def first_guess_figure(guess: Prediction) -> go.Figure:
    """Logits above, the probabilities that softmax makes of them below; the right answer is bright."""
    places = list(range(len(guess.labels)))
    right = [ACCENT if i == guess.target else YARDSTICK for i in places]
    sign = [ACCENT if logit > 0 else PLAIN for logit in guess.logits]
    names = [visible(c) for c in guess.labels]
    reach = max(1.0, 1.1 * max(abs(logit) for logit in guess.logits))
    above = go.Bar(
        x=places,
        y=list(guess.logits),
        customdata=names,
        name="logit",
        marker={"color": sign},
        yaxis="y2",
        hovertemplate="%{customdata}: logit %{y:.3g}<extra></extra>",
    )
    below = go.Bar(
        x=places,
        y=list(guess.probabilities),
        customdata=names,
        name="probability",
        marker={"color": right},
        hovertemplate="%{customdata}: %{y:.2%}<extra></extra>",
    )
    answer, p = visible(guess.labels[guess.target]), guess.probabilities[guess.target]
    line = _upright(0, "dash") | {"xref": "paper", "yref": "y", "x0": 0, "x1": 1}
    return figure(
        [above, below],
        f"A typical guess: after “{visible_text(guess.context)}” the right “{answer}” gets {p:.2%}",
        leaders(names, guess.probabilities) + f" A blind guess gives each {1 / len(places):.2%}.",
        shapes=[line | {"y0": 1 / len(places), "y1": 1 / len(places)}],
        annotations=[
            _corner("logits", 1.0),
            _corner("probabilities, uniform dashed", 0.5),
        ],
        xaxis={"tickvals": places, "ticktext": names, "showgrid": False, "tickangle": 0, "anchor": "y"},
        yaxis={"domain": [0, 0.42], "tickformat": ".0%", "range": [0, max(0.1, 1.2 * max(guess.probabilities))]},
        yaxis2={"domain": [0.55, 0.95], "range": [-reach, reach], "zeroline": True, "nticks": 4, "anchor": "x"},
        bargap=0.25,
    )


def layers_figure(look: Initialisation) -> go.Figure:
    """Each layer's activations in a row of its own, shallow on top; what is saturated stands out."""
    layers = look.activations.layers
    n = len(layers)
    tallest = 1 - (WORDS * n if n <= MOST_ROWS_WITH_WORDS else GAP)
    verdicts = layer_verdicts(look)
    traces = [_row(layer, i, n, tallest) for i, layer in enumerate(layers)]
    if look.is_bounded:
        traces.append(_tails(layers, tallest, look.border))
    words = [
        f"{layer.name}: deviation {layer.deviation:.2f}, {share:.1%} {'saturated' if verdict else 'with ' + rule}"
        for layer, share, verdict, rule in zip(
            layers, look.shares, verdicts, (s.rule for s in look.saturation.layers), strict=True
        )
    ]
    reach = 1.02 if look.is_bounded else max(max(abs(layer.low), abs(layer.high)) for layer in layers)
    labels = [_row_label(text, n - i - 1 + tallest) for i, text in enumerate(words)]
    return figure(
        traces,
        "Activations, layer by layer",
        sentence(html.escape(text, quote=False) for text in words),
        annotations=labels if n <= MOST_ROWS_WITH_WORDS else [],
        bargap=0,
        barmode="overlay",
        xaxis={"range": [-reach, reach], "nticks": 7},
        yaxis={"visible": False, "range": [-0.02, n + 0.05], "fixedrange": True},
        margin={"l": 12, "r": 12, "t": 34, "b": 28},
    )


def _row(layer: Histogram, i: int, n: int, tallest: float) -> go.Bar:
    """A histogram as tall as its row."""
    counts, centres = np.array(layer.counts, dtype=np.float64), _centres(layer)
    return go.Bar(
        x=centres,
        name=layer.name,
        y=tallest * counts / max(1.0, counts.max()),
        base=n - i - 1,
        width=centres[1] - centres[0],
        customdata=counts / max(1.0, counts.sum()),
        marker={"color": layer_color(i, n), "line": {"width": 0}},
        hovertemplate=f"{layer.name}<br>%{{x:.2f}}: %{{customdata:.1%}}<br>"
        f"mean {layer.mean:+.2g}, deviation {layer.deviation:.2g}<extra></extra>",
    )


def _tails(layers: Sequence[Histogram], tallest: float, border: float) -> go.Bar:
    """The bins that reach beyond the border, once more in the colour of an illness."""
    x: list[float] = []
    y: list[float] = []
    base: list[int] = []
    width = (layers[0].high - layers[0].low) / len(layers[0].counts)
    for i, layer in enumerate(layers):
        centres = _centres(layer)
        beyond = np.flatnonzero(np.abs(centres) + width / 2 > border)
        counts = np.array(layer.counts)
        x += centres[beyond].tolist()
        y += (tallest * counts[beyond] / max(1, counts.max())).tolist()
        base += [len(layers) - i - 1] * len(beyond)
    return go.Bar(x=x, y=y, base=base, width=width, marker={"color": SICK, "line": {"width": 0}}, hoverinfo="skip")


def _centres(layer: Histogram) -> np.ndarray:
    n = len(layer.counts)
    return layer.low + (np.arange(n) + 0.5) * (layer.high - layer.low) / n


def gradients_figure(layers: Sequence[Histogram]) -> go.Figure:
    """The deviation of the gradient at each layer, shallow on top, on a logarithmic scale: upright is healthy."""
    deviations = [max(layer.deviation, SMALLEST) for layer in layers]
    low, high = min(UPRIGHT[0], *deviations), max(UPRIGHT[1], *deviations)
    n, names = len(layers), [layer.name for layer in layers]
    dots = go.Scatter(
        x=deviations,
        y=list(range(n)),
        customdata=names,
        mode="lines+markers",
        line={"color": YARDSTICK, "width": 1},
        marker={"size": 11, "color": [layer_color(i, n) for i in range(n)]},
        hovertemplate="%{customdata}: %{x:.2e}<extra></extra>",
    )
    return figure(
        [dots],
        "Deviation of the gradient, layer by layer",
        sentence(f"{name} {value:.1e}" for name, value in zip(names, deviations, strict=True)),
        xaxis={"type": "log", "range": [math.log10(low) - 0.1, math.log10(high)], "dtick": 1, "tickformat": ".0e"},
        yaxis={
            "range": [n - 0.5, -0.5],
            "tickvals": list(range(n)),
            "ticktext": names,
            "showgrid": False,
            "fixedrange": True,
        },
        margin={"l": 86, "r": 12, "t": 34, "b": 36},
    )


def gain_figure(
    gains: Sequence[float], spreads: Mapping[str, Sequence[float]], chosen: float, now: Mapping[str, float]
) -> go.Figure:
    """The deviation of each layer's activations over the gain; dots at the chosen one, 5/3 is marked."""
    names = list(spreads)
    curves = [
        go.Scatter(
            x=list(gains),
            y=list(spreads[name]),
            mode="lines",
            hovertemplate=f"{name}<br>gain %{{x:.2f}}: deviation %{{y:.2f}}<extra></extra>",
            **layer_curve(i, names),
        )
        for i, name in enumerate(names)
    ]
    dots = [_dot(chosen, now[name], layer_color(i, len(names)), name) for i, name in enumerate(names)]
    highest = max(max(values) for values in spreads.values())
    wild = highest > 3 * HELD
    return figure(
        [*curves, *dots],
        "What a gain does: deviation of the activations",
        f"At the chosen gain {chosen:.3g}: {sentence(f'{name} {value:.2f}' for name, value in now.items())} "
        + f"From gain {gains[0]:.2g} to {gains[-1]:.2g}: {courses(spreads.items(), '.2f')}",
        shapes=[_upright(HELD, "dash"), _upright(chosen, "solid")],
        annotations=[_named(HELD, "5/3")],
        showlegend=True,
        legend=LEGEND_BELOW | {"y": -0.2},
        xaxis={
            "range": [min(chosen, *gains), max(gains)],
            "title": {"text": GAIN, "standoff": 4},
        },
        yaxis={"type": "log", "tickformat": ".0e", "nticks": 5} if wild else {"range": [0, max(1.0, 1.05 * highest)]},
        margin={"l": 48, "r": 12, "t": 52, "b": 76},
    )


def _dot(x: float, y: float, color: str, name: str) -> go.Scatter:
    return go.Scatter(
        x=[x],
        y=[y],
        name=f"{name}, chosen",
        mode="markers",
        marker={"size": 9, "color": color},
        showlegend=False,
        hovertemplate=f"{name}<br>chosen gain %{{x:.3g}}: deviation %{{y:.2f}}<extra></extra>",
    )


def _upright(x: float, dash: str) -> dict[str, Any]:
    """A yardstick that stands instead of lying."""
    line = {"color": YARDSTICK, "width": 1 if dash == "dash" else 1.5, "dash": dash}
    return {"type": "line", "yref": "paper", "x0": x, "x1": x, "y0": 0, "y1": 1, "line": line}


def _named(x: float, text: str) -> dict[str, Any]:
    """The name of such a yardstick, above it."""
    return {
        "x": x, "yref": "paper", "y": 1, "text": text, "showarrow": False, "yanchor": "bottom",
        "font": {"size": 11},
    }  # fmt: skip


def _corner(text: str, y: float) -> dict[str, Any]:
    return {
        "xref": "paper", "x": 1, "yref": "paper", "y": y, "text": text, "showarrow": False,
        "xanchor": "right", "yanchor": "middle", "font": {"size": 11},
    }  # fmt: skip


def _row_label(text: str, y: float) -> dict[str, Any]:
    return {
        "xref": "paper", "x": 0, "y": y, "text": text, "showarrow": False,
        "xanchor": "left", "yanchor": "bottom", "font": {"size": 11},
    }  # fmt: skip
