"""The graph of an expression, and the tape to walk along: forward as it was built, then back, one operation at a time.

The browser has all steps at once, so it follows the hand; the server hears where it is, for what stands below.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from streamlit.components.v2 import component

from pages.ui import session

KEY = "tape_graph"
HIGHEST = 560  # pixels of the picture; a larger one scrolls
SENTENCE, LINE = 64, 26  # pixels of the account of a step

_mount = component(
    "makemore_lab.tape_graph",
    html='<div class="tape-graph"></div>',
    css=Path(__file__).with_suffix(".css").read_text(encoding="utf-8"),
    js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8"),
    isolate_styles=False,  # it takes the page's fonts
)
Act = Callable[[int], None]


def tape_graph(drawing: dict[str, Any], graph: str, at: int | None, chosen: int, on_step: Act, on_node: Act) -> None:
    """Draw it at a step (None is the last); `graph` names it, so that another one begins at its own end."""
    stage = min(HIGHEST, drawing["height"])
    lines = max((len(step["rows"]) for step in drawing["steps"]), default=0)
    below = SENTENCE + (LINE * (lines + 1) if lines else 0)
    _mount(
        key=KEY,
        data={**drawing, "graph": graph, "at": at, "chosen": chosen, "stage": stage, "below": below},
        on_step_change=lambda: _hear("step", on_step),
        on_node_change=lambda: _hear("node", on_node),
    )


def _hear(what: str, act: Act) -> None:
    said = session.said(KEY, what)
    if said is not None:
        act(int(said))
