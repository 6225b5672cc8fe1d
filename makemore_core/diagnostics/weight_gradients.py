"""How the gradients of the weight matrices are spread: a layer whose gradient stands out learns at another speed."""

from statistics import median

from makemore_core.diagnostics.diagnostic import Diagnostic
from makemore_core.diagnostics.reading import Histogram, Histograms, Verdict, histogram
from makemore_core.diagnostics.step import Step

STANDS_OUT = 10.0  # times the median layer


class WeightGradients(Diagnostic[Histograms]):
    """A histogram of the gradient of each weight matrix."""

    name = "weight_gradients"
    title = "Weight gradients"
    about = "Gradient of each weight matrix. One layer far wider than the others is trained far faster than they are."
    source = "makemore part 3, parameter activation and gradient statistics"
    absent = "This model counts: no gradient moves its table."

    def measure(self, step: Step) -> Histograms:
        weights = step.weights()
        return Histograms([histogram(name, step.gradients[name]) for name in weights if name in step.gradients])

    def verdict(self, reading: Histograms) -> Verdict | None:
        worst = super().verdict(reading)
        return worst if worst is None or worst.level else Verdict(0, "No weight matrix's gradient stands out.")

    def verdicts(self, reading: Histograms) -> dict[str, Verdict]:
        if len(reading.layers) < 2:
            return {}
        typical = median(layer.deviation for layer in reading.layers)
        return {layer.name: _judged(layer, typical) for layer in reading.layers}


def _judged(layer: Histogram, typical: float) -> Verdict:
    """One matrix's gradient beside the median of all deviations."""
    times = layer.deviation / typical if typical else 1.0
    if times > STANDS_OUT:
        return Verdict(
            1,
            f"{layer.name} has a gradient {times:.0f} times as wide as the typical layer's. If that lasts, give it "
            "larger initial weights.",
        )
    return Verdict(0, f"The gradient of {layer.name} is {times:.2g} times as wide as the typical layer's.")
