"""How fast a run trains at most: slow enough to be watched, or as fast as can be. No number depends on it."""

import math
from typing import NamedTuple


class Pace(NamedTuple):
    """So many steps a second, and for each step that is done so many more: on a logarithmic axis an even walk."""

    steps_per_second: float = math.inf
    growth: float = 0.0

    def at(self, step: int) -> float:
        """The most steps a second after a number of steps."""
        return self.steps_per_second + self.growth * step


TURBO = Pace()
# over the first 900 steps, in which an MLP of the lectures falls from a blind guess to what counting pairs achieves,
# ln(1 + 900 growth / start) / growth = 5.9 seconds
GENTLE_START = Pace(20.0, 0.55)
