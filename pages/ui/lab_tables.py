"""The Init lab's numbers: layer by layer, and the lecture's beside ours."""

from collections.abc import Sequence

import streamlit as st

from makemore_core.diagnostics.reading import Verdict
from makemore_core.presets.initialisations import BORDERS, StartingPoint
from makemore_core.training.initialisation import Initialisation, initialisation, layer_verdicts
from pages.ui.lab_form import config_of
from pages.ui.literal import literal
from pages.ui.panels import COLOURS, ICONS, LEVELS

NONE = "–"


def layers_table(look: Initialisation) -> None:
    """Each layer's numbers, and a word about its health."""
    layers = look.activations.layers
    st.table(
        {
            "layer": [literal(layer.name) for layer in layers],
            "mean": [f"{layer.mean:+.2f}" for layer in layers],
            "std": [f"{layer.deviation:.2f}" for layer in layers],
            literal(look.saturation.layers[0].rule): [f"{share:.2%}" for share in look.shares],
            "gradient": [f"{layer.deviation:.1e}" for layer in look.gradients.layers],
            "": [_word(verdict) for verdict in layer_verdicts(look)],
        },
        border="horizontal",
        hide_index=True,
    )


def _word(verdict: Verdict | None) -> str:
    return f":{COLOURS[verdict.level]}[{ICONS[verdict.level]}] {LEVELS[verdict.level]}" if verdict else NONE


def story_table(points: Sequence[StartingPoint]) -> None:
    """First loss and saturated shares of each of the lecture's cells: its number, ours, and how far apart."""
    looks = [initialisation(config_of(point), BORDERS[point.config.model.name]) for point in points]
    both = list(zip(points, looks, strict=True))
    st.table(
        {
            "begin with": [literal(point.name) for point in points],
            "first loss": [NONE if point.loss is None else f"{point.loss:.4f}" for point in points],
            "ours": [f"{look.first_loss:.4f}" for look in looks],
            "apart": [NONE if p.loss is None else _apart([look.first_loss], [p.loss], 4) for p, look in both],
            "saturated, %": [_percent(point.shares) for point in points],
            "ours, %": [_percent(look.shares) for look in looks],
            "apart, %": [_apart(_in_percent(look.shares), _in_percent(p.shares), 2) for p, look in both],
        },
        border="horizontal",
        hide_index=True,
    )


def _in_percent(shares: Sequence[float]) -> list[float]:
    return [100 * share for share in shares]


def _percent(shares: Sequence[float]) -> str:
    return " · ".join(f"{share:.2f}" for share in _in_percent(shares)) or NONE


def _apart(ours: Sequence[float], known: Sequence[float], digits: int) -> str:
    """The largest difference, in the digits that are known."""
    if not known:
        return NONE
    return f"{max(abs(round(a, digits) - b) for a, b in zip(ours, known, strict=True)):.{digits}f}"
