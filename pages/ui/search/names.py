"""What a sweep's parts are called on the screen."""

from makemore_core.config import CHOICES
from makemore_core.search.plan import SweepPlan
from pages.ui.labels import label_of

PARTS = {"optimizer": "", "model": "", "schedule": "schedule: "}


def knob_name(path: str) -> str:
    """`Learning rate`; a choice and a schedule's knobs say that they are."""
    part = path.partition(".")[0]
    return path.capitalize() if path in CHOICES else PARTS.get(part, "") + label_of(path)


def names_of(plan: SweepPlan) -> dict[str, str]:
    """The names of all knobs that a plan turns, by path."""
    return {axis.path: knob_name(axis.path) for axis in plan.axes}


def own_name(plan: SweepPlan) -> str:
    """What the settings are called that a sweep began from."""
    if not plan.preset:
        return "your settings"
    return "the lecture's own" if plan.preset.startswith("lecture") else "the preset's own"
