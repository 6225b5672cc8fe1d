"""Take it home: the run as a card for any browser, as numbers for other programs, and its weights for any program."""

from collections.abc import Callable

from makemore_core.training.recorder import Snapshot
from pages.ui.inside.choices import choose_one_of_few
from pages.ui.live import live
from pages.ui.page import open_page
from pages.ui.take_home import card, numbers, weights

VIEWS: dict[str, Callable[[Snapshot], None]] = {
    "Run card": card.draw,
    "Numbers": numbers.draw,
    "Weights": weights.draw,
}

open_page("Take it home", "What was learned here is yours: files that open without this lab, today and in ten years.")


def draw(snapshot: Snapshot) -> None:
    """The chosen view; a file is made when it is asked for."""
    view = choose_one_of_few("home_view", "View", list(VIEWS), label_visibility="collapsed")
    VIEWS[view](snapshot)


live(draw)
