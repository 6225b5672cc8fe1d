"""The loss over the steps: batch losses as a ghost with a calm line, val on top, the yardsticks, and what happened."""

import html
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from makemore_core.charts.style import (
    GHOST,
    TRAIN,
    VAL,
    YARDSTICK,
    figure,
    step_cursor,
    steps_axis,
    yardstick,
    yardsticks_of_losses,
)
from makemore_core.charts.takeaway import course, sentence
from makemore_core.smoothing import smoothed
from makemore_core.training.curve import HIGH, LOW, STEP, STEPS, TOTAL, regridded
from makemore_core.training.marks import Mark
from makemore_core.training.recorder import Evaluation, Snapshot

POINTS = 64  # in an octave: about 800 at 200,000 steps
FEW = 3  # points that a line alone would not show; flags whose words have room
HOCKEY_STICK = 6.0  # nats; a curve that starts higher is drawn on a logarithmic axis, if nobody says otherwise
MANY_DECADES = 1e4  # nats; plotly's own ticks from here
AXES = ("auto", "log", "linear")


@dataclass(frozen=True)
class LossView:
    """How the reader wants it: the weight of the past in the calm line, and the kind of each axis."""

    smoothing: float = 0.9
    loss_axis: str = "auto"
    steps_axis: str = "log"


def loss_figure(
    snapshot: Snapshot,
    yardsticks: Mapping[str, float],
    best: tuple[str, float] | None = None,
    view: LossView | None = None,
) -> go.Figure:
    """Losses in nats against the step. Step n is drawn at n + 1, so that step 0 has a place on a logarithmic axis.

    `best` is the best other run and its val. Its name stands at the end where the others do not.
    """
    view = view or LossView()
    rows = regridded(snapshot.losses, POINTS)
    x, calm = rows[:, STEP] + rows[:, STEPS] / 2 + 0.5, smoothed(rows[:, TOTAL] / rows[:, STEPS], view.smoothing)
    val = np.array([(e.step + 1, e.val) for e in snapshot.evaluations]).reshape(-1, 2)
    edge: dict[str, Any] = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    traces = [
        go.Scatter(x=rows[:, STEP] + 1, y=rows[:, HIGH], **edge),
        go.Scatter(x=rows[:, STEP] + 1, y=rows[:, LOW], fill="tonexty", fillcolor=GHOST, **edge),
        _curve("train", x, calm, TRAIN),
        _beats_the_bigram(snapshot, yardsticks),
        _curve("val", val[:, 0], val[:, 1], VAL),
    ]
    log_steps = view.steps_axis == "log"
    lines = yardsticks_of_losses(yardsticks, log_steps)
    if best:
        line, label = yardstick(best[1], f"best run so far {best[1]:.3f}, {best[0]}", at_left=not log_steps)
        lines.append((line, label | {"yanchor": "top"}))  # the curves end above
    highest = float(np.nanmax(calm, initial=0.0))
    is_log = view.loss_axis == "log" or (view.loss_axis == "auto" and highest > HOCKEY_STICK)
    across = steps_axis(snapshot.progress.max_steps, log_steps)
    if highest >= MANY_DECADES:
        lines = lines[:1]  # down there they would all be one line
    flags = _flags(snapshot.marks, log_steps)
    return figure(
        traces,
        f"Loss in nats: <span style='color:{TRAIN}'>train, batch by batch</span>"
        f" and <span style='color:{VAL}'>val</span>",
        _in_words(snapshot, calm, val[:, 1], yardsticks),
        shapes=[line for line, _ in lines] + [line for line, _ in flags] + step_cursor(snapshot.at),
        annotations=[_on_scale(label, is_log) for _, label in lines] + [label for _, label in flags],
        xaxis=across,
        yaxis=_loss_axis(calm, [*(line["y0"] for line, _ in lines), *val[:, 1].tolist()], is_log),
    )


def _in_words(snapshot: Snapshot, calm: np.ndarray, val: np.ndarray, yardsticks: Mapping[str, float]) -> str:
    """How far the losses came, between which lines val lies, and what happened last."""
    said = [f"{course('train', calm, '.3f')} in {snapshot.progress.step:,} steps"]
    if len(val) and math.isfinite(val[-1]):
        last, lines = val[-1], sorted(yardsticks.items(), key=lambda line: line[1])
        above = [f"under {name} {value:.3f}" for name, value in lines if value > last][:1]
        below = [f"over {name} {value:.3f}" for name, value in lines if value <= last][-1:]
        said.append(f"val is {last:.3f}, " + " and ".join([*above, *below]) if lines else f"val is {last:.3f}")
    said += [f"at step {mark.step:,}: {html.escape(mark.text, quote=False)}" for mark in snapshot.marks[-1:]]
    return sentence(said)


def _curve(name: str, x: np.ndarray, y: np.ndarray, color: str) -> go.Scatter:
    hover = f"{name} at step %{{x:,.0f}}<br>%{{y:.4f}}<extra></extra>"
    mode = "lines" if len(x) > FEW else "lines+markers"
    return go.Scatter(x=x, y=y, name=name, mode=mode, line={"color": color, "width": 2}, hovertemplate=hover)


def crossing(evaluations: Sequence[Evaluation], bigram: float) -> Evaluation | None:
    """The first one on which the net knew more of val than a table of pairs does."""
    return next((e for e in evaluations if e.val < bigram), None)


def _beats_the_bigram(snapshot: Snapshot, yardsticks: Mapping[str, float]) -> go.Scatter:
    """A mark on the curve of val where it crosses that line."""
    at = crossing(snapshot.evaluations, yardsticks.get("bigram", -math.inf))
    points = [(at.step + 1, at.val)] if at else []
    return go.Scatter(
        x=[x for x, _ in points],
        y=[y for _, y in points],
        mode="markers+text",
        marker={"symbol": "diamond", "size": 11, "color": VAL},
        text=["beats counting pairs"],
        textposition="bottom left",  # val comes from above and goes on below
        textfont={"size": 11},
        hovertemplate="val crosses the bigram line at step %{x:,.0f}<extra></extra>",
    )


def _flags(marks: Sequence[Mark], log_steps: bool) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """A thin line where something happened, with its words at the top: of many, those of the last ones."""
    flags: list[tuple[dict[str, Any], dict[str, Any]]] = []
    for i, mark in enumerate(marks):
        x, has_words = mark.step + 1, i >= len(marks) - FEW
        words = html.escape(mark.text, quote=False)  # plotly reads markup in text
        line = {
            "type": "line", "yref": "paper", "x0": x, "x1": x, "y0": 0, "y1": 1,
            "line": {"color": YARDSTICK, "width": 1, "dash": "dot"},
        }  # fmt: skip
        label = {
            "x": math.log10(x) if log_steps else x, "yref": "paper", "y": 1 - 0.055 * (i % FEW), "yanchor": "top",
            "xanchor": "right", "showarrow": False, "text": f"{words} ▸" if has_words else "▸",
            "hovertext": f"step {mark.step:,}: {words}", "font": {"size": 11},
        }  # fmt: skip
        flags.append((line, label))
    return flags


def _loss_axis(calm: np.ndarray, others: list[float], is_log: bool) -> dict[str, object]:
    """From just below the lowest line to just above the highest mean."""
    values = [value for value in (*others, *calm.tolist()) if math.isfinite(value) and value > 0] or [1.0, 4.0]
    low, high = 0.97 * min(values), 1.03 * max(values)
    if not is_log:
        return {"type": "linear", "range": [low, high]}
    ticks = [m * 10.0**p for p in range(-3, 4) for m in (1, 2, 3, 5)] if high < MANY_DECADES else None
    return {"type": "log", "range": [math.log10(low), math.log10(high)], "tickvals": ticks, "exponentformat": "power"}


def _on_scale(label: dict[str, object], is_log: bool) -> dict[str, object]:
    """Annotations on a logarithmic axis are placed by exponent."""
    return label | {"y": math.log10(float(str(label["y"])))} if is_log else label
