"""Take it home: the run as code, as a card, as numbers, as weights for any program, and whole for another lab."""

from pages.ui.opening import open_page

open_page("Take it home", "What was learned here is yours: files that open without this lab, today and in ten years.")

from collections.abc import Callable

from makemore_core.training.recorder import Snapshot
from pages.ui.live import live
from pages.ui.take_home import archive, card, numbers, script, weights
from pages.ui.views import choose_view

VIEWS: dict[str, Callable[[Snapshot], None]] = {
    "Code": script.draw,
    "Run card": card.draw,
    "Numbers": numbers.draw,
    "Weights": weights.draw,
    "Archive": archive.draw,
}


def draw(snapshot: Snapshot) -> None:
    """The chosen view; a file is made when it is asked for."""
    view = choose_view("take_home", VIEWS)
    VIEWS[view](snapshot)


live(draw)
