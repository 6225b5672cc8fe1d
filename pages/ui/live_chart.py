"""A plotly figure that is redrawn in place: no flicker, the zoom stays, and the colours follow the theme.

st.plotly_chart makes a new chart whenever its figure changes. This component calls Plotly.react on the old one instead.
"""

from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Protocol

import streamlit as st

from pages.ui.streamlit_internals import serve_folder

_draw = st.components.v2.component(
    "makemore_lab.live_chart",
    html='<div class="live-chart" role="img"></div>',
    css=".live-chart {\n  font-variant-numeric: tabular-nums;\n}",
    js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8"),
    isolate_styles=False,  # plotly keeps its style sheet in the document's head, out of a shadow root's reach
)
_PLOTLY_FILES = Path(str(files("plotly"))) / "package_data"


class Figure(Protocol):
    """What a chart needs of a plotly figure."""

    def to_json(self) -> str: ...


def live_chart(figure: Figure | str, *, key: str, height: int, alt: str) -> None:
    """Draw a plotly figure, or its JSON, `height` pixels high; `alt` says in words what it shows.

    The text that to_json returns can be shared by all sessions, so that a figure is encoded once for many viewers.
    """
    figure_json = figure if isinstance(figure, str) else figure.to_json()
    library = f"{serve_folder('plotly', _PLOTLY_FILES)}/plotly.min.js?{version('plotly')}"
    _draw(key=key, height=height, data={"figure": figure_json, "height": height, "alt": alt, "library": library})
