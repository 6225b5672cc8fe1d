"""The canvas on which letters glide and movies play: the core's letter_map.js as a component of the page."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from streamlit.components.v2 import component

from makemore_core.charts.movie_files import LOOKS, SCRIPT
from pages.ui import session
from pages.ui.live_chart import with_numbers

THEME = """
.letter-map {
  --quiet: var(--st-gray-text-color);
  --line: var(--st-border-color);
  --accent: var(--st-primary-color);
  color: var(--st-text-color);
}
"""

_mount = component(
    "makemore_lab.letter_map",
    html='<div class="letter-map"></div>',
    css=LOOKS.read_text(encoding="utf-8") + THEME,
    js="\n".join((SCRIPT.read_text(encoding="utf-8"), with_numbers(Path(__file__)))),
    isolate_styles=False,
)
Choose = Callable[[list[str]], None]


def letter_map(data: str, chosen: Sequence[str], choose: Choose, *, key: str, height: int) -> None:
    """Draw what map_data() gave, `height` pixels high. A click or a lasso calls choose(labels)."""
    said = partial(_chosen, key, choose)
    values = {"map": data, "chosen": list(chosen), "height": height}
    _mount(key=key, height=height, data=values, on_chosen_change=said)


def _chosen(key: str, choose: Choose) -> None:
    labels = session.said(key, "chosen")
    if labels is not None:
        choose(list(labels))
