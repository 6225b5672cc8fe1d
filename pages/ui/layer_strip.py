"""The network drawn layer by layer: a row of buttons with name, shape, a tiny histogram and the state of health."""

from pathlib import Path
from typing import Any

import numpy as np
from streamlit.components.v2 import component

from makemore_core.charts.style import layer_color
from makemore_core.diagnostics import judged
from makemore_core.diagnostics.parts import Part, of_part, parts
from makemore_core.diagnostics.reading import Histogram
from makemore_core.training.recorder import Snapshot
from makemore_core.training.untrained import untrained_model
from pages.ui import session

HEIGHT = 118  # pixels
BARS = 20

_mount = component(
    "makemore_lab.layer_strip",
    html='<div class="layer-strip" role="group" aria-label="Layers of the network"></div>',
    js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8"),
    isolate_styles=False,  # its looks stand in style.css with the others
)


def layer_strip(snapshot: Snapshot, chosen: Part | None) -> None:
    """Draw the net that is shown; a click opens the layer. `chosen` is the one that is open now, if any is."""
    _mount(
        key=session.STRIP,
        height=HEIGHT,
        data={"layers": _layers(snapshot), "chosen": chosen.name if chosen else None},
        on_layer_change=session.layer_clicked,
    )


def layers_of_shown_model() -> list[Part]:
    """The layers of the model that the panels show, shallow first."""
    return parts(untrained_model(session.config()).model)


def _layers(snapshot: Snapshot) -> list[dict[str, Any]]:
    readings = snapshot.shown.readings if snapshot.shown else {}
    verdicts, all_parts = judged(readings), layers_of_shown_model()
    histograms = {h.name: h for key in ("weights", "activations") for h in getattr(readings.get(key), "layers", ())}
    groups = ["", *(part.group for part in all_parts)]
    return [
        {
            "id": part.name,
            "name": part.name.rpartition(".")[2],
            "group": part.group if part.group != groups[i] else "",
            "kind": f"{part.kind} {part.shape}".strip(),
            "color": layer_color(i, len(all_parts)),
            "bars": _bars(next((histograms[n] for n in (part.name, *part.matrices) if n in histograms), None)),
            "level": max((verdict.level for verdict in of_part(part, verdicts)), default=None),
        }
        for i, part in enumerate(all_parts)
    ]


def _bars(histogram: Histogram | None) -> list[int]:
    """The heights of a few bars, from 0 to 100."""
    if histogram is None:
        return []
    counts = np.array(histogram.counts, dtype=np.float64).reshape(BARS, -1).sum(axis=1)
    return np.round(100 * counts / max(1.0, counts.max())).astype(int).tolist()
