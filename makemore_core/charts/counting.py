"""Count tables as pictures: the grid, the row that was chosen, the loss over the smoothing, and the ladder."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from makemore_core.charts.characters import visible_text
from makemore_core.charts.readings import visible
from makemore_core.charts.style import (
    ACCENT,
    LEGEND_BELOW,
    PLAIN,
    TRAIN,
    VAL,
    YARDSTICK,
    figure,
    round_up,
    step_cursor,
    steps_axis,
    yardstick,
)
from makemore_core.charts.takeaway import courses, extremes, leaders, sentence
from makemore_core.contexts import CountGrid
from makemore_core.count_losses import ADDED, SHORTER, Rung
from makemore_core.neural_counts import Decayed, Distance, Match

Numbers = NDArray[np.float64]
MOST_WRITTEN = 32  # rows whose letters and counts still find room in their cells
GRID, TABLE = 700, 480  # pixels
POWERS = (1, 10, 100, 1000, 10_000, 100_000, 1_000_000)
NO_ALPHA = 10**-3.5  # where alpha 0 stands on a logarithmic axis
SPIKE = {"showspikes": True, "spikemode": "across", "spikesnap": "hovered data", "spikethickness": 1}  # on hover
BAR = {"thickness": 10, "outlinewidth": 0}
FORM_COLOURS = {ADDED: ACCENT, SHORTER: PLAIN}


def grid_figure(grid: CountGrid, itos: Sequence[str], alpha: float | None, chosen: tuple[int, int]) -> go.Figure:
    """Counts, or with an alpha the smoothed probabilities; what is zero has no colour. `chosen` are characters."""
    before = "".join(itos[i] for i in grid.prefix)
    letters = [itos[i] for i in grid.characters]
    p = grid.probabilities(alpha or 0.0)
    zero = grid.counts == 0 if alpha is None else ~(p > 0)
    shade = np.where(zero, np.nan, np.log10(1.0 + grid.counts) if alpha is None else p)
    written = _written(grid, letters, None if alpha is None else p)
    trace = go.Heatmap(
        z=shade,
        zmin=0,
        autocolorscale=True,
        customdata=_cells_in_words(grid, before, letters, p),
        hovertemplate="%{customdata}<extra></extra>",
        hoverongaps=True,
        meta={"numbers": grid.counts.tolist()} if alpha is None else None,  # their logarithms are the colours
        xgap=1,
        ygap=1,
        colorbar=BAR | (_count_ticks() if alpha is None else {"tickformat": ".0%"}),
        **written,
    )
    what = "Counts" if alpha is None else f"Probabilities, alpha {alpha:g}"
    where = f" after “{visible_text(before)}” and one more character" if before else ""
    return figure(
        [trace],
        f"{what} of the next character{where}",
        _grid_in_words(grid, [visible_text(before + letter) for letter in letters], list(map(visible, letters)), alpha),
        xaxis=_letters(letters) | {"title": {"text": "next", "standoff": 2}, "side": "top"} | SPIKE,
        yaxis=_letters([before + letter for letter in letters]) | {"autorange": "reversed"} | SPIKE,
        shapes=_frame(grid, chosen),
        margin={"l": 30 + 8 * len(grid.prefix), "r": 8, "t": 70, "b": 8},
    )


def _grid_in_words(grid: CountGrid, rows: Sequence[str], columns: Sequence[str], alpha: float | None) -> str:
    if alpha is not None:
        return extremes(grid.probabilities(alpha), rows, columns, ".1%")
    never = f"{(grid.counts == 0).mean():.0%} of the pairs never came."
    return f"{extremes(grid.counts.astype(np.float64), rows, columns, ',.0f')} {never}"


def _written(grid: CountGrid, letters: Sequence[str], p: Numbers | None) -> dict[str, Any]:
    """Both letters over the count, as in lecture 1's picture. Of probabilities, which have to follow the slider, the
    per cent of those alone that are more than a blind guess: most of the time goes into drawing text."""
    if len(letters) > MOST_WRITTEN:
        return {}
    if p is not None:
        text = [[f"{100 * x:.1f}" if x > 1 / grid.vocab_size else "" for x in row] for row in p.tolist()]
        return {"text": text, "texttemplate": "%{text}", "textfont": {"size": 9}}
    text = [
        [f"{visible(before)}{visible(after)}<br>{n}" for after, n in zip(letters, row, strict=True)]
        for before, row in zip(letters, grid.counts.tolist(), strict=True)
    ]
    return {"text": text, "texttemplate": "%{text}", "textfont": {"size": 8}}


def _cells_in_words(grid: CountGrid, before: str, letters: Sequence[str], p: Numbers) -> list[list[str]]:
    contexts = [visible_text(before + letter) for letter in letters]
    return [
        [
            f"“{context}”, then “{visible(letter)}”: {n:,} times" + ("" if math.isnan(share) else f", {share:.2%}")
            for letter, n, share in zip(letters, counts, shares, strict=True)
        ]
        for context, counts, shares in zip(contexts, grid.counts, p, strict=True)
    ]


def _count_ticks() -> dict[str, Any]:
    return {
        "tickmode": "array",
        "tickvals": [math.log10(1 + n) for n in POWERS],
        "ticktext": [f"{n:,}" for n in POWERS],
    }


def _letters(labels: Sequence[str]) -> dict[str, Any]:
    """Each label at its row or column; of many, as many as find room."""
    every = 1 + len(labels) // 61
    places = list(range(0, len(labels), every))
    names = [visible_text(labels[i]) for i in places]
    look = {"showgrid": False, "tickangle": 0, "ticks": ""}
    return look | {"tickmode": "array", "tickvals": places, "ticktext": names, "tickfont": {"size": 11}}


def _frame(grid: CountGrid, chosen: tuple[int, int]) -> list[dict[str, Any]]:
    """Around the chosen row thinly, around the chosen cell."""
    row, column = (grid.characters.index(i) if i in grid.characters else None for i in chosen)
    shapes: list[dict[str, Any]] = []
    if row is not None:
        ends = {"x0": -0.5, "x1": len(grid.characters) - 0.5, "y0": row - 0.5, "y1": row + 0.5}
        shapes.append({"type": "rect", **ends, "line": {"color": YARDSTICK, "width": 1}})
    if row is not None and column is not None:
        ends = {"x0": column - 0.5, "x1": column + 0.5, "y0": row - 0.5, "y1": row + 0.5}
        shapes.append({"type": "rect", **ends, "line": {"color": ACCENT, "width": 2.5}})
    return shapes


def shares_figure(
    context: str, counts: NDArray[np.int64], alpha: float, itos: Sequence[str], most: int, chosen: int = -1
) -> go.Figure:
    """What follows a context, as probabilities (V) that add up to 1; of a large alphabet the rarest are one bar."""
    total = counts.sum() + alpha * len(counts)
    p = (counts + alpha) / total if total else np.full(len(counts), np.nan)
    shown: list[int] = np.sort(np.argsort(-counts, kind="stable")[:most]).tolist()
    labels = [visible(itos[i]) for i in shown]
    heights = [float(p[i]) for i in shown]
    words = [f"{visible(itos[i])}: {p[i]:.2%}, {counts[i]:,} times" for i in shown]
    colours = [ACCENT if i == chosen else PLAIN for i in shown]
    if len(shown) < len(counts):
        rest = [i for i in range(len(counts)) if i not in set(shown)]
        labels.append("…")
        heights.append(float(p[rest].sum()))
        words.append(f"{len(rest):,} other characters: {heights[-1]:.2%}, {counts[rest].sum():,} times")
        colours.append(YARDSTICK)
    bars = go.Bar(
        x=list(range(len(labels))),
        y=heights,
        customdata=words,
        marker={"color": colours},
        hovertemplate="%{customdata}<extra></extra>",
    )
    line, label = yardstick(1 / len(counts), "uniform")
    highest = np.nanmax(heights, initial=0.0)
    return figure(
        [bars],
        f"After “{visible_text(context)}”" if context else "Without context",
        leaders(labels, heights) + f" A blind guess gives each {1 / len(counts):.1%}.",
        shapes=[line],
        annotations=[label],
        xaxis=_letters([]) | {"tickvals": list(range(len(labels))), "ticktext": labels},
        yaxis={"tickformat": ".0%", "range": [0, max(0.1, 1.08 * highest)]},
        margin={"l": 40, "r": 8, "t": 30, "b": 26},
        bargap=0.2,
    )


def smoothing_figure(alphas: Sequence[float], train: Numbers, val: Numbers, chosen: int, best: float) -> go.Figure:
    """Train and val over alpha, with the chosen one as a line and as two dots; alpha 0 stands at the left end."""
    x = [alpha or NO_ALPHA for alpha in alphas]
    curves = [_loss_curve("train", x, train, TRAIN), _loss_curve("val", x, val, VAL)]
    dots = [_dot(x[chosen], float(losses[chosen]), colour) for losses, colour in ((train, TRAIN), (val, VAL))]
    upright = {"type": "line", "x0": x[chosen], "x1": x[chosen], "yref": "paper", "y0": 0, "y1": 1}
    lowest = {"type": "line", "x0": best, "x1": best, "yref": "paper", "y0": 0, "y1": 1, "layer": "below"}
    finite = [loss for losses in (train, val) for loss in losses if math.isfinite(loss)]
    spread = max(finite) - min(finite)
    return figure(
        [*curves, *dots],
        "Loss over alpha, in nats",
        sentence(f"{name} is {losses[chosen]:.4f} at the chosen alpha {alphas[chosen]:.3g}"
                 for name, losses in (("train", train), ("val", val)))
        + f" Val is lowest near alpha {best:.2g}.",
        showlegend=True,
        legend=LEGEND_BELOW | {"y": -0.28},
        shapes=[
            upright | {"line": {"color": ACCENT, "width": 1.5}},
            lowest | {"line": {"color": YARDSTICK, "width": 1, "dash": "dash"}},
        ],
        annotations=[_best_on_val(best), *([] if math.isfinite(val[0]) else [_infinite()])],
        xaxis={
            "type": "log", "tickvals": [NO_ALPHA, *(10.0**e for e in range(-3, 6))], "title": {"text": "alpha"},
            "ticktext": ["0", ".001", ".01", ".1", "1", "10", "100", "1k", "10k", "100k"],
            "range": [math.log10(NO_ALPHA) - 0.1, 5.1],
        },
        yaxis={"range": [min(finite) - 0.05 * spread, max(finite) + 0.08 * spread]},
        margin={"l": 44, "r": 12, "t": 34, "b": 66},
    )  # fmt: skip


def _best_on_val(best: float) -> dict[str, Any]:
    return {
        "x": math.log10(best), "xref": "x", "y": 1, "yref": "paper", "yanchor": "top", "xanchor": "right",
        "text": f"best on val {best:.2g}", "showarrow": False, "font": {"size": 11},
    }  # fmt: skip


def _infinite() -> dict[str, Any]:
    """What stands at alpha 0, where val asks for a pair that train lacks."""
    return {
        "x": math.log10(NO_ALPHA), "xref": "x", "y": 1, "yref": "paper", "yanchor": "top", "xanchor": "left",
        "text": "val ∞", "showarrow": False, "font": {"size": 12, "color": VAL},
    }  # fmt: skip


def _loss_curve(name: str, x: Sequence[float], losses: Numbers, colour: str, **look: Any) -> Any:
    y = [float(loss) if math.isfinite(loss) else None for loss in losses]
    line = {"color": colour, "width": 2}
    hover = f"{name}<br>%{{x:.3g}}: %{{y:.4f}} nats<extra></extra>"
    return go.Scatter(x=list(x), y=y, name=name, line=line, hovertemplate=hover, **({"mode": "lines"} | look))


def _dot(x: float, y: float, colour: str) -> Any:
    look = {"color": colour, "size": 9}
    finite = [y] if math.isfinite(y) else []
    return go.Scatter(x=[x][: len(finite)], y=finite, mode="markers", marker=look, showlegend=False, hoverinfo="skip")


def ladder_figure(
    rungs: Sequence[Rung], yardsticks: Mapping[str, float], tested: Sequence[tuple[int, str, float]]
) -> go.Figure:
    """Val of both forms over the context, train as a thin line, what was seen of test, and nets to measure by."""
    x = [rung.context for rung in rungs]
    traces: list[Any] = []
    for form, colour in FORM_COLOURS.items():
        for split, look in (("val", {"width": 2.5}), ("train", {"width": 1, "dash": "dot"})):
            y = [rung.losses[form][split] for rung in rungs]
            hover = f"{split}, {form}<br>%{{x}} characters: %{{y:.4f}} nats<extra></extra>"
            name = f"{split}, {form}"
            mode = "lines+markers" if split == "val" else "lines"
            line = {"color": colour, **look}
            traces.append(go.Scatter(x=x, y=y, mode=mode, name=name, line=line, hovertemplate=hover))
    traces.append(
        go.Scatter(
            x=[context for context, _, _ in tested],
            y=[loss for _, _, loss in tested],
            mode="markers",
            name="test",
            marker={"symbol": "diamond", "size": 12, "color": [FORM_COLOURS[form] for _, form, _ in tested]},
            hovertemplate="test<br>%{x} characters: %{y:.4f} nats<extra></extra>",
            showlegend=bool(tested),
        )
    )
    lines = [yardstick(value, f"{name} {value:.3f}") for name, value in yardsticks.items()]
    return figure(
        traces,
        "Loss in nats over the characters of context",
        courses(((f"val, {form}", [rung.losses[form]["val"] for rung in rungs]) for form in FORM_COLOURS), ".3f")
        + f" From {x[0]} to {x[-1]} characters of context.",
        showlegend=True,
        legend=LEGEND_BELOW,
        shapes=[line for line, _ in lines],
        annotations=[label for _, label in lines],
        xaxis={"tickvals": x, "range": [-0.2, max(x) + 1.4], "title": {"text": "characters of context", "standoff": 2}},
        margin={"l": 44, "r": 12, "t": 34, "b": 92},
    )


def table_figure(title: str, p: Numbers, itos: Sequence[str], highest: float) -> go.Figure:
    """A table of probabilities (S, S), for two of them on one scale."""
    trace = go.Heatmap(
        z=p,
        zmin=0,
        zmax=highest,
        autocolorscale=True,
        colorbar=BAR | {"tickformat": ".0%"},
        customdata=[[f"“{visible(a)}”, then “{visible(b)}”" for b in itos] for a in itos],
        hovertemplate="%{customdata}: %{z:.2%}<extra></extra>",
    )
    return _table([trace], title, _extremes(p, itos, ".1%"), itos)


def apart_figure(title: str, apart: Numbers, itos: Sequence[str]) -> go.Figure:
    """The difference of two tables (S, S): orange where the first gives more."""
    reach = float(np.abs(apart).max(initial=1e-9))
    trace = go.Heatmap(
        z=apart,
        zmin=-reach,
        zmax=reach,
        autocolorscale=True,  # the theme's scale for signed numbers
        colorbar=BAR | {"tickformat": ".0%" if reach > 0.03 else ".2%"},
        customdata=[[f"“{visible(a)}”, then “{visible(b)}”" for b in itos] for a in itos],
        hovertemplate="%{customdata}: %{z:+.3%}<extra></extra>",
    )
    return _table([trace], title, _extremes(apart, itos, "+.2%"), itos)


def _extremes(table: Numbers, itos: Sequence[str], spell: str) -> str:
    letters = list(map(visible, itos))
    return extremes(table, letters, letters, spell)


def _table(traces: list[Any], title: str, takeaway: str, itos: Sequence[str]) -> go.Figure:
    look = _letters(itos) | {"tickfont": {"size": 9}}
    return figure(
        traces,
        title,
        takeaway,
        xaxis=look,
        yaxis=look | {"autorange": "reversed"},
        margin={"l": 28, "r": 8, "t": 34, "b": 28},
    )


def convergence_figure(moments: Sequence[tuple[int, Distance]], max_steps: int, at: int | None) -> go.Figure:
    """The largest and the mean difference of the neural table from the counted one, over the kept steps."""
    x = [step + 1 for step, _ in moments]
    values = {
        "largest of all cells": [apart.largest for _, apart in moments],
        "mean of all cells": [apart.mean for _, apart in moments],
    }
    curves = [
        go.Scatter(
            x=x,
            y=y,
            mode="lines+markers",
            name=name,
            line={"color": colour, "width": 2},
            marker={"size": 4},
            hovertemplate=f"{name}<br>%{{y:.3%}}<extra></extra>",
        )
        for (name, y), colour in zip(values.items(), (ACCENT, PLAIN), strict=True)
    ]
    lowest = min((y for ys in values.values() for y in ys if y > 0), default=1e-4)
    return figure(
        curves,
        "How far the two tables are apart, over the steps",
        courses(values.items(), ".2%"),
        showlegend=True,
        legend=LEGEND_BELOW | {"y": -0.22},
        shapes=step_cursor(at),
        xaxis=steps_axis(max_steps),
        yaxis={"type": "log", "tickformat": "~%", "range": [math.floor(math.log10(lowest)), 0.05], "dtick": 1},
        margin={"l": 52, "r": 12, "t": 34, "b": 70},
    )


def bigram_losses_figure(
    moments: Sequence[tuple[int, float, float]], counted: tuple[float, float], max_steps: int, at: int | None
) -> go.Figure:
    """Train and val of the neural table over the kept steps; the counted one's are lines that it comes down to."""
    x = [step + 1 for step, _, _ in moments]
    curves = [
        _loss_curve("train", x, np.array([train for _, train, _ in moments]), TRAIN, mode="lines+markers"),
        _loss_curve("val", x, np.array([val for _, _, val in moments]), VAL, mode="lines+markers"),
    ]
    lines = [
        yardstick(loss, f"counted, {split} {loss:.4f}")
        for split, loss in zip(("train", "val"), counted, strict=True)
        if math.isfinite(loss)
    ]
    labels = [label | {"yanchor": side} for (_, label), side in zip(lines, ("bottom", "top"), strict=False)]
    reached = [loss for moment in moments for loss in moment[1:]]
    finite = [*reached, *(loss for loss in counted if math.isfinite(loss))]
    spread = max(max(finite) - min(finite), 0.01)
    return figure(
        curves,
        "Loss of the neural table over the steps, in nats",
        courses((name, [moment[i] for moment in moments]) for i, name in ((1, "train"), (2, "val")))
        + f" The counted table has {counted[0]:.4f} and {counted[1]:.4f}.",
        showlegend=True,
        legend=LEGEND_BELOW | {"y": -0.22},
        shapes=[*(line for line, _ in lines), *step_cursor(at)],
        annotations=labels,
        xaxis=steps_axis(max_steps),
        yaxis={"range": [min(finite) - 0.12 * spread, max(finite) + 0.05 * spread]},
        margin={"l": 48, "r": 12, "t": 34, "b": 70},
    )


def decay_figure(found: Sequence[Decayed], here: tuple[float, Match] | None) -> go.Figure:
    """The alpha that does the same as each decay, on two logarithmic axes; the chosen run's own stands out."""
    pairs = sorted((d.l2, d.match) for d in found)
    line = go.Scatter(
        x=[l2 for l2, _ in pairs],
        y=[match.alpha for _, match in pairs],
        mode="lines+markers",
        line={"color": PLAIN, "width": 2},
        customdata=[match.divergence for _, match in pairs],
        hovertemplate="decay %{x:g} ≈ alpha %{y:.3g}<br>%{customdata:.5f} nats apart<extra></extra>",
        showlegend=False,
    )
    own = [here] if here and here[0] > 0 else []
    dot = go.Scatter(
        x=[l2 for l2, _ in own],
        y=[match.alpha for _, match in own],
        mode="markers",
        marker={"color": ACCENT, "size": 12, "symbol": "diamond"},
        hovertemplate="this run, decay %{x:g} ≈ alpha %{y:.3g}<extra></extra>",
        showlegend=False,
    )
    highest = max(match.alpha for _, match in pairs)
    return figure(
        [line, dot],
        "Which alpha does the same as which decay",
        sentence(f"decay {l2:g} does what alpha {match.alpha:.3g} does" for l2, match in (pairs[0], pairs[-1])),
        xaxis={"type": "log", "title": {"text": "decay of the neural bigram (l2)", "standoff": 2}, "dtick": 1},
        yaxis={
            "type": "log",
            "title": {"text": "alpha of the counted one"},
            "dtick": 1,
            "range": [-2, math.log10(round_up(highest)) + 0.3],
        },
        margin={"l": 60, "r": 12, "t": 34, "b": 48},
    )
