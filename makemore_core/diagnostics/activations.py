"""How each layer's outputs are spread. Healthy layers look alike; a shrinking or growing spread dies or saturates."""

from makemore_core.diagnostics.diagnostic import Diagnostic
from makemore_core.diagnostics.evenness import evenness
from makemore_core.diagnostics.reading import Histogram, Histograms, Verdict, histogram
from makemore_core.diagnostics.step import Step


class Activations(Diagnostic[Histograms]):
    """A histogram of each nonlinearity's outputs."""

    name = "activations"
    title = "Activations"
    about = "Outputs of each nonlinearity over the batch. All layers should be about equally wide."
    source = "makemore part 3, viz #1: forward pass activation statistics"
    absent = "This model has no nonlinearity of its own to look at."

    def measure(self, step: Step) -> Histograms:
        layers: list[Histogram] = []
        for name, (layer, output) in step.activations().items():
            low, high = (-1.0, 1.0) if layer.bounded else (None, None)
            layers.append(histogram(name, output, low, high))
        return Histograms(layers)

    def verdict(self, reading: Histograms) -> Verdict | None:
        if len(reading.layers) < 2:
            return None
        first, last = reading.layers[0], reading.layers[-1]
        return evenness("activations", first, last)
