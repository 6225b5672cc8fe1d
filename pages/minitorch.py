"""minitorch: an autograd small enough to look at. An expression as a graph, each operation, and a whole network."""

from pages.ui.opening import open_page

open_page("minitorch", "Backpropagation is the chain rule, walked backwards along a tape. Here is the tape.")

from collections.abc import Callable

from makemore_core.training.recorder import Snapshot
from pages.ui.live import live
from pages.ui.minitorch import expression, network, operations, side_by_side
from pages.ui.views import choose_view

VIEWS: dict[str, Callable[[Snapshot], None]] = {
    "One expression": expression.draw,
    "The operations": operations.draw,
    "A network": network.draw,
    "Side by side": side_by_side.draw,
}


def draw(snapshot: Snapshot) -> None:
    """The chosen view; only what is visible is computed."""
    view = choose_view("minitorch", VIEWS)
    VIEWS[view](snapshot)


live(draw)
