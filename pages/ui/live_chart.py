"""A plotly figure that is redrawn in place: no flicker, the zoom stays, and the colours follow the page's theme.

st.plotly_chart makes a new chart whenever its figure changes; this component calls Plotly.react on the old one.
"""

from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any, Protocol

from streamlit.components.v2 import component

from pages.ui.streamlit_internals import serve_folder

PLOTLY_FILES = Path(str(files("plotly") / "package_data"))
PLOTLY_FILE = f"plotly.min.js?{version('plotly')}"

_mount = component(
    "makemore_lab.live_chart",
    html='<div class="live-chart" role="img"></div>',
    css=".live-chart {\n  font-variant-numeric: tabular-nums;\n}",
    js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8"),
    isolate_styles=False,  # plotly puts its style sheet into the document's head, which a shadow root does not see
)


class Figure(Protocol):
    """What is asked of a plotly figure."""

    def to_json(self) -> Any: ...


def live_chart(figure: Figure | str, *, key: str, height: int, alt: str) -> None:
    """Draw a figure `height` pixels high; `alt` says in words what it shows.

    Instead of the figure, its to_json() will do: encoded once, it serves every tab that shows the same figure.
    """
    figure_json = figure if isinstance(figure, str) else str(figure.to_json())
    library = f"{serve_folder('plotly', PLOTLY_FILES)}/{PLOTLY_FILE}"
    data = {"figure": figure_json, "height": height, "alt": alt, "library": library}
    _mount(key=key, height=height, data=data)
