"""Over what BatchNorm takes its means: one for each neuron, however many dimensions its input has.

Lecture 5 fuses characters in pairs, so that the input becomes (B, T, H), and a mean over dim 0 alone leaves T means for
each neuron. Nothing breaks: the numbers broadcast, and each mean stands on B examples where it could stand on B·T.
"""

from makemore_core.diagnostics.diagnostic import Diagnostic
from makemore_core.diagnostics.reading import Scalars, Verdict
from makemore_core.diagnostics.step import Step
from makemore_core.models.layers import BatchNorm1d


class BatchMeans(Diagnostic[Scalars]):
    """How many means each BatchNorm keeps for one neuron."""

    name = "batch_means"
    title = "Means of a neuron"
    about = "BatchNorm keeps one mean for each neuron: positions are further examples, and no dimension of their own."
    source = "makemore part 5, the bug of BatchNorm1d; Ioffe & Szegedy 2015, section 3.2"
    absent = "This model has no BatchNorm."

    def measure(self, step: Step) -> Scalars:
        norms = {name: layer for name, layer in step.model.all_layers() if isinstance(layer, BatchNorm1d)}
        return Scalars({name: norm.running_mean.numel() / norm.gamma.numel() for name, norm in norms.items()})

    def verdicts(self, reading: Scalars) -> dict[str, Verdict]:
        return {name: _judged(name, means) for name, means in reading.values.items()}


def _judged(name: str, means: float) -> Verdict:
    if means > 1:
        return Verdict(
            2,
            f"{name} keeps {means:.0f} means for each neuron, one a position: it is normalised over dim 0 alone, and "
            "each rests on fewer examples. Take the mean over dims (0, 1).",
        )
    return Verdict(0, f"{name} keeps one mean for each neuron, over all examples and positions.")
