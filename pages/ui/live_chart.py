"""A plotly figure that is redrawn in place: no flicker, the zoom stays, and the colours follow the page's theme.

st.plotly_chart makes a new chart whenever its figure changes; this component calls Plotly.react on the old one.
"""

from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any, Protocol

from streamlit.components.v2 import component

from pages.ui import session
from pages.ui.streamlit_internals import serve_folder

PLOTLY_FILES = Path(str(files("plotly") / "package_data"))
PLOTLY_FILE = f"plotly.min.js?{version('plotly')}"


def with_numbers(file: Path) -> str:
    """The script of a component whose picture has its numbers behind it."""
    scripts = file.with_name("numbers.js"), file.with_suffix(".js")
    return "\n".join(script.read_text(encoding="utf-8") for script in scripts)


_mount = component(
    "makemore_lab.live_chart",
    html='<div class="live-chart"></div>',
    css=".live-chart {\n  font-variant-numeric: tabular-nums;\n}",
    js=with_numbers(Path(__file__)),
    isolate_styles=False,  # plotly puts its style sheet into the document's head, which a shadow root does not see
)


OnPoint = Callable[[dict[str, Any]], None]  # of a point's x, y and customdata


class Figure(Protocol):
    """What is asked of a plotly figure."""

    def to_json(self) -> Any: ...


def live_chart(
    figure: Figure | str,
    *,
    key: str,
    height: int,
    on_click: OnPoint | None = None,
    on_hover: OnPoint | None = None,
) -> None:
    """Draw a figure `height` pixels high, with its takeaway for those who hear it and its numbers behind it.

    Instead of the figure, its to_json() will do: encoded once, it serves every tab that shows the same figure.
    on_click hears of points that are clicked, on_hover of those on which a pointer rests.
    """
    figure_json = figure if isinstance(figure, str) else str(figure.to_json())
    library = f"{serve_folder('plotly', PLOTLY_FILES)}/{PLOTLY_FILE}"
    hears = [event for event, act in (("clicked", on_click), ("hovered", on_hover)) if act]
    _mount(
        key=key,
        height=height,
        data={"figure": figure_json, "height": height, "library": library, "hears": hears},
        on_clicked_change=partial(session.pointed_at, key, "clicked", on_click),
        on_hovered_change=partial(session.pointed_at, key, "hovered", on_hover),
    )
