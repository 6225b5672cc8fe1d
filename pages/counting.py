"""Counting: the table of what follows what, smoothed; the net that learns the same table; and longer contexts."""

from pages.ui.opening import open_page

open_page("Counting", "The simplest model that learns: count what follows what. Every net here has to beat it.")

from collections.abc import Callable

from makemore_core.training.recorder import Snapshot
from pages.ui.counting import grid, ladder, neural
from pages.ui.live import live
from pages.ui.views import choose_view

VIEWS: dict[str, Callable[[Snapshot], None]] = {
    "The table": grid.draw,
    "Counted and neural": neural.draw,
    "Longer contexts": ladder.draw,
}


def draw(snapshot: Snapshot) -> None:
    """The chosen view; only what is visible is computed."""
    view = choose_view("counting", VIEWS)
    VIEWS[view](snapshot)


live(draw)
