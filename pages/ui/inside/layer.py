"""One layer by itself: its signal, its gradient, its weights and their pace, and what is to be said about them."""

import streamlit as st

from makemore_core.diagnostics import judged
from makemore_core.diagnostics.parts import Part, of_part
from makemore_core.training.recorder import Snapshot
from pages.ui import session
from pages.ui.layer_strip import layers_of_shown_model
from pages.ui.literal import literal
from pages.ui.panels import CURVES, curves_panel, reading_panel, verdict_line

HEIGHT = 300
OF_OUTPUTS = ("activations", "gradients")
OF_MATRICES = (("weights", "weight_gradients"), ("update_ratio", "gradient_norm"))


def shown() -> Part | None:
    """The layer that was clicked in the strip; before that, and in another net, the first. None where none learns."""
    parts = {part.name: part for part in layers_of_shown_model()}
    return parts[session.selected(session.LAYER, list(parts))] if parts else None


def draw(snapshot: Snapshot) -> None:
    """What the layer is and what is to be said about it, then its charts."""
    part = shown()
    if part is None:
        st.info("This model counts: it has no layers to look at.", icon=":material/info:")
        return
    st.markdown(f"**{literal(part.name)}**: {literal(f'{part.kind} {part.shape}'.strip())}")
    with st.container(key="layer_verdicts", gap="xxsmall"):
        for verdict in of_part(part, judged(snapshot.shown.readings if snapshot.shown else {})):
            verdict_line(verdict)
    if part.bends:
        _side_by_side(snapshot, OF_OUTPUTS, (part.name,))
        reading_panel(snapshot, "saturation", 210, (part.name,))
    if part.matrices:
        for names in OF_MATRICES:
            _side_by_side(snapshot, names, part.matrices)
    if not (part.bends or part.matrices):
        st.caption("Gains and biases only: as in the lectures, what is measured are matrices and nonlinearities.")


def _side_by_side(snapshot: Snapshot, names: tuple[str, ...], only: tuple[str, ...]) -> None:
    for column, name in zip(st.columns(2), names, strict=True):
        with column:
            (curves_panel if name in CURVES else reading_panel)(snapshot, name, HEIGHT, only)
