"""Lecture 4's own network in the long form: its 20 lines forward, and the 26 gradients that are derived by hand."""

from collections.abc import Mapping

from torch import Tensor

from makemore_core.backprop import backward_lines, formulas, forward_lines
from makemore_core.backprop.line import SHAPES, Line, Values, run
from makemore_core.backprop.pieces import line

__all__ = ["BACKWARD", "FORWARD", "PARAMETERS", "SHAPES", "Line", "Values", "backward", "forward", "run"]

PARAMETERS = ("C", "W1", "b1", "W2", "b2", "bngain", "bnbias")
FORWARD = tuple(line(getattr(forward_lines, name)) for name in formulas.FORWARD)
BACKWARD = tuple(line(getattr(backward_lines, name)) for name in formulas.BACKWARD)


def forward(parameters: Mapping[str, Tensor], x: Tensor, y: Tensor) -> Values:
    """Parameters by the lecture's names and a batch -> all values by name, the loss last."""
    return run(FORWARD, {**parameters, "x": x, "y": y})


def backward(values: Mapping[str, Tensor]) -> Values:
    """The 26 gradients, under the names of what they are the gradients of, in the lecture's order."""
    known = run(BACKWARD, values)
    return {line.at: known[line.name] for line in BACKWARD}
