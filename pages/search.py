"""Search: good settings found by trying many, and the learning rate by one ramp."""

from pages.ui.opening import open_page

open_page("Search", "Good settings are found by trying. Let the machine do it, and see what mattered.")

from collections.abc import Callable

from makemore_core.training.recorder import Snapshot
from pages.ui.live import live
from pages.ui.search import learning_rate, sweep
from pages.ui.views import choose_view

VIEWS: dict[str, Callable[[Snapshot], None]] = {
    "Sweep": sweep.draw,
    "Learning rate": learning_rate.draw,
}


def draw(snapshot: Snapshot) -> None:
    """The chosen view; only what is visible is computed."""
    view = choose_view("search", VIEWS)
    VIEWS[view](snapshot)


live(draw)
