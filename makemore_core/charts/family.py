"""A family of runs as a tree over the steps: each a line of its own colour that branches off its parent's."""

import html
from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from makemore_core.charts.style import YARDSTICK, empty, figure
from makemore_core.charts.takeaway import ends, sentence
from makemore_core.comparison.family import Member

LANE = 62  # pixels
FRAME = 84  # above and below the lanes
NOTHING = "No run was forked yet. Look back at a step in the bar, and press Fork here."
FROM_THE_RIGHT = 0.35  # of the axis: a line that begins beyond has its name at its end
ROOM = 1.12  # of the axis, so that the last loss has a place
LONGEST = 60  # characters of what was changed


def height(family: Sequence[Member]) -> int:
    """In pixels."""
    return FRAME + LANE * max(3, len(family))


def family_figure(family: Sequence[Member], chosen: str | None = None) -> go.Figure:
    """Lines over the steps, with the best loss of val in nats at their ends; the chosen run's is a strong one."""
    title = "Family tree: who was forked from whom, after which step"
    if not family:
        return empty(title, NOTHING)
    end = ROOM * max(1, *(member.last for member in family))
    lanes = {member.run: member.lane for member in family}
    traces = [trace for member in family for trace in _line(member, lanes, member.run == chosen)]
    look = {"exponentformat": "none", "separatethousands": True, "uirevision": "family"}
    return figure(
        traces,
        title,
        f"{len(family)} runs. {sentence(map(_in_words, ends(family)))}",
        annotations=[words for member in family for words in _words(member, end, member.run == chosen)],
        xaxis={"title": {"text": "step", "standoff": 4}, "range": [0, end], **look},
        yaxis={"visible": False, "range": [max(3, len(family)) - 0.6, -0.8], "fixedrange": True},
    )


def _line(member: Member, lanes: dict[str, int], is_chosen: bool) -> list[go.Scatter]:
    """Down from the parent's lane, along its own, and a point with the loss at its end; both can be clicked."""
    lane, color = member.lane, member.color or YARDSTICK
    line = {"color": color, "width": 4 if is_chosen else 2, "dash": "solid" if member.color else "dot"}
    from_parent = member.parent in lanes
    x = [*([member.first] if from_parent else []), member.first, member.last]
    y = [*([lanes[member.parent]] if from_parent else []), lane, lane]
    best = "" if member.best_val is None else f" {member.best_val:.3f}"
    hover = f"{html.escape(member.title)}, {member.last:,} steps{', best val' + best if best else ''}<extra></extra>"
    common: dict[str, Any] = {
        "hovertemplate": hover,
        "customdata": [*([member.parent] if from_parent else []), member.run, member.run],
    }
    marker = {"color": color, "size": 12 if is_chosen else 9}
    return [
        go.Scatter(x=x, y=y, mode="lines", line=line, name=html.escape(member.title), **common),
        go.Scatter(
            x=x[-1:], y=y[-1:], mode="markers+text", marker=marker, text=[best], textposition="middle right",
            **common | {"customdata": [member.run]},
        ),
    ]  # fmt: skip


def _in_words(member: Member) -> str:
    val = "" if member.best_val is None else f", best val {member.best_val:.3f}"
    came = f"was forked after step {member.first:,}" if member.parent else "began the family"
    return html.escape(f"{member.title} {came} and has {member.last:,} steps{val}")


def _words(member: Member, end: float, is_chosen: bool) -> list[dict[str, Any]]:
    """Above the line its name, below it what was changed: towards its end, where it begins far to the right."""
    from_right = member.first > FROM_THE_RIGHT * end
    x, anchor = (member.last, "right") if from_right else (member.first, "left")
    changed = member.changed if len(member.changed) <= LONGEST else member.changed[: LONGEST - 1] + "…"
    title = html.escape(member.title)
    place = {"x": x, "xanchor": anchor, "y": member.lane, "showarrow": False}
    name = place | {"yshift": 13, "text": f"<b>{title}</b>" if is_chosen else title}
    what = place | {"yshift": -12, "text": html.escape(changed), "font": {"size": 11}}
    return [name, what] if changed else [name]
