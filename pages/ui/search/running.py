"""The trials that train right now: how far each is, with what settings."""

import html

import streamlit as st

from makemore_core.charts.sweep_board import in_words
from makemore_core.search.standing import Standing, Trial
from pages.ui.places import slots
from pages.ui.search.names import names_of

ROW, MOST = 26, 8  # pixels; rows


def still_running(standing: Standing) -> None:
    """A row for each, in a place that keeps its height while the sweep is at work."""
    if standing.state not in ("running", "stopping"):
        return
    running = [trial for trial in standing.trials if trial.state == "running"]
    rows = "".join(_row(trial, standing) for trial in running[:MOST])
    height = ROW * min(MOST, slots(standing.plan)) + 30
    st.html(f'<div class="running-trials" style="height: {height}px"><header>Still running</header>{rows}</div>')


def _row(trial: Trial, standing: Standing) -> str:
    most = standing.plan.config.max_steps
    val = f"val {trial.val:.3f}" if trial.val is not None else ""
    settings = html.escape(in_words(trial.values, names_of(standing.plan)))
    share = 100 * min(1.0, trial.step / most)
    return (
        f"<div><span>trial {trial.number}</span><i><b style='width: {share:.1f}%'></b></i>"
        f"<span>step {trial.step:,} of {most:,}</span><span>{val}</span><span>{settings}</span></div>"
    )
