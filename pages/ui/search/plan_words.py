"""What a planned sweep will do and how long it will take, in one sentence."""

import math

import streamlit as st

from makemore_core.search.plan import SweepPlan
from makemore_core.search.proposals import planned
from pages.ui.literal import literal
from pages.ui.manager import run_manager
from pages.ui.places import slots
from pages.ui.run_bar import duration

REMEMBERED = 30  # seconds that a known speed counts as news


def what_will_happen(plan: SweepPlan) -> str:
    """Trials, steps, how many at once, and about how long: at most that, where trials are given up early."""
    trials, at_once = planned(plan), slots(plan)
    seeds = f", {plan.seeds} seeds each" if plan.seeds > 1 else ""
    what = f"**{trials:,} trials** of {plan.config.max_steps:,} steps{seeds}, {at_once:,} at once"
    known = _known_speed(plan.config.model.name, plan.config.data.dataset)
    if known is None:
        return f"{what}. How long: no run of this kind of net has been timed yet."
    run, speed = known
    seconds = trials * plan.seeds * plan.config.max_steps / speed / at_once
    limit = plan.seconds or math.inf
    about = f"about {duration(seconds)} at the {speed:,.0f} steps/s of {literal(run)}"
    if seconds > limit:
        about = f"as many as fit into {duration(limit)}; all would take {about}"
    return f"{what}: {about}" + (", less what is given up early." if plan.pruner != "none" else ".")


@st.cache_data(ttl=REMEMBERED, max_entries=64, show_spinner=False)
def _known_speed(model: str, dataset: str) -> tuple[str, float] | None:
    """The newest run of such a net that has a speed, and that speed in steps a second."""
    for row in run_manager().runs():
        like = row.config["model"]["name"] == model and row.config["data"]["dataset"] == dataset
        if like and row.progress.steps_per_second > 0:
            return row.title, row.progress.steps_per_second
    return None
