"""Where a sweep's runs train, and how many of them at once."""

from makemore_core.search.plan import SweepPlan
from pages.ui.manager import run_manager

PROCESSES, HERE = "processes", ""


def first_place() -> str:
    """Processes of this machine, where they can be used."""
    usable = {place.name for place in run_manager().places() if place.is_usable}
    return PROCESSES if PROCESSES in usable else HERE


def is_usable(name: str) -> bool:
    """Whether runs can train at a place now."""
    return any(place.is_usable for place in run_manager().places() if place.name == name)


def slots(plan: SweepPlan) -> int:
    """How many runs of a sweep train at the same time: as many as it asks for, else as its place has room for."""
    place = next((place for place in run_manager().places() if place.name == plan.where), None)
    return plan.at_once or max(1, place.slots if place else 1)
