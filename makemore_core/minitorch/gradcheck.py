"""A gradient tried by its definition: how much the output moves when one input moves a little, both ways."""

from collections.abc import Callable

import numpy as np

from makemore_core.minitorch.kernels import Array
from makemore_core.minitorch.tape import no_grad
from makemore_core.minitorch.tensor import Tensor

STEP = 1e-5  # a central difference is wrong by about STEP², its rounding by about 1e-16 / STEP


def gradcheck(f: Callable[..., Tensor], *arrays: Array) -> float:
    """The largest difference between backward() and finite differences, over all inputs of f, in float64."""
    inputs = [Tensor(np.array(array, dtype=np.float64)) for array in arrays]
    out = f(*inputs)
    weights = np.cos(np.arange(out.data.size)).reshape(out.shape)  # each output counts differently, so errors show
    out.backward(weights)
    return max(_difference(f, inputs, which, weights) for which in range(len(inputs)))


def _difference(f: Callable[..., Tensor], inputs: list[Tensor], which: int, weights: Array) -> float:
    """The same for one input; one that f does not use has gradient 0."""
    gradient = inputs[which].grad
    numbers = inputs[which].data
    slopes = np.zeros_like(numbers)
    for place in np.ndindex(numbers.shape):
        here = numbers[place]
        ends: list[float] = []
        for moved in (here + STEP, here - STEP):
            numbers[place] = moved
            with no_grad():
                ends.append(float((f(*inputs).data * weights).sum()))
        numbers[place] = here
        slopes[place] = (ends[0] - ends[1]) / (2 * STEP)
    return float(np.abs(slopes - (0 if gradient is None else gradient)).max(initial=0))
