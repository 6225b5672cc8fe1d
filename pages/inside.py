"""Inside: what the layers do to the signal on its way forward, and to the gradient on its way back."""

from pages.ui.opening import open_page

open_page("Inside", "A net learns where signals keep their spread and gradients get through. Here both are visible.")

from collections.abc import Callable

from makemore_core.training.recorder import Snapshot
from pages.ui import session
from pages.ui.inside import all_layers, attention, fold, layer, neurons, over_time, weights
from pages.ui.layer_strip import layer_strip
from pages.ui.live import live
from pages.ui.sick import sick_card
from pages.ui.views import choose_view

VIEWS: dict[str, Callable[[Snapshot], None]] = {
    "All layers": all_layers.draw,
    "Over time": over_time.draw,
    session.LAYER: layer.draw,
    "Weights": weights.draw,
    "Neurons": neurons.draw,
    "Attention": attention.draw,
    "Fold": fold.draw,
}


def draw(snapshot: Snapshot) -> None:
    """The net's layers, then the chosen view; only what is visible is computed."""
    sick_card(snapshot)
    view = session.view(VIEWS)
    layer_strip(snapshot, layer.shown() if view == session.LAYER else None)
    choose_view(session.INSIDE, VIEWS)
    VIEWS[view](snapshot)


live(draw)
