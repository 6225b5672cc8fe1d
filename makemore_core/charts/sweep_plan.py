"""What a plan of a sweep would try, before anything is trained: settings as blind dice or a grid would spread them.

Two knobs against each other, with the values of each at the edge: Bergstra & Bengio 2012, figure 1.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import plotly.graph_objects as go

from makemore_core.charts.style import ACCENT, PLAIN, YARDSTICK, figure
from makemore_core.charts.sweep_axes import axis_ticks, place
from makemore_core.charts.sweep_board import OWN, Names, shown
from makemore_core.charts.takeaway import sentence
from makemore_core.knobs import Value
from makemore_core.search.axes import Axis
from makemore_core.search.plan import SweepPlan
from makemore_core.search.proposals import planned, propose
from makemore_core.search.standing import Standing, Trial

MOST_SHOWN = 200  # settings


def preview(plan: SweepPlan) -> Standing:
    """A sweep of which every trial waits. What learns from its trials begins blindly, so it is drawn so."""
    blind = replace(plan, sampler="random") if plan.sampler == "tpe" else plan
    trials: list[Trial] = []
    for number in range(min(planned(blind), MOST_SHOWN)):
        values = propose(blind, trials, number)
        if values is None:
            break
        trials.append(Trial(number, values, "waiting"))
    return Standing("", plan, "stopped", trials=tuple(trials))


def plan_figure(plan: SweepPlan, names: Names, own: str = OWN) -> go.Figure:
    """The first two knobs of the settings that would be tried, each value of a knob again at its edge."""
    trials = preview(plan).trials
    across, up = plan.axes[0], plan.axes[1] if len(plan.axes) > 1 else None
    x = [place(across, trial.values[across.path]) for trial in trials]
    y = [place(up, trial.values[up.path]) if up else 0.5 for trial in trials]
    words = ["<br>".join(f"{names[path]} {shown(value)}" for path, value in trial.values.items()) for trial in trials]
    dots = {"color": PLAIN, "size": 7, "opacity": 0.75}
    mine = plan.own_values
    here = [(place(across, mine[across.path]), place(up, mine[up.path]) if up else 0.5)] if mine else []
    different = len(set(x))
    reached = [f"{names[axis.path]} from {shown(least)} to {shown(most)}" for axis, least, most in _reach(plan, trials)]
    return figure(
        [
            go.Scatter(x=x, y=y, mode="markers", marker=dots, text=words, hovertemplate="%{text}<extra></extra>"),
            _rug(x, [-0.05] * len(x), "line-ns-open"),
            *([_rug([-0.05] * len(y), y, "line-ew-open")] if up else []),
            go.Scatter(
                x=[point[0] for point in here], y=[point[1] for point in here], mode="markers", hoverinfo="skip",
                marker={"symbol": "diamond-open", "size": 11, "color": ACCENT, "line": {"width": 2}},
            ),
        ],
        f"{len(trials)} settings, {different} different values of each"
        + (f"; <span style='color:{ACCENT}'>◇ {own}</span>" if here else ""),
        sentence(reached),
        xaxis=_axis(across, names),
        yaxis=_axis(up, names) | {"automargin": True} if up else {"visible": False, "range": [-0.1, 1.05]},
        margin={"l": 48, "r": 12, "t": 34, "b": 44},
    )  # fmt: skip


def _reach(plan: SweepPlan, trials: Sequence[Trial]) -> Iterator[tuple[Axis, Value, Value]]:
    """Each knob, with the two ends of what would be tried of it."""
    for axis in plan.axes:
        tried = sorted((trial.values[axis.path] for trial in trials), key=lambda value, axis=axis: place(axis, value))
        if tried:
            yield axis, tried[0], tried[-1]


def _rug(x: list[float], y: list[float], symbol: str) -> go.Scatter:
    marker = {"symbol": symbol, "size": 8, "color": YARDSTICK, "line": {"width": 1, "color": YARDSTICK}}
    return go.Scatter(x=x, y=y, mode="markers", marker=marker, hoverinfo="skip")


def _axis(axis: Axis, names: Names) -> dict[str, object]:
    ticks = axis_ticks(axis)
    return {
        "range": [-0.09, 1.05],
        "tickvals": [place(axis, value) for value in ticks],
        "ticktext": [shown(value) for value in ticks],
        "title": {"text": names[axis.path] + (", log" if axis.log else ""), "standoff": 4},
        "fixedrange": True,
    }
