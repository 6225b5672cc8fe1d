"""A sweep as pictures: val trial by trial, the curves of all, and which knob mattered."""

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from makemore_core.charts.style import ACCENT, PLAIN, SICK, VAL, YARDSTICK, empty, figure, steps_axis, yardstick
from makemore_core.charts.sweep_board import OWN, Names, finished, is_sound
from makemore_core.charts.sweep_board import yardstick as own_trial
from makemore_core.charts.takeaway import leaders, sentence
from makemore_core.search.proposals import planned
from makemore_core.search.standing import Standing, Trial

MOST_POINTS = 12_000  # of all curves together
FEWEST_POINTS = 6  # of one curve
FAINT = {"pruned": 0.32, "stopped": 0.32, "failed": 0.32, "finished": 0.55, "running": 1.0}
DASHES = {"running": "dot"}
COLOURS = {"pruned": YARDSTICK, "stopped": YARDSTICK, "failed": YARDSTICK, "finished": PLAIN, "running": PLAIN}
HIGHER = {"finished": "triangle-up", "pruned": "x-thin-open", "stopped": "x-thin-open", "failed": "x-thin-open"}
SYMBOLS = {"finished": "circle", "pruned": "x-thin-open", "stopped": "x-thin-open", "failed": "x-thin-open"}
DEFAULT_CEILING = 4.0  # nats, before the first trial has finished
SLIGHT = 0.05  # a knob below this share hardly mattered


def ceiling(standing: Standing) -> float:
    """Up to where val is drawn: a trial that went badly must not flatten all others. Tukey's fence, 1977."""
    vals = [trial.val for trial in finished(standing) if is_sound(trial.val)]
    if not vals:
        return DEFAULT_CEILING
    low, high = np.percentile(vals, (25, 75))
    return min(max(vals), float(high + 1.5 * (high - low)))


def history_figure(standing: Standing, chosen: int | None, own: str = OWN) -> go.Figure:
    """Val in nats of each trial in the order they began, and the best so far as a line; pruned ones are crosses.

    What lies higher than ceiling() stands at the upper edge, as a triangle.
    """
    over = [trial for trial in standing.trials if trial.state in SYMBOLS]
    if not over:
        return empty("Val, trial by trial", "The first trial is on its way.")
    top = ceiling(standing)
    marks = [
        _marks([t for t in over if t.state == state], state, top) for state in dict.fromkeys(t.state for t in over)
    ]
    ring = [trial for trial in over if trial.number == chosen]
    lines = (
        [yardstick(base.val, f"{own} {base.val:.3f}")] if (base := own_trial(standing)) and is_sound(base.val) else []
    )
    low = min((trial.val for trial in over if is_sound(trial.val)), default=top - 1)
    pad = max(0.01, 0.06 * (top - low))
    return figure(
        [_best_so_far(standing), *marks, _ring([t.number for t in ring], [_height(t, top) for t in ring])],
        f"Val, trial by trial: <span style='color:{VAL}'>the best so far</span>, × given up early",
        _in_words(standing),
        shapes=[line for line, _ in lines],
        annotations=[label for _, label in lines],
        xaxis={"title": {"text": "trial", "standoff": 4}, "range": _across(standing), "showgrid": False},
        yaxis={"range": [low - pad, top + pad]},
    )


def _in_words(standing: Standing) -> str:
    """The best and the last of the trials that have an end."""
    best, done = standing.best_trial, finished(standing)
    said = [f"{len(done)} of {len(standing.trials)} trials finished"]
    if best and is_sound(best.val):
        said.append(f"the best is trial {best.number} with val {best.val:.4f}")
    return sentence(said)


def _across(standing: Standing) -> list[float]:
    """All trials that are planned, so that the points do not move while it runs."""
    many = max(planned(standing.plan), len(standing.trials), 5)
    return [-0.03 * many - 0.5, 1.03 * many - 0.5]


def _height(trial: Trial, top: float) -> float:
    return min(trial.val, top) if is_sound(trial.val) else top


def _marks(trials: Sequence[Trial], state: str, top: float) -> go.Scatter:
    colour = SICK if state == "failed" else COLOURS[state]
    marker: dict[str, Any] = {
        "symbol": [SYMBOLS[state] if _height(t, top) == t.val else HIGHER[state] for t in trials],
        "size": 8,
        "color": colour,
        "line": {"color": colour, "width": 1.5},
    }
    spreads = [trial.spread or 0.0 for trial in trials]
    bars = {"array": spreads, "thickness": 1, "width": 2, "color": colour} if any(spreads) else None
    return go.Scatter(
        x=[trial.number for trial in trials],
        y=[_height(trial, top) for trial in trials],
        mode="markers",
        marker=marker,
        error_y=bars,
        customdata=[trial.number for trial in trials],
        text=[_said(trial) for trial in trials],
        hovertemplate="%{text}<extra></extra>",
    )


def _said(trial: Trial) -> str:
    val = f"val {trial.val:.4f}" if is_sound(trial.val) else "no val"
    return f"trial {trial.number}: {val}<br>{trial.state} at step {trial.step:,}"


def _best_so_far(standing: Standing) -> go.Scatter:
    done = sorted(finished(standing), key=lambda trial: trial.number)
    x = [trial.number for trial in done]
    y = np.minimum.accumulate([trial.val for trial in done if is_sound(trial.val)]) if done else []
    end = [len(standing.trials) - 1] if done else []  # the line goes on to the newest trial
    return go.Scatter(
        x=[*x, *end], y=[*y, *y[-1:]], mode="lines", line={"color": VAL, "width": 2, "shape": "hv"}, hoverinfo="skip"
    )


def _ring(x: Sequence[float], y: Sequence[float]) -> go.Scatter:
    """Around what was chosen."""
    marker = {"symbol": "circle-open", "size": 15, "color": ACCENT, "line": {"width": 2.5}}
    return go.Scatter(x=list(x), y=list(y), mode="markers", marker=marker, hoverinfo="skip")


def curves_figure(standing: Standing, chosen: int | None) -> go.Figure:
    """Val in nats of every trial over its steps; pruned ones are faint, the best and the chosen one stand out."""
    with_curve = [trial for trial in standing.trials if trial.curve]
    title = "Val over the steps, all trials"
    if not with_curve:
        return empty(title, "The first trial is on its way.")
    most = max(FEWEST_POINTS, MOST_POINTS // len(with_curve))
    traces = [
        _together([t for t in with_curve if t.state == state], most, state)
        for state in FAINT
        if any(t.state == state for t in with_curve)
    ]
    own = own_trial(standing)
    for number, colour, dash in (
        (own and own.number, YARDSTICK, "dash"),
        (standing.best, VAL, None),
        (chosen, ACCENT, None),
    ):
        one = [trial for trial in with_curve if trial.number == number]
        traces += [_line(one, most, {"color": colour, "width": 2.5, "dash": dash})] if one else []
    named = f"{title}: <span style='color:{VAL}'>the best</span>"
    named += f", <span style='color:{ACCENT}'>trial {chosen}</span>" if chosen not in (None, standing.best) else ""
    across = steps_axis(standing.plan.config.max_steps) | {"uirevision": "a sweep's steps"}
    return figure(traces, named, _in_words(standing), xaxis=across, yaxis={"range": _loss_range(with_curve)})


def _together(trials: Sequence[Trial], most: int, state: str) -> go.Scatter:
    """Many curves as one trace: a thousand traces would take seconds to draw."""
    look = {"color": COLOURS[state], "width": 1, "dash": DASHES.get(state)}
    return _line(trials, most, look, opacity=FAINT[state])


def _line(trials: Iterable[Trial], most: int, look: dict[str, Any], **more: Any) -> go.Scatter:
    parts = [_thinned(trial, most) for trial in trials]
    points = np.concatenate(parts)
    return go.Scatter(
        x=points[:, 0],
        y=points[:, 1],
        customdata=points[:, 2],
        mode="lines",
        line=look,
        hovertemplate="trial %{customdata}<br>step %{x:,.0f}: %{y:.4f}<extra></extra>",
        **more,
    )


def _thinned(trial: Trial, most: int) -> NDArray[np.float32]:
    """At most so many points of a curve, its ends among them, and a gap behind: rows of step + 1, val, number."""
    places = np.unique(np.linspace(0, len(trial.curve) - 1, min(most, len(trial.curve))).round().astype(int))
    rows = [(trial.curve[i][0] + 1, trial.curve[i][1], trial.number) for i in places]
    return np.array([*rows, (np.nan, np.nan, trial.number)], np.float32)


def _loss_range(trials: Sequence[Trial]) -> list[float]:
    """From just below the lowest val to just above where most of them began."""
    vals = [val for trial in trials for _, val in trial.curve if math.isfinite(val)] or [2.0, 4.0]
    firsts = [trial.curve[0][1] for trial in trials if math.isfinite(trial.curve[0][1])] or vals
    return [0.98 * min(vals), 1.04 * max(float(np.median(firsts)), min(vals))]


def importances_figure(standing: Standing, names: Names) -> go.Figure:
    """How much of the differences in val each knob explains, the most important on top."""
    title = "Which knob mattered"
    if not standing.importances:
        return empty(title, "Some more trials have to finish first.")
    pairs = sorted(standing.importances.items(), key=lambda pair: pair[1])
    bars = go.Bar(
        x=[share for _, share in pairs],
        y=[names[path] for path, _ in pairs],
        orientation="h",
        marker={"color": [PLAIN if share >= SLIGHT else YARDSTICK for _, share in pairs]},
        text=[f"{share:.0%}" for _, share in pairs],
        textposition="outside",
        cliponaxis=False,
        hovertemplate="%{y}: %{x:.1%}<extra></extra>",
    )
    return figure(
        [bars],
        title,
        leaders([names[path] for path, _ in pairs], [share for _, share in pairs], ".0%"),
        xaxis={"range": [0, 1.12], "tickformat": ".0%", "tickvals": [0, 0.25, 0.5, 0.75, 1]},
        yaxis={"automargin": True, "showgrid": False, "ticksuffix": "  "},
        bargap=0.35,
    )
