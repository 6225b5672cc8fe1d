"""minitorch: an autograd small enough to look at. An expression as a graph, each operation, and a whole network."""

from collections.abc import Callable

from makemore_core.training.recorder import Snapshot
from pages.ui import session
from pages.ui.live import live
from pages.ui.minitorch import expression, network, operations
from pages.ui.page import open_page
from pages.ui.widgets import one_of_few

VIEWS: dict[str, Callable[[Snapshot], None]] = {
    "One expression": expression.draw,
    "The operations": operations.draw,
    "A network": network.draw,
}

open_page("minitorch", "Backpropagation is the chain rule, walked backwards along a tape. Here is the tape.")


def draw(snapshot: Snapshot) -> None:
    """The chosen view; only what is visible is computed."""
    view = session.selected("minitorch_view", list(VIEWS))
    one_of_few("minitorch_view", "View", list(VIEWS), view, _choose, label_visibility="collapsed")
    VIEWS[view](snapshot)


def _choose(view: str) -> None:
    session.select("minitorch_view", view)


live(draw)
