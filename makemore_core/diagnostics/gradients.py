"""The loss's gradient as it flows back through the layers: it should neither fade nor explode on its way."""

from makemore_core.diagnostics.diagnostic import Diagnostic
from makemore_core.diagnostics.evenness import along, of_the_whole
from makemore_core.diagnostics.reading import Histograms, Verdict, histogram
from makemore_core.diagnostics.step import Step


class Gradients(Diagnostic[Histograms]):
    """A histogram of the gradient at each nonlinearity's output."""

    name = "gradients"
    title = "Gradients"
    about = "Gradient of the loss at each nonlinearity's output. All layers should be about equally wide."
    source = "makemore part 3, viz #2: backward pass gradient statistics"
    absent = "This model has no nonlinearity of its own to look at."

    def measure(self, step: Step) -> Histograms:
        outputs = step.activations().items()
        return Histograms([histogram(name, t.grad) for name, (_, t) in outputs if t.grad is not None])

    def verdict(self, reading: Histograms) -> Verdict | None:
        return of_the_whole(list(self.verdicts(reading).values()))

    def verdicts(self, reading: Histograms) -> dict[str, Verdict]:
        return along("gradients", reading.layers[::-1])  # they flow backwards
