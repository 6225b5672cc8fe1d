"""Backprop: the gradients of the shown net, line by line, each derived by hand and compared with autograd's."""

from collections.abc import Callable

from makemore_core.training.recorder import Snapshot
from pages.ui import session
from pages.ui.backprop import compare, dlogits, short_forms, walk
from pages.ui.live import live
from pages.ui.page import open_page
from pages.ui.widgets import one_of_few

VIEWS: dict[str, Callable[[Snapshot], None]] = {
    "Walk the graph": walk.draw,
    "Compare": compare.draw,
    "Short forms": short_forms.draw,
    "dlogits": dlogits.draw,
}

open_page(
    "Backprop",
    "Every value between the characters and the loss, and how the loss would react to it: "
    "the chain rule, one line at a time.",
)


def draw(snapshot: Snapshot) -> None:
    """The chosen view; only what is visible is computed."""
    view = session.selected("backprop_view", list(VIEWS))
    one_of_few("backprop_view", "View", list(VIEWS), view, _choose, label_visibility="collapsed")
    VIEWS[view](snapshot)


def _choose(view: str) -> None:
    session.select("backprop_view", view)


live(draw)
