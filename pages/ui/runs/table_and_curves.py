"""All runs in a table, and the losses of those that are chosen over each other."""

from collections.abc import Callable, Sequence
from functools import partial

import plotly.graph_objects as go
import streamlit as st

from makemore_core.charts.comparison import Dot, Line, comparison_figure, size_figure
from makemore_core.charts.loss import LossView
from makemore_core.comparison.curves import AXES, BY_PARAMETERS, BY_SECONDS, Curve, band, train_curve, val_curve
from makemore_core.comparison.settings import BY_EACH, BY_THE_REST, SEED, Group, differing, grouped
from makemore_core.errors import InputError
from makemore_core.ngrams import yardsticks
from makemore_core.smoothing import smoothed
from makemore_core.training.recorder import Snapshot
from makemore_core.training.rows import RunRow
from pages.ui import session
from pages.ui.inside.choices import choose_from, choose_one_of_few
from pages.ui.literal import literal
from pages.ui.live import chart
from pages.ui.loss_panel import view_controls
from pages.ui.manager import run_manager
from pages.ui.runs.rows import Runs, config_at_start, label, told_apart
from pages.ui.runs.table import table

HEIGHT = 400
VAL, TRAIN = "val", "train"
GROUP, SPLIT, AXIS = "runs_group", "runs_split", "runs_axis"


def draw(snapshot: Snapshot) -> None:
    """The table first, the chart below it."""
    runs = table()
    split, axis, by = _choices(runs)
    groups = grouped(runs.compared_settings, by)
    if axis == BY_PARAMETERS:
        _sizes(snapshot, runs)
    else:
        _curves(snapshot, runs, groups, split, axis)
    _say(runs, groups, by, axis)


def _choices(runs: Runs) -> tuple[str, str, str]:
    """Of which split, along what, and which runs are one line."""
    with st.container(key="runs_axes", horizontal=True, vertical_alignment="center", gap="small"):
        split = choose_one_of_few(SPLIT, "Loss of", (VAL, TRAIN), label_visibility="collapsed")
        axis = choose_one_of_few(AXIS, "Along", AXES, label_visibility="collapsed")
        differ = [path for path in differing(runs.compared_settings.values()) if path != SEED]
        titles = {BY_EACH: "each run by itself", BY_THE_REST: "mean over seeds"}
        titles |= {path: f"mean for each {label(path)}" for path in differ}
        by = choose_from(
            GROUP, "Group", list(titles), lambda name: titles.get(name, str(name)), 250, label_visibility="collapsed"
        )
        with st.popover("Axes and smoothing", type="tertiary", icon=":material/tune:", key="runs_view"):
            view_controls(session.loss_view())
    return split, axis, by


def _curves(snapshot: Snapshot, runs: Runs, groups: Sequence[Group], split: str, axis: str) -> None:
    """One line for each group."""
    view, lines = session.loss_view(), _yardsticks(runs.compared)
    version = (_version(runs), tuple(group.runs for group in groups), split, axis, view, tuple(lines))
    make = partial(_figure, runs, groups, split, axis, view, lines)
    chart(snapshot, version, "runs_curves", make, HEIGHT)


def _figure(
    runs: Runs, groups: Sequence[Group], split: str, axis: str, view: LossView, lines: dict[str, float]
) -> go.Figure:
    rows = {row.id: row for row in runs.compared}
    curve_of = _train(view) if split == TRAIN else val_curve
    shown: list[Line] = []
    for group in groups:
        curves = [curve(rows[run], axis, curve_of) for run in group.runs]
        shown.append(Line(_title(group, rows), runs.looks[group.runs[0]], band(curves)))
    return comparison_figure(shown, split, axis, lines, view)


def _train(view: LossView) -> Callable[..., Curve]:
    return partial(train_curve, smooth=partial(smoothed, weight=view.smoothing))


def curve(row: RunRow, axis: str, curve_of: Callable[..., Curve]) -> Curve:
    """The losses of a run, as far as it has come."""
    return curve_of(_history(row), config_at_start(row), axis)


def _history(row: RunRow) -> Snapshot:
    """What the store has of a run that does not train is read once."""
    if row.progress.is_alive:
        return run_manager().curves(row.id)
    return _remembered(row.id, row.progress.step, row.updated, str(row.progress.state))


@st.cache_resource(max_entries=128, show_spinner=False)
def _remembered(run: str, step: int, updated: float, state: str) -> Snapshot:
    return run_manager().curves(run)


def _title(group: Group, rows: dict[str, RunRow]) -> str:
    """A run's name; of several, what they share."""
    if len(group.runs) == 1 and not group.shared:
        return rows[group.runs[0]].title
    return told_apart(group.shared) or f"{len(group.runs)} runs that differ in the seed alone"


def _sizes(snapshot: Snapshot, runs: Runs) -> None:
    """One dot a run."""
    dots = [
        Dot(row.title, runs.looks[row.id], row.parameters, row.best_val)
        for row in runs.compared
        if row.best_val is not None
    ]
    lines = _yardsticks(runs.compared)
    make = partial(size_figure, dots, lines)
    chart(snapshot, (tuple(dots), tuple(lines)), "runs_sizes", make, HEIGHT)


def _yardsticks(rows: Sequence[RunRow]) -> dict[str, float]:
    """A blind guess and count tables, where all runs learn the same data; before the first, those of the settings."""
    known = {str(row.config.get("data")): row for row in rows}
    if len(known) > 1:
        return {}
    try:
        config = config_at_start(rows[0]) if rows else session.draft().config
        return yardsticks(config.data)
    except InputError:
        return {}


def _version(runs: Runs) -> tuple[object, ...]:
    """Changes whenever one of the curves does."""
    return tuple((row.id, row.title, row.progress.step, row.val, row.progress.state) for row in runs.compared)


def _say(runs: Runs, groups: Sequence[Group], by: str, axis: str) -> None:
    """What a line is, and which runs have no place on this axis."""
    said: list[str] = []
    if by != BY_EACH and axis != BY_PARAMETERS:
        most = max((len(group.runs) for group in groups), default=0)
        said.append(
            "A line is the mean of its runs as far as all of them came, in a band from the lowest to the highest."
        )
        if most == 1:
            said.append("Here each is alone: the same settings with another seed would make a band.")
    timeless = [row.title for row in runs.compared if axis == BY_SECONDS and row.val is not None and not _has_time(row)]
    if timeless:
        said.append(f"Trained before seconds were noted, so not drawn: {literal(', '.join(timeless))}.")
    if axis == "examples":
        said.append("An example is a row of the batch: one next character, or a whole word for nets over sequences.")
    if runs.compared and not runs.chosen:
        said.insert(0, "Nothing is ticked yet: these are the newest.")
    st.caption(" ".join(said) or "A run keeps its colour for its whole life; a dash tells apart who share one.")


def _has_time(row: RunRow) -> bool:
    return any(e.seconds is not None for e in _history(row).evaluations)
