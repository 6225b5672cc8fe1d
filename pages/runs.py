"""Runs: all of them in a table, their losses over each other, their names side by side, and in what they differ."""

from pages.ui.opening import open_page

open_page("Runs", "Every run that was ever started. Change one thing at a time, and see what it does.")

from collections.abc import Callable

from makemore_core.training.recorder import Snapshot
from pages.ui.live import live
from pages.ui.manager import run_manager
from pages.ui.runs import differences, family, names, table_and_curves
from pages.ui.views import choose_view

VIEWS: dict[str, Callable[[Snapshot], None]] = {
    "Table and curves": table_and_curves.draw,
    "Names side by side": names.draw,
    "Differences": differences.draw,
    "Family": family.draw,
}


def draw(snapshot: Snapshot) -> None:
    """The chosen view; only what is visible is computed."""
    VIEWS[choose_view("compare", VIEWS)](snapshot)


live(draw, run_manager().trains)
