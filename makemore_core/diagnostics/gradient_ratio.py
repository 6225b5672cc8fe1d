"""The lecture's own update:data ratio, learning rate times gradient: what a plain step would do, beside what was done.

Under SGD both are the same and nothing is said here. Momentum, RMSProp, Adam, weight decay and clipping part them.
"""

import torch
from torch import Tensor

from makemore_core.diagnostics.diagnostic import Diagnostic
from makemore_core.diagnostics.reading import Scalars
from makemore_core.diagnostics.step import Step
from makemore_core.diagnostics.update_ratio import ratio

SOME = 256  # numbers of a matrix that are compared
APART = 0.05  # of the update
ROUNDING = 2e-7  # an update is measured as a difference of two float32 numbers of the weights' size


class GradientRatio(Diagnostic[Scalars]):
    """Learning rate times the gradient's deviation over the weights', where the optimizer did something else."""

    name = "gradient_ratio"
    title = "Rate × gradient : data"
    about = "What the bare gradient would do: the lecture's line, which plain SGD follows and other optimizers leave."
    source = "makemore part 3, update:data ratio over time"
    absent = "The optimizer takes the plain step: learning rate times gradient."

    def measure(self, step: Step) -> Scalars:
        weights = {name: weight for name, weight in step.weights().items() if name in step.gradients}
        if all(_is_plain(step, name, weight) for name, weight in weights.items()):
            return Scalars({})
        return Scalars({n: step.learning_rate * ratio(step.gradients[n], weight) for n, weight in weights.items()})


def _is_plain(step: Step, name: str, weight: Tensor) -> bool:
    """Whether a matrix moved by the rate times its gradient; its first numbers tell."""
    data, update, gradient = (t.reshape(-1)[:SOME] for t in (weight, step.updates[name], step.gradients[name]))
    apart = torch.add(update, gradient, alpha=step.learning_rate).abs().max()
    return bool(apart <= APART * update.abs().max() + ROUNDING * data.abs().max())
