"""The tape walked one operation at a time, for a page that shows it: forward as it was built, then back.

What each step does is what Tensor.backward() does; here every number on the way is kept.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from makemore_core.minitorch.derivatives import LOCAL, derivative
from makemore_core.minitorch.kernels import Array, unbroadcast
from makemore_core.minitorch.tape import topological_order
from makemore_core.minitorch.tensor import Tensor


class Kind(StrEnum):
    """What a step is about."""

    LEAVES = "leaves"  # nothing is computed yet
    FORWARD = "forward"  # one operation is done
    START = "start"  # the output's own gradient is 1
    BACKWARD = "backward"  # one operation hands its gradient to its inputs


@dataclass(frozen=True, eq=False)
class Flow:
    """What one operation adds to the gradient of one of its inputs."""

    into: int  # the id of the input
    derivative: str  # in the letters of the table: g, out, a, b, ...
    local: Array | None  # what g is multiplied by, number by number; None where numbers meet
    added: Array
    before: Array | None  # the gradient that was there; None for the first that comes
    after: Array


@dataclass(frozen=True, eq=False)
class TapeStep:
    """One step; ids are those of walk()."""

    kind: Kind
    at: int
    flows: tuple[Flow, ...] = ()


def walkthrough(root: Tensor) -> list[TapeStep]:
    """All steps that lead to the output (one number), and all that lead back; the Tensors stay as they are."""
    order = topological_order(root)
    ids = {id(tensor): i for i, tensor in enumerate(order)}
    done = [i for i, tensor in enumerate(order) if tensor.op]
    steps = [TapeStep(Kind.LEAVES, 0), *[TapeStep(Kind.FORWARD, i) for i in done]]
    if not root.requires_grad:
        return steps
    gradients: dict[int, Array] = {len(order) - 1: np.ones_like(root.data)}
    steps.append(TapeStep(Kind.START, len(order) - 1))
    for i in reversed(done):
        steps.append(TapeStep(Kind.BACKWARD, i, tuple(_flows(order[i], gradients[i], ids, gradients))))
    return steps


def _flows(tensor: Tensor, g: Array, ids: dict[int, int], gradients: dict[int, Array]) -> list[Flow]:
    """One for each input that takes a gradient; the gradients so far are brought up to date."""
    assert tensor.op
    arrays, flows = [parent.data for parent in tensor.parents], list[Flow]()
    for which, parent in enumerate(tensor.parents):
        if parent.requires_grad:
            slope, into = tensor.op.gradient(which), ids[id(parent)]
            added = unbroadcast(np.asarray(slope(g, tensor.data, *arrays, **tensor.options)), parent.shape)
            local = None
            if tensor.op.name in LOCAL:
                local = np.asarray(slope(np.ones_like(g), tensor.data, *arrays, **tensor.options))
            before = gradients.get(into)
            gradients[into] = added if before is None else before + added
            text = derivative(tensor.op.name, which)
            flows.append(Flow(into, text, local, added, before, gradients[into]))
    return flows
