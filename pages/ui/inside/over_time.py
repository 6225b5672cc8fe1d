"""How the spread of each layer came about: all kept steps as a heatmap or as ridges, and the curves beside them."""

from functools import partial

import streamlit as st

from makemore_core.charts.over_time import color_of, heatmap_over_time, layers_over_time, ridges_over_time
from makemore_core.diagnostics import DIAGNOSTICS
from makemore_core.training.recorder import Snapshot
from pages.ui import session
from pages.ui.inside.choices import choose_one_of_few
from pages.ui.literal import literal
from pages.ui.live import chart
from pages.ui.panels import about, curves_panel
from pages.ui.widgets import select_slider

SPREADS = ("activations", "gradients", "weights", "weight_gradients")
HEATMAP, RIDGES = "Heatmap", "Ridges"
HEIGHT = 420


def draw(snapshot: Snapshot) -> None:
    """Choose what, of which layer and how; then the picture, and under it norm and pace."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        diagnostic = choose_one_of_few(
            "Numbers", "Numbers", SPREADS, lambda name: DIAGNOSTICS[name].title, label_visibility="collapsed"
        )
        form = choose_one_of_few("Drawn as", "Drawn as", (HEATMAP, RIDGES), label_visibility="collapsed")
    layers = layers_over_time(snapshot, diagnostic)
    layer = _layer(diagnostic, layers)
    _spread(snapshot, diagnostic, layer, layers, form)
    for column, name in zip(st.columns(2), ("update_ratio", "gradient_norm"), strict=True):
        with column:
            curves_panel(snapshot, name, 310)
            about(name)


def _layer(diagnostic: str, layers: list[str]) -> str:
    """Which layer's numbers; a slider from shallow to deep, where there is a choice."""
    if len(layers) < 2:
        return layers[0] if layers else ""
    name = f"Layer of {diagnostic}"
    chosen = session.selected(name, layers)
    select_slider(name, "Layer", layers, chosen, partial(session.select, name))
    return chosen


def _spread(snapshot: Snapshot, diagnostic: str, layer: str, layers: list[str], form: str) -> None:
    """The picture; it changes with what was observed and with the step looked back to, not with every step."""
    about_it = DIAGNOSTICS[diagnostic]
    color = color_of(layer, layers)
    figures = {
        HEATMAP: lambda: heatmap_over_time(about_it.title, snapshot, diagnostic, layer, about_it.absent),
        RIDGES: lambda: ridges_over_time(about_it.title, snapshot, diagnostic, layer, color, about_it.absent),
    }
    latest = snapshot.observations[-1].step if snapshot.observations else -1
    version = (diagnostic, layer, form, latest, len(snapshot.observations), snapshot.at)
    chart(snapshot, version, "spread_over_time", figures[form], HEIGHT)
    st.caption(
        f"{literal(about_it.about)} What lies beyond the axis counts in its outermost bins, so no number is missing."
    )
