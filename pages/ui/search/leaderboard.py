"""The leaderboard on a page: the best trials, beside the settings that the sweep began from; a click chooses one."""

from functools import partial
from pathlib import Path

from streamlit.components.v2 import component

from pages.ui import session
from pages.ui.search.choice import Choose

_mount = component(
    "makemore_lab.leaderboard",
    html='<div class="leaderboard"><table aria-label="Leaderboard"><thead></thead><tbody></tbody></table><p></p></div>',
    css=Path(__file__).with_suffix(".css").read_text(encoding="utf-8"),
    js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8"),
    isolate_styles=False,  # it takes the page's fonts
)


def leaderboard(board: str, of: str, chosen: int | None, choose: Choose, *, key: str, height: int) -> None:
    """Show what charts.sweep_board.board() gave, as JSON, in a frame `height` pixels high."""
    data = {"board": board, "of": of, "chosen": chosen, "height": height}
    _mount(key=key, height=height, data=data, on_trial_change=partial(session.pointed_at, key, "trial", choose))
