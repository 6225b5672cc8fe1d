"""How many outputs sit where their nonlinearity is flat, so that no gradient gets through: |t| > 0.97 for tanh.

For LeakyReLU, seed 001 calls |t| < 0.01 dead. A neuron that is flat for every example of the batch learns nothing.
"""

import numpy as np

from makemore_core.diagnostics.diagnostic import Diagnostic
from makemore_core.diagnostics.reading import Heatmap, LayerMap, Verdict, layer_map
from makemore_core.diagnostics.step import Step

EXAMPLES = 32  # rows of the picture, as in the lecture
MANY, SOME = 0.3, 0.15


class Saturation(Diagnostic[Heatmap]):
    """A map of each nonlinearity: which neuron is flat for which example."""

    name = "saturation"
    title = "Saturation"
    about = "Each column is a neuron, each row an example; bright where no gradient gets through."
    source = "makemore part 3, fixing the saturated tanh"
    absent = "This model has no nonlinearity of its own to look at."

    def measure(self, step: Step) -> Heatmap:
        return Heatmap(
            [
                layer_map(name, layer.rule, layer.flat(output.detach()).flatten(0, -2)[:EXAMPLES])
                for name, (layer, output) in step.activations().items()
            ]
        )

    def verdict(self, reading: Heatmap) -> Verdict | None:
        if not reading.layers:
            return None
        worst = max(reading.layers, key=lambda layer: float(layer.cells.mean()))
        share, dead = float(worst.cells.mean()), len(dead_neurons(worst))
        what = f"{share:.0%} of {worst.name} is saturated ({worst.rule})"
        lost = f", {dead} of {worst.columns} neurons are flat for the whole batch" if dead else ""
        if share > MANY or dead > MANY * worst.columns:
            return Verdict(2, f"{what}{lost}. Lower the initial gain, or add BatchNorm.")
        if share > SOME or dead:
            return Verdict(1, f"{what}{lost}. If that grows, lower the initial gain.")
        return Verdict(0, f"{what}: gradients get through.")


def dead_neurons(layer: LayerMap) -> list[int]:
    """The neurons (columns) that are flat for every example of the picture."""
    return np.flatnonzero(layer.cells.all(axis=0)).tolist()
