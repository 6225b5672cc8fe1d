"""All layers at once, as in lecture 3: forward, backward, weights and pace, then the map of what is stuck."""

import streamlit as st

from makemore_core.charts.scalars import scalars_figure
from makemore_core.diagnostics import DIAGNOSTICS
from makemore_core.diagnostics.update_ratio import GOOD
from makemore_core.training.recorder import Snapshot
from pages.ui.live import chart
from pages.ui.panels import about, reading_panel, verdict_line


def draw(snapshot: Snapshot) -> None:
    """Forward, backward, weights and pace; then the map of what is stuck."""
    forward, backward = st.columns(2)
    with forward:
        reading_panel(snapshot, "activations", 310)
        about("activations")
    with backward:
        reading_panel(snapshot, "gradients", 310)
        about("gradients")
    weights, pace = st.columns(2)
    with weights:
        reading_panel(snapshot, "weight_gradients", 310)
        about("weight_gradients")
    with pace:
        update_ratio(snapshot)
        about("update_ratio")
    layers = getattr(snapshot.reading("saturation"), "layers", ())
    reading_panel(snapshot, "saturation", 60 + 150 * max(1, len(layers)))
    about("saturation")


def update_ratio(snapshot: Snapshot) -> None:
    """The pace of every weight matrix over the steps, with its verdict."""
    diagnostic = DIAGNOSTICS["update_ratio"]
    reading = snapshot.reading("update_ratio")
    verdict = diagnostic.verdict(reading) if reading else None
    chart(
        snapshot,
        snapshot.version,
        "update_ratio",
        lambda: scalars_figure(
            diagnostic.title, snapshot, "update_ratio", (GOOD, "1e-3, a good pace"), diagnostic.absent
        ),
        310,
        alt=verdict.text if verdict else diagnostic.about,
    )
    if verdict:
        verdict_line(verdict)
