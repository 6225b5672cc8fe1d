"""Parallel coordinates on a page: brushes on every axis that survive a refresh, a click chooses a trial."""

from functools import partial
from pathlib import Path

from streamlit.components.v2 import component

from pages.ui import session
from pages.ui.search.choice import Choose

_mount = component(
    "makemore_lab.parallel",
    html='<div class="parallel"><svg></svg><footer><span class="words"></span>'
    '<button type="button" hidden></button></footer></div>',
    css=Path(__file__).with_suffix(".css").read_text(encoding="utf-8"),
    js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8"),
    isolate_styles=False,  # it takes the page's fonts
)


def parallel_chart(figure: str, of: str, chosen: int | None, choose: Choose, *, key: str, height: int) -> None:
    """Draw what charts.sweep_axes.parallel() gave, as JSON. The brushes stay as long as `of` is the same."""
    data = {"figure": figure, "id": of, "chosen": chosen, "height": height}
    _mount(key=key, height=height, data=data, on_trial_change=partial(session.pointed_at, key, "trial", choose))
