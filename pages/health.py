"""Health: what this server does at the moment, for whom, and what it has left."""

from pages.ui.opening import open_page

open_page("Health", "What this server does, for whom, and what it has left.")

from makemore_core.training.recorder import Snapshot
from pages.ui.health import now, versions
from pages.ui.live import live


def draw(snapshot: Snapshot) -> None:
    """Numbers, the last minutes, and every run that is not over."""
    now.numbers()
    now.last_minutes(snapshot)
    now.runs()


live(draw, others_change=lambda: True)
versions.draw()
