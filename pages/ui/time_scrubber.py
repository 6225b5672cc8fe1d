"""The line of time: every step that a run kept, and the present at its right end. Arrow keys move along it."""

from pathlib import Path

from streamlit.components.v2 import component

from pages.ui import session

HEIGHT = 28  # pixels

_mount = component(
    "makemore_lab.time_scrubber",
    html=(
        '<div class="time-scrubber"><output></output>'
        '<input type="range" min="0" step="1" aria-label="Step to look at">'
        '<button type="button">live</button></div>'
    ),
    js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8"),
    isolate_styles=False,  # its looks stand in style.css with the others
)


def time_scrubber(steps: list[int], at: int | None) -> None:
    """Choose one of the kept steps for all panels of all pages; None is the present."""
    _mount(
        key=session.SCRUBBER,
        height=HEIGHT,
        data={"steps": steps, "at": at},
        on_step_change=session.scrubbed,
    )
