"""All layers at once, as in lecture 3: forward, backward, weights and pace, then the map of what is stuck."""

import streamlit as st

from makemore_core.diagnostics.reading import LayerMap
from makemore_core.diagnostics.saturation import dead_neurons
from makemore_core.training.recorder import Snapshot
from pages.ui.literal import literal
from pages.ui.panels import CURVES, about, curves_panel, reading_panel

ROWS = (("activations", "gradients"), ("weights", "weight_gradients"), ("update_ratio", "gradient_norm"))
HEIGHT = 310
MOST_LISTED = 40  # dead neurons, by number


def draw(snapshot: Snapshot) -> None:
    """Forward and backward; weights and their gradients; pace and norm; then the map of what is stuck."""
    for row in ROWS:
        for column, name in zip(st.columns(2), row, strict=True):
            with column:
                panel = curves_panel if name in CURVES else reading_panel
                panel(snapshot, name, HEIGHT)
                about(name)
    layers = getattr(snapshot.reading("saturation"), "layers", [])
    reading_panel(snapshot, "saturation", 60 + 150 * max(1, len(layers)))
    list_of_the_dead(layers)
    about("saturation")


def list_of_the_dead(layers: list[LayerMap]) -> None:
    """Which neurons are flat for the whole batch, layer by layer."""
    dead = [(layer, neurons) for layer in layers if (neurons := dead_neurons(layer))]
    if layers:
        st.markdown("**Flat for the whole batch**, by number:" if dead else "No neuron is flat for the whole batch.")
    for layer, neurons in dead:
        listed = ", ".join(map(str, neurons[:MOST_LISTED]))
        more = f" and {len(neurons) - MOST_LISTED:,} more" if len(neurons) > MOST_LISTED else ""
        st.markdown(f"{literal(layer.name)}, {len(neurons)} of {layer.columns}: {listed}{more}")
