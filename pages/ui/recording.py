"""The player of the recording that ships: it runs in the browser alone, before anything heavy is imported here."""

from pathlib import Path

from streamlit.components.v2 import component

from makemore_core.recording import recording

HERE = Path(__file__)
HEIGHT = 858  # pixels, as the panels that take its place

_mount = component(
    "makemore_lab.recording",
    html='<div class="recording"></div>',
    css=HERE.with_suffix(".css").read_text(encoding="utf-8"),
    js=HERE.with_suffix(".js").read_text(encoding="utf-8"),
    isolate_styles=False,  # the names look as those of a run do, which style.css says
)


def recording_player() -> None:
    """Losses, names, letters and verdicts of a real run, marked as a recording, over and over."""
    _mount(key="recording", data={"run": recording().json, "about": recording().in_words})
