"""Is the loss where it can be? A net that knows nothing pays ln V; far above it, it is confidently wrong."""

import math

from makemore_core.diagnostics.diagnostic import Diagnostic
from makemore_core.diagnostics.reading import Scalars, Verdict
from makemore_core.diagnostics.step import Step

CONFIDENTLY_WRONG = 1.3  # times ln V
ROUNDING = 1e-6  # of float32


class Loss(Diagnostic[Scalars]):
    """The batch loss beside the price of a blind guess."""

    name = "loss"
    title = "Loss"
    about = "A uniform guess costs ln V. A first loss far above it means that training starts by unlearning."
    source = "makemore part 3, fixing the initial loss"

    def measure(self, step: Step) -> Scalars:
        return Scalars({"batch loss": step.loss, "uniform": math.log(len(step.vocabulary))})

    def verdict(self, reading: Scalars) -> Verdict:
        loss, uniform = reading.values["batch loss"], reading.values["uniform"]
        if loss > CONFIDENTLY_WRONG * uniform:
            return Verdict(
                2,
                f"The loss {loss:,.4g} is far above {uniform:.2f}, the price of a blind guess: the net is confidently "
                "wrong. Shrink the initial output weights, or lower the learning rate.",
            )
        if loss > uniform * (1 + ROUNDING):
            return Verdict(1, f"The loss {loss:.2f} is not yet below {uniform:.2f}, the price of a blind guess.")
        if loss > uniform * (1 - ROUNDING):
            return Verdict(0, f"The loss {loss:.2f} is the price of a blind guess: the model knows nothing yet.")
        return Verdict(0, f"The loss {loss:.2f} is below {uniform:.2f}, the price of a blind guess.")
