"""The list of nodes that a page draws."""

from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from makemore_core.minitorch import OPS, Tensor, walk
from makemore_core.minitorch.nn import Linear


def neuron() -> tuple[Linear, Tensor]:
    """Two numbers in, one out; the output walked back."""
    layer = Linear(np.array([[2.0], [-1.0]]), np.array([0.5]))
    out = layer(np.array([[3.0, 4.0]])).tanh()
    out.backward()
    return layer, out


def test_a_neurons_graph() -> None:
    layer, out = neuron()
    nodes = walk(out, layer.parameters())
    found = {(node.op, node.name, node.shape, tuple(nodes[i].op for i in node.parents)) for node in nodes}
    assert found == {
        ("constant", "", (1, 2), ()),
        ("leaf", "weight", (2, 1), ()),
        ("leaf", "bias", (1,), ()),
        ("linear", "", (1, 1), ("constant", "leaf", "leaf")),
        ("tanh", "", (1, 1), ("linear",)),
    }


def test_parents_come_first_and_ids_are_places() -> None:
    nodes = walk(neuron()[1])
    assert [node.id for node in nodes] == list(range(len(nodes)))
    assert all(parent < node.id for node in nodes for parent in node.parents)
    assert {node.op for node in nodes} <= {"leaf", "constant", *OPS}


def test_nodes_show_values_and_gradients() -> None:
    layer, out = neuron()
    grads = {node.name: node.grad for node in walk(out, layer.parameters()) if node.grad is not None}
    slope = 1 - np.tanh(2.5) ** 2  # 2*3 - 1*4 + 0.5
    np.testing.assert_allclose(grads["bias"], [slope])
    np.testing.assert_allclose(grads["weight"], [[3 * slope], [4 * slope]])
    assert [node.grad is None for node in walk(out)] == [node.op == "constant" for node in walk(out)]


def test_nodes_own_their_numbers() -> None:
    layer, out = neuron()
    (bias,) = (node for node in walk(out, layer.parameters()) if node.name == "bias")
    layer.parameters()["bias"].data += 1
    assert bias.data.tolist() == [0.5]
    with pytest.raises(FrozenInstanceError):
        bias.op = "add"  # pyright: ignore[reportAttributeAccessIssue]
