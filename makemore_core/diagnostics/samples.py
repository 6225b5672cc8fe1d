"""The names that the net invents now. The same seed draws them each time, so what changes is the net."""

from makemore_core.diagnostics.diagnostic import Diagnostic
from makemore_core.diagnostics.reading import Text
from makemore_core.diagnostics.step import Step


class Samples(Diagnostic[Text]):
    """The names of a step, as they are."""

    name = "samples"
    title = "Names it invents"
    about = "Drawn with the same dice at every step: what changes is the net."
    source = "makemore part 1, sampling from the model"

    def measure(self, step: Step) -> Text:
        return Text(list(step.names()))
