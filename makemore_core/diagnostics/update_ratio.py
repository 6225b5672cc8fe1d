"""How far a step moves each weight matrix compared with its size: update:data, about 1e-3 when all is well.

Measured from the parameters before and after the step, so under Adam it is Adam's own update, and the learning
rate is contained in it.
"""

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
        return Scalars(
            {
                name: (step.updates[name].double().std() / weight.double().std().clamp(min=1e-30)).item()
                for name, weight in step.weights().items()
            }
        )

    def verdict(self, reading: Scalars) -> Verdict | None:
        if not reading.values:
            return None
        fastest = max(reading.values, key=lambda name: reading.values[name])
        slowest = min(reading.values, key=lambda name: reading.values[name])
        pace = f"{fastest} moves by {reading.values[fastest]:.1e} of its size a step"
        if reading.values[fastest] > WILD:
            return Verdict(2, f"{pace}: it is thrown about. Lower the learning rate.")
        if reading.values[fastest] > FAST:
            return Verdict(1, f"{pace}. If that lasts beyond the first steps, lower the learning rate.")
        if reading.values[slowest] < SLOW:
            return Verdict(
                1, f"{slowest} moves by only {reading.values[slowest]:.1e} of its size a step. Raise the learning rate."
            )
        return Verdict(0, "Every weight matrix moves at a good pace, near 1e-3 of its size a step.")
