"""An expression at work on minitorch: its graph, its tape, two judges of its gradients, and one step downhill."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from makemore_core.errors import InputError
from makemore_core.expressions.evaluation import Table
from makemore_core.expressions.on_minitorch import MINITORCH_FUNCTIONS
from makemore_core.expressions.on_torch import torch_functions
from makemore_core.expressions.programs import MOST_NUMBERS, Program, run
from makemore_core.minitorch import Node, Tensor, gradcheck, no_grad, walk
from makemore_core.minitorch.kernels import Array
from makemore_core.minitorch.labels import Label, labels
from makemore_core.minitorch.tape import topological_order
from makemore_core.minitorch.walkthrough import TapeStep, walkthrough

MOST_NODES = 160
MOST_CHECKED = 5_000  # nodes times numbers
Values = Mapping[str, Array]


@dataclass(frozen=True, eq=False)
class Played:
    """The graph of a program at some values, with all gradients, and the steps that led to them."""

    nodes: list[Node]
    labels: list[Label]
    steps: list[TapeStep]
    gradients: dict[str, Array]  # of the leaves

    @property
    def output(self) -> float:
        return self.nodes[-1].data.item()

    @property
    def ids(self) -> dict[str, int]:
        """Where the leaves are among the nodes; those that the output does not depend on are not there."""
        return {node.name: node.id for node in self.nodes if node.op == "leaf"}


def play(program: Program, values: Values) -> Played:
    """Forward and back. InputError where the output is not one finite number, or has no gradient."""
    leaves = {name: Tensor(np.array(values[name], dtype=np.float64)) for name in program.leaves}
    names = {id(tensor): name for name, tensor in leaves.items()}
    with np.errstate(all="ignore"):
        out = _output(program, leaves, names)
        called = labels(out, names)
        _check_size(topological_order(out), called)
        out.backward()
        steps = walkthrough(out)
    nodes = walk(out, leaves)
    lost = [label.name for node, label in zip(nodes, called, strict=True) if not _is_finite(node.grad)]
    if lost:
        raise InputError(f"The gradient of `{lost[-1]}` is no finite number at these values; move them a little.")
    gradients = {name: np.zeros_like(t.data) if t.grad is None else t.grad for name, t in leaves.items()}
    return Played(nodes, called, steps, gradients)


def _output(program: Program, leaves: Mapping[str, Tensor], names: dict[int, str]) -> Tensor:
    """The last line's Tensor; what the lines are called is added to `names`. A name given twice gets a prime."""
    out, given = None, set[str](leaves)
    for name, out in run(program, leaves, MINITORCH_FUNCTIONS):
        if isinstance(out, Tensor) and id(out) not in names:
            while name in given:
                name += "′"
            given.add(name)
            names[id(out)] = name
    if not isinstance(out, Tensor) or not out.requires_grad:
        raise InputError(f"`{program.output}` depends on no name that has a gradient; use a leaf in the last line.")
    if out.data.size != 1:
        shape = " × ".join(map(str, out.shape))
        raise InputError(
            f"backward() starts from one number, but `{program.output}` has {shape}; add .sum() or .mean()."
        )
    return out


def _is_finite(gradient: Array | None) -> bool:
    return gradient is None or bool(np.isfinite(gradient).all())


def _check_size(order: list[Tensor], called: list[Label]) -> None:
    """InputError for a graph that nobody could look at, and for what is no number any more."""
    if len(order) > MOST_NODES:
        raise InputError(f"At most {MOST_NODES} nodes can be drawn, but this graph has {len(order)}; use tables and @.")
    for tensor, label in zip(order, called, strict=True):
        if tensor.data.size > MOST_NUMBERS:
            sizes = f"At most {MOST_NUMBERS} numbers of a table are shown, but `{label.name}` has {tensor.data.size:,}"
            raise InputError(f"{sizes}; begin with smaller ones.")
        if not np.isfinite(tensor.data).all():
            raise InputError(f"`{label.name}` is no finite number at these values; move them, or what it takes.")


def is_quick_to_check(played: Played) -> bool:
    """Whether finite differences, which take the whole graph twice for each number, take no time to speak of."""
    return len(played.nodes) * sum(gradient.size for gradient in played.gradients.values()) <= MOST_CHECKED


def check(program: Program, values: Values) -> float:
    """The largest difference between our gradients and finite differences."""

    def f(*tensors: Tensor) -> Tensor:
        return _last(program, dict(zip(program.leaves, tensors, strict=True)), MINITORCH_FUNCTIONS)

    with np.errstate(all="ignore"):
        return gradcheck(f, *(values[name] for name in program.leaves))


def beside_torch(program: Program, values: Values, gradients: Mapping[str, Array]) -> float:
    """The largest difference between our gradients and those of torch's autograd, in double precision."""
    leaves = {name: torch.tensor(values[name], dtype=torch.float64, requires_grad=True) for name in program.leaves}
    _last(program, leaves, torch_functions(torch.float64)).backward()
    theirs = {name: np.zeros(values[name].shape) if t.grad is None else t.grad.numpy() for name, t in leaves.items()}
    return max(float(np.abs(gradients[name] - theirs[name]).max()) for name in program.leaves)


def outputs_over(program: Program, values: Values, leaf: str, place: Sequence[int], numbers: Array) -> Array:
    """What comes out where one number of a leaf takes other values; nan where nothing finite does."""
    moved = {name: np.array(value, dtype=np.float64) for name, value in values.items()}
    found = np.empty(len(numbers))
    with np.errstate(all="ignore"), no_grad():
        for i, number in enumerate(numbers):
            moved[leaf][tuple(place)] = number
            tensors = {name: Tensor(value) for name, value in moved.items() if name in program.leaves}
            try:
                found[i] = _last(program, tensors, MINITORCH_FUNCTIONS).item()
            except InputError:  # one_hot takes whole numbers alone
                found[i] = np.nan
    return np.where(np.isfinite(found), found, np.nan)


def nudged(values: Values, gradients: Mapping[str, Array], names: Sequence[str], rate: float) -> dict[str, Array]:
    """The values after one step of gradient descent on some of them."""
    return {n: np.asarray(v - rate * gradients[n]) if n in names else v for n, v in values.items()}


def _last(program: Program, values: Mapping[str, Any], functions: Table) -> Any:
    """The value of the last line."""
    *_, (_, out) = run(program, values, functions)
    return out
