"""Plans for tests: a small net on few words, swept along the axes that a test names."""

from typing import Any

from makemore_core.config import RunConfig
from makemore_core.search.axes import Axis
from makemore_core.search.plan import SweepPlan
from makemore_core.search.standing import Trial, TrialState

RATE = ("optimizer.learning_rate", "log:1e-3:1")
WIDTH = ("model.n_hidden", "4:64")


def plan_of(config: RunConfig, *axes: tuple[str, str], **own: Any) -> SweepPlan:
    """A plan along axes in their text form."""
    return SweepPlan(config, "", tuple(Axis.parse(path, text, config) for path, text in axes or (RATE, WIDTH)), **own)


def ended(number: int, val: float, state: str = TrialState.FINISHED, **values: Any) -> Trial:
    """A trial that nobody trained; dots in paths are written as two underscores."""
    return Trial(number, {path.replace("__", "."): value for path, value in values.items()}, state, val)
