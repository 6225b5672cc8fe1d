"""How the numbers of each weight matrix are spread, and how that changes while they learn."""

from makemore_core.diagnostics.diagnostic import Diagnostic
from makemore_core.diagnostics.reading import Histogram, Histograms, Verdict, histogram
from makemore_core.diagnostics.step import Step

WIDE, FAR_TOO_WIDE = 10.0, 100.0  # deviations; no initialisation here and no published run comes near them


class Weights(Diagnostic[Histograms]):
    """A histogram of each weight matrix."""

    name = "weights"
    title = "Weights"
    about = "Numbers of each weight matrix after the step. They start as they were drawn and widen as they learn."
    source = "makemore part 3, initialisation; He et al. 2015"
    absent = "This model has no weight matrix: it counts."

    def measure(self, step: Step) -> Histograms:
        return Histograms([histogram(name, weight) for name, weight in step.weights().items()])

    def verdict(self, reading: Histograms) -> Verdict | None:
        widest = max(reading.layers, key=lambda layer: layer.deviation, default=None)
        return _judged(widest) if widest else None

    def verdicts(self, reading: Histograms) -> dict[str, Verdict]:
        return {layer.name: _judged(layer) for layer in reading.layers}


def _judged(layer: Histogram) -> Verdict:
    spread = f"The numbers of {layer.name} have a deviation of {layer.deviation:.2g}"
    if layer.deviation > FAR_TOO_WIDE:
        return Verdict(2, f"{spread}: they have run off. Start again with a lower learning rate.")
    if layer.deviation > WIDE:
        return Verdict(1, f"{spread}. If they keep growing, lower the learning rate or add weight decay.")
    return Verdict(0, f"{spread}: nothing runs off.")
