"""The graph behind a Tensor as a list of nodes, for a page that draws it."""

from collections.abc import Mapping
from dataclasses import dataclass

from makemore_core.minitorch.kernels import Array, Shape
from makemore_core.minitorch.tape import topological_order
from makemore_core.minitorch.tensor import Tensor


@dataclass(frozen=True, eq=False)
class Node:
    """One Tensor as it was when the graph was walked: a copy that owns its numbers."""

    id: int  # its place in the list
    op: str  # a row of the table, or "leaf", or "constant"
    name: str  # a parameter's name, else empty
    shape: Shape
    parents: tuple[int, ...]  # ids, in the order of the operation's inputs
    data: Array
    grad: Array | None  # None before backward(), and for constants


def walk(root: Tensor, parameters: Mapping[str, Tensor] | None = None) -> list[Node]:
    """All nodes that led to a Tensor, each after its parents; parameters are given to be recognised by name."""
    order = topological_order(root)
    ids = {id(tensor): i for i, tensor in enumerate(order)}
    names = {id(tensor): name for name, tensor in (parameters or {}).items()}
    return [_node(i, tensor, names.get(id(tensor), ""), ids) for i, tensor in enumerate(order)]


def _node(i: int, tensor: Tensor, name: str, ids: dict[int, int]) -> Node:
    return Node(
        id=i,
        op=tensor.op.name if tensor.op else "leaf" if tensor.requires_grad else "constant",
        name=name,
        shape=tensor.shape,
        parents=tuple(ids[id(parent)] for parent in tensor.parents),
        data=tensor.data.copy(),
        grad=None if tensor.grad is None else tensor.grad.copy(),
    )
