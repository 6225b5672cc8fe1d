"""Backprop: the gradients of the shown net, line by line, each derived by hand and compared with autograd's."""

from pages.ui.opening import open_page

open_page(
    "Backprop",
    "Every value between the characters and the loss, and how the loss would react to it: "
    "the chain rule, one line at a time.",
)

from collections.abc import Callable

from makemore_core.training.recorder import Snapshot
from pages.ui.backprop import compare, dlogits, exercise, short_forms, walk, without_backward
from pages.ui.live import live
from pages.ui.views import choose_view

VIEWS: dict[str, Callable[[Snapshot], None]] = {
    "Walk the graph": walk.draw,
    "Write it yourself": exercise.draw,
    "Compare": compare.draw,
    "Short forms": short_forms.draw,
    "dlogits": dlogits.draw,
    "Without backward()": without_backward.draw,
}


def draw(snapshot: Snapshot) -> None:
    """The chosen view; only what is visible is computed."""
    view = choose_view("backprop", VIEWS)
    VIEWS[view](snapshot)


live(draw)
