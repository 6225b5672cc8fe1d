"""How far a step moves each weight matrix compared with its size: update:data, about 1e-3 when all is well.

Measured from the parameters before and after the step, so under Adam it is Adam's own update, and the learning
rate is contained in it.
"""

import math

from torch import Tensor

from makemore_core.diagnostics.diagnostic import Diagnostic
from makemore_core.diagnostics.reading import Scalars, Verdict
from makemore_core.diagnostics.step import Step

GOOD = 1e-3
SLOW, FAST, WILD = GOOD / 30, GOOD * 30, 1.0


class UpdateRatio(Diagnostic[Scalars]):
    """One ratio for each weight matrix."""

    name = "update_ratio"
    title = "Update : data"
    about = "Deviation of a step's update over deviation of the weights. Near 1e-3 is a good pace."
    source = "makemore part 3, update:data ratio over time"
    absent = "This model counts: no gradient moves its table."

    def measure(self, step: Step) -> Scalars:
        return Scalars({name: ratio(step.updates[name], weight) for name, weight in step.weights().items()})

    def verdict(self, reading: Scalars) -> Verdict | None:
        by_pace = sorted(reading.values.items(), key=lambda item: abs(math.log(max(item[1], 1e-30) / GOOD)))
        worst = super().verdict(Scalars(dict(reversed(by_pace))))
        if worst and not worst.level:
            return Verdict(0, "Every weight matrix moves at a good pace, near 1e-3 of its size a step.")
        return worst

    def verdicts(self, reading: Scalars) -> dict[str, Verdict]:
        return {name: _judged(name, value) for name, value in reading.values.items()}


def ratio(change: Tensor, weight: Tensor) -> float:
    """Deviation of a change over deviation of what is changed."""
    return (change.std() / weight.std().clamp(min=1e-30)).item()


def _judged(name: str, value: float) -> Verdict:
    """The pace of one matrix."""
    pace = f"{name} moves by {value:.1e} of its size a step"
    if value > WILD:
        return Verdict(2, f"{pace}: it is thrown about. Lower the learning rate.")
    if value > FAST:
        return Verdict(1, f"{pace}. If that lasts beyond the first steps, lower the learning rate.")
    if value < SLOW:
        return Verdict(1, f"{name} moves by only {value:.1e} of its size a step. Raise the learning rate.")
    return Verdict(0, f"{pace}: a good pace is near 1e-3.")
