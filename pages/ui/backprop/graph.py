"""The lines of a net as a graph: the values of each layer in a row, the way there in grey, the way back in colours."""

import math
from pathlib import Path
from typing import Any

from streamlit.components.v2 import component
from torch import Tensor

from makemore_core.backprop.long_form import Stage
from makemore_core.backprop.walk import Walk
from pages.ui import session

_mount = component(
    "makemore_lab.backprop_graph",
    html=Path(__file__).with_suffix(".html").read_text(encoding="utf-8"),
    css=Path(__file__).with_suffix(".css").read_text(encoding="utf-8"),
    js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8"),
    isolate_styles=False,  # it takes the page's fonts
)


def graph(walk: Walk, at: int) -> None:
    """Draw the net's lines, of which number `at` is shown; a click, the arrow keys or the buttons choose another."""
    form = walk.form
    shapes = {line.at: line.shape for line in form.forward + form.backward}
    _mount(
        key=session.GRAPH,
        data={
            "stages": [_stage(shapes, stage) for stage in form.stages],
            "lines": [[line.at, line.is_gradient] for line in form.forward + form.backward],
            "edges": [[need, line.name] for line in form.forward for need in line.needs if need not in ("x", "y")],
            "up": {name: up_share(gradient) for name, gradient in walk.gradients.items()},
            "at": at,
        },
        on_line_change=session.line_chosen,
    )


def _stage(shapes: dict[str, str], stage: Stage) -> dict[str, Any]:
    """Parameters before what is computed with them."""
    nodes: list[dict[str, Any]] = []
    for line in stage.forward:
        nodes += [_node(name, shapes, True) for name in line.needs if name in stage.parameters]
        nodes.append(_node(line.name, shapes, False))
    return {"title": stage.title, "nodes": nodes}


def _node(name: str, shapes: dict[str, str], is_parameter: bool) -> dict[str, Any]:
    return {"name": name, "shape": shapes[name], "isParameter": is_parameter}


def up_share(gradient: Tensor) -> float | None:
    """Which share of a gradient's weight is above zero; None where all is 0, or something is no number."""
    weight = gradient.abs().sum().item()
    return round(gradient.clamp(min=0).sum().item() / weight, 3) if weight and math.isfinite(weight) else None
