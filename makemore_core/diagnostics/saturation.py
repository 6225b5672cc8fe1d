"""How many outputs sit where their nonlinearity is flat, so that no gradient gets through: |t| > 0.97 for tanh.

For LeakyReLU, seed 001 calls |t| < 0.01 dead. A neuron that is flat for every example of the batch learns nothing.
"""

import numpy as np

from makemore_core.diagnostics.diagnostic import Diagnostic
from makemore_core.diagnostics.reading import Heatmap, LayerMap, Verdict, layer_map
from makemore_core.diagnostics.step import Step
from makemore_core.models.layers import Tanh

EXAMPLES = 32  # rows of the picture, as in the lecture
MANY, SOME = 0.3, 0.15  # of tanh outputs in the tails
MOST, HALF = 0.9, 0.75  # of the outputs of those that are flat on one side, where half is as it should be
DEAD = 0.3  # of the neurons


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
                layer_map(name, layer.rule, layer.flat(output.detach()).flatten(0, -2), EXAMPLES)
                for name, (layer, output) in step.activations().items()
            ]
        )

    def verdict(self, reading: Heatmap) -> Verdict | None:
        worst = max(reading.layers, key=lambda layer: (_judged(layer).level, layer.cells.mean()), default=None)
        return _judged(worst) if worst else None

    def verdicts(self, reading: Heatmap) -> dict[str, Verdict]:
        return {layer.name: _judged(layer) for layer in reading.layers}


def _judged(layer: LayerMap) -> Verdict:
    """One layer by its share of flat outputs, and by its neurons that are flat for all."""
    has_tails = layer.rule.startswith(Tanh.tails)  # wherever they begin
    many, some = (MANY, SOME) if has_tails else (MOST, HALF)
    cure = "Lower the initial gain" if has_tails else "Lower the learning rate, let its biases start at 0"
    share, dead = float(layer.cells.mean()), len(dead_neurons(layer))
    what = f"{share:.0%} of {layer.name} is saturated ({layer.rule})"
    lost = f", {dead} of {layer.columns} neurons are flat for the whole batch" if dead else ""
    if share > many or dead > DEAD * layer.columns:
        return Verdict(2, f"{what}{lost}. {cure}, or add BatchNorm.")
    if share > some or dead:
        return Verdict(1, f"{what}{lost}. If that grows: {cure[0].lower()}{cure[1:]}, or add BatchNorm.")
    return Verdict(0, f"{what}: gradients get through.")


def dead_neurons(layer: LayerMap) -> list[int]:
    """The neurons (columns) that are flat for every example of the batch; of an older reading, of the picture."""
    return np.flatnonzero(layer.cells.all(axis=0)).tolist() if layer.dead is None else layer.dead
