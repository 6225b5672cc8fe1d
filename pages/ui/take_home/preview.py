"""The run card in a frame of its own, with the page's copy of plotly.js: 100 kB go to the browser instead of 5 MB."""

from pathlib import Path

from streamlit.components.v2 import component

from pages.ui.live_chart import PLOTLY_FILES
from pages.ui.streamlit_internals import serve_folder

HEIGHT, BORDER = 860, 4  # pixels

_mount = component(
    "makemore_lab.card_preview",
    html='<iframe class="card-preview" title="Run card" sandbox="allow-scripts allow-popups"></iframe>',
    css=".card-preview {\n  width: 100%;\n  border: 1px solid var(--st-border-color);\n}",
    js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def preview(card: str) -> None:
    """Show a card that loads plotly.js from beside it."""
    folder = serve_folder("plotly", PLOTLY_FILES)
    _mount(key="card_preview", height=HEIGHT, data={"card": card, "folder": folder, "height": HEIGHT - BORDER})
