"""Whether the neurons of a layer differ at all. Those with equal weights and equal gradients stay equal for good.

Rumelhart, Hinton & Williams 1986 (Parallel Distributed Processing, chapter 8) call it the symmetry breaking problem:
a net whose weights all start with the same value never learns to use more than one neuron a layer.
"""

from torch import Tensor

from makemore_core.diagnostics.diagnostic import Diagnostic
from makemore_core.diagnostics.reading import Scalars, Verdict
from makemore_core.diagnostics.step import Step

SOME = 16  # neurons that are compared: where all are alike, these are
ALIKE = 1e-5  # of the largest number; equal sums may be rounded differently


class Symmetry(Diagnostic[Scalars]):
    """How far the neurons (columns) of each weight matrix differ, in weights or else in gradients; 0 is alike."""

    name = "symmetry"
    title = "Neurons that differ"
    about = "Neurons that start alike and get the same gradient remain one and the same neuron."
    source = "Rumelhart et al. 1986, symmetry breaking"
    absent = "This model counts: it has no neurons."

    def measure(self, step: Step) -> Scalars:
        weights = {name: weight for name, weight in step.weights().items() if name in step.gradients}
        return Scalars(
            {name: _of_matrix(step, name, weight) for name, weight in weights.items() if weight.shape[1] > 1}
        )

    def verdict(self, reading: Scalars) -> Verdict | None:
        worst = super().verdict(reading)
        return worst if worst is None or worst.level else Verdict(0, "No layer's neurons are all alike.")

    def verdicts(self, reading: Scalars) -> dict[str, Verdict]:
        return {name: _judged(name, value) for name, value in reading.values.items()}


def _of_matrix(step: Step, name: str, weight: Tensor) -> float:
    """Where the weights before the step are alike, their gradients decide."""
    difference = _difference(weight[:, :SOME] - step.updates[name][:, :SOME])
    return difference if difference > ALIKE else _difference(step.gradients[name][:, :SOME])


def _difference(columns: Tensor) -> float:
    """The largest distance from the first column, compared with the largest number."""
    size = columns.abs().max().item()
    return (columns - columns[:, :1]).abs().max().item() / size if size else 0.0


def _judged(name: str, difference: float) -> Verdict:
    if difference <= ALIKE:
        return Verdict(
            2, f"All neurons of {name} are alike and get the same gradient: they stay one neuron. Draw random weights."
        )
    return Verdict(0, f"The neurons of {name} differ from one another.")
