"""How each layer's outputs are spread. Healthy layers look alike; a shrinking or growing spread dies or saturates."""

from makemore_core.diagnostics.diagnostic import Diagnostic
from makemore_core.diagnostics.evenness import along, of_the_whole
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
        return of_the_whole(list(self.verdicts(reading).values()))

    def verdicts(self, reading: Histograms) -> dict[str, Verdict]:
        return along("activations", reading.layers)
