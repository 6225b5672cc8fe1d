"""Panels that more than one page shows: a reading's chart, the names, the verdicts."""

import html
from collections.abc import Callable, Hashable
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from makemore_core.charts.readings import reading_figure
from makemore_core.charts.scalars import PACE, scalars_figure
from makemore_core.datasets import Dataset
from makemore_core.diagnostics import DIAGNOSTICS, verdict_on, worst_first
from makemore_core.diagnostics.gradient_norm import ALL
from makemore_core.diagnostics.reading import Verdict
from makemore_core.lint.verdicts import split_verdicts
from makemore_core.training.recorder import Observation, Snapshot, milestones
from pages.ui import session
from pages.ui.explained import explained
from pages.ui.live import chart
from pages.ui.sources import from_where

Layers = tuple[str, ...]  # by name; none means all
LEVELS = ("healthy", "watch", "sick")
ICONS = (":material/check_circle:", ":material/visibility:", ":material/warning:")
COLOURS = ("green", "orange", "red")


def reading_panel(snapshot: Snapshot, name: str, height: int, only: Layers = ()) -> None:
    """The chart of one diagnostic at the step that is shown, with its verdict under it; or of some layers only."""
    diagnostic, step = DIAGNOSTICS[name], snapshot.step
    reading = snapshot.reading(name)
    _panel(
        snapshot,
        (step, *only),
        name,
        lambda: reading_figure(diagnostic.title, step, reading, diagnostic.absent, only),
        height,
        with_verdict=not only,
    )


def curves_panel(snapshot: Snapshot, name: str, height: int, only: Layers = ()) -> None:
    """The curves of one diagnostic over the steps, with its verdict under them; or of some layers only."""
    diagnostic = DIAGNOSTICS[name]
    options = CURVES[name]()
    _panel(
        snapshot,
        (*snapshot.version, *only),
        name,
        lambda: scalars_figure(diagnostic.title, snapshot, name, absent=diagnostic.absent, only=only, **options),
        height,
        with_verdict=not only,
    )


def _norm_lines() -> dict[str, Any]:
    clip = session.config().clip
    return {"yardsticks": {f"clipped at {clip:g}": clip} if clip else {}, "decades": (-3, 2.3), "whole": ALL}


CURVES: dict[str, Callable[[], dict[str, Any]]] = {"update_ratio": lambda: PACE, "gradient_norm": _norm_lines}


def _panel(
    snapshot: Snapshot,
    version: Hashable,
    name: str,
    make: Callable[[], go.Figure],
    height: int,
    *,
    with_verdict: bool,
) -> None:
    """A diagnostic's chart; where it shows all layers, the verdict on all of them stands under it."""
    chart(snapshot, version, name, make, height)
    verdict = verdict_on(name, snapshot.shown.readings) if snapshot.shown and with_verdict else None
    if verdict:
        verdict_line(verdict)


def verdict_line(verdict: Verdict) -> None:
    """One judgement, with its icon."""
    st.markdown(f":{COLOURS[verdict.level]}[{ICONS[verdict.level]}] {explained(verdict.text)}")


def verdicts(snapshot: Snapshot) -> list[Verdict]:
    """All that the latest readings say, and what spoils the split, the worst first."""
    of_the_net = worst_first(snapshot.shown.readings) if snapshot.shown else []
    return [*split_verdicts(session.config().data).values(), *of_the_net]


def names_panel(snapshot: Snapshot, height: int) -> None:
    """What the net invents now, and what it invented at 0, 10, 100, ... steps."""
    dataset = session.config().data.load()
    rows = [_names_row(o, dataset, now=o is snapshot.shown) for o in reversed(milestones(snapshot.seen))]
    noun = dataset.noun
    legend = f"<b>new</b> {noun}s are bold, {noun}s of the {'text' if dataset.is_text else 'list'} are <i>plain</i>"
    header = f"<header>{noun.capitalize()}s it invents<small>{legend}</small></header>"
    st.html(f"<section class='names {noun}s' style='height:{height}px'>{header}{''.join(rows)}</section>")


def _names_row(observation: Observation, dataset: Dataset, now: bool) -> str:
    lines: list[str] = getattr(observation.readings.get("samples"), "lines", [])
    step = f"<span>step {observation.step:,}</span>"
    return f"<div class='{'now' if now else 'then'}'>{step}<p>{marked(lines, dataset.known)}</p></div>"


def names_list(names: list[str], dataset: Dataset) -> None:
    """Names side by side, or lines one below the other, the new ones bold."""
    listed = f"<div class='list'><p>{marked(names, dataset.known)}</p></div>"
    st.html(f"<section class='names {dataset.noun}s'>{listed}</section>")


def marked(names: list[str], known: frozenset[str]) -> str:
    """Each name literally: bold if it is new, plain if it stands in the list."""
    tags = [("i" if name in known else "b", html.escape(name) or "·") for name in names]
    return " ".join(f"<{tag}>{name}</{tag}>" for tag, name in tags)


def about(name: str) -> None:
    """What one sees in a diagnostic's panel, and where it comes from."""
    st.caption(f"{explained(DIAGNOSTICS[name].about)} {from_where(name)}")
