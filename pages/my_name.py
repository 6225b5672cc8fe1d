"""My name: how surprising a name is to the net, which real ones are, and how much of what it invents is copied."""

from pages.ui.opening import open_page

open_page("My name", "A bit is the surprise of one fair coin. The better a net knows names, the fewer letters cost.")

from collections.abc import Callable

from makemore_core.training.recorder import Snapshot
from pages.ui import session
from pages.ui.live import live
from pages.ui.my_name import inventions, real_names, your_name
from pages.ui.views import choose_view

VIEWS: dict[str, Callable[[Snapshot], None]] = {
    "yours": your_name.draw,
    "real": real_names.draw,
    "invented": inventions.draw,
}


def draw(snapshot: Snapshot) -> None:
    """The chosen view; only what is visible is computed."""
    noun = session.config().data.load().noun
    titles = {"yours": f"Your {noun}", "real": f"The real {noun}s", "invented": f"The {noun}s it invents"}
    view = choose_view("my_name", VIEWS, titles.__getitem__)
    VIEWS[view](snapshot)


live(draw)
