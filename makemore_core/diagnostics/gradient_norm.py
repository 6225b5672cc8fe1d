"""How long the gradient is: the L2 norm that clipping cuts. A sudden jump is a cliff of the loss.

Pascanu, Mikolov & Bengio 2013, section 3.2: they take a clipping threshold near the average norm.
"""

import math

import torch

from makemore_core.diagnostics.diagnostic import Diagnostic
from makemore_core.diagnostics.reading import Scalars, Verdict
from makemore_core.diagnostics.step import Step

ALL = "all parameters"
CLIFF = 100.0


class GradientNorm(Diagnostic[Scalars]):
    """The length of all parameters' gradients together, biases and gains included, and of each weight matrix's."""

    name = "gradient_norm"
    title = "Gradient norm"
    about = "Length of the gradient before clipping. It should neither jump nor come near 0 while the loss is high."
    source = "Pascanu et al. 2013, algorithm 1"
    absent = "This model counts: it has no gradient."

    def measure(self, step: Step) -> Scalars:
        norms = {name: torch.linalg.vector_norm(gradient).item() for name, gradient in step.gradients.items()}
        matrices = {name: norms[name] for name in step.weights() if name in norms}
        return Scalars({ALL: math.hypot(*norms.values())} | matrices if norms else {})

    def verdict(self, reading: Scalars) -> Verdict | None:
        if not reading.values:
            return None
        norm = reading.values[ALL]
        stuck = [verdict for verdict in self.verdicts(reading).values() if verdict.level]
        if norm > CLIFF:
            return Verdict(1, f"The gradient is {norm:.3g} long. Clip it near its usual length, or lower the rate.")
        return stuck[0] if stuck else Verdict(0, f"The gradient is {norm:.2g} long and reaches every weight matrix.")

    def verdicts(self, reading: Scalars) -> dict[str, Verdict]:
        return {name: _judged(name, norm) for name, norm in reading.values.items() if name != ALL}


def _judged(name: str, norm: float) -> Verdict:
    if not norm:
        return Verdict(
            2, f"No gradient reaches {name}: it cannot learn. Look for dead neurons above it, and draw other weights."
        )
    return Verdict(0, f"The gradient of {name} is {norm:.2g} long.")
