"""A graph of Tensors ready to be drawn: boxes and lines in pixels, colours by sign, and each step's words.

Nothing is drawn here: a page's own component does that, and follows the tape without asking back.
"""

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from makemore_core.minitorch.graph import Node
from makemore_core.minitorch.kernels import Array
from makemore_core.minitorch.labels import Label
from makemore_core.minitorch.layout import Layout, lay_out
from makemore_core.minitorch.walkthrough import Kind, TapeStep
from makemore_core.minitorch.words import number, said, shape

COLUMN, BOX, CIRCLE = 176, 114, 32  # pixels: a column, its box, and the room for the sign before it
SCALAR, TABLE, CONSTANT = 56, 84, 26  # pixels: how tall a box is
MARGIN = 10
MOST_CELLS = (8, 12)
_places = lru_cache(maxsize=64)(lay_out)  # a net that trains keeps its graph


def drawing(
    nodes: list[Node], labels: list[Label], steps: list[TapeStep], colors: Sequence[str] = ()
) -> dict[str, Any]:
    """All that the component is told; ids are places in the list of nodes. A colour for each says where it belongs."""
    layout = _places(tuple(node.parents for node in nodes), tuple(_tall(node) for node in nodes))
    reach = _reaches(nodes)
    return {
        "nodes": [_node(node, label, layout, reach) for node, label in zip(nodes, labels, strict=True)],
        "colors": list(colors),
        "edges": [_edge(nodes, layout, *edge) for edge in layout.passing],
        "steps": [_step(step, nodes, labels, reach) for step in steps],
        "width": 2 * MARGIN + max(layout.columns) * COLUMN + CIRCLE + BOX,
        "height": round(layout.height) + 2 * MARGIN,
    }


def _node(node: Node, label: Label, layout: Layout, reach: tuple[float, float]) -> dict[str, Any]:
    tall = _tall(node)
    return {
        "kind": node.op if node.op in ("leaf", "constant") else "op",
        "name": label.name,
        "symbol": label.symbol,
        "formula": label.formula,
        "shape": shape(node.shape).replace(" ", "") if node.data.size > 1 else "",
        "x": MARGIN + CIRCLE + layout.columns[node.id] * COLUMN,
        "y": round(MARGIN + layout.heights[node.id] - tall / 2, 1),
        "tall": tall,
        "data": _shown(node.data, math.inf if node.op == "constant" else reach[0]),
    }


def _edge(nodes: list[Node], layout: Layout, parent: int, child: int) -> dict[str, Any]:
    """From the right side of a box to the sign before another, by way of the gaps that it passes through."""
    x = MARGIN + CIRCLE
    points = [(x + layout.columns[parent] * COLUMN + BOX, layout.heights[parent])]
    for column, height in layout.passing[parent, child]:
        points += [(x + column * COLUMN - CIRCLE, height), (x + column * COLUMN + BOX, height)]
    points.append((x + layout.columns[child] * COLUMN - CIRCLE, layout.heights[child]))
    return {"from": parent, "to": child, "points": [(x, round(y + MARGIN, 1)) for x, y in points]}


def _step(step: TapeStep, nodes: list[Node], labels: list[Label], reach: tuple[float, float]) -> dict[str, Any]:
    words = said(step, nodes, labels)
    gradients = {flow.into: flow.after for flow in step.flows}
    if step.kind == Kind.START:
        gradients[step.at] = np.ones_like(nodes[step.at].data)
    return {
        "kind": step.kind,
        "at": step.at,
        "words": words.sentence,
        "rows": [[line.into, line.derivative, line.times, line.adds, line.now] for line in words.handed],
        "flows": [[flow.into, _tint(float(flow.added.sum()), reach[1])] for flow in step.flows],
        "grads": {str(i): _shown(gradient, reach[1]) for i, gradient in gradients.items()},
    }


def _tall(node: Node) -> int:
    return TABLE if node.data.size > 1 else CONSTANT if node.op == "constant" else SCALAR


def _reaches(nodes: Sequence[Node]) -> tuple[float, float]:
    """The largest number, and the largest gradient, among the nodes that hold one number."""
    single = [node for node in nodes if node.data.size == 1 and node.op != "constant"]
    return _largest([node.data for node in single]), _largest([n.grad for n in single if n.grad is not None])


def _largest(arrays: Sequence[Array]) -> float:
    """The largest finite size of a number, by which one can divide."""
    finite = [float(np.abs(array[np.isfinite(array)]).max(initial=0)) for array in arrays]
    return max(finite, default=0.0) or 1.0


def _shown(array: Array, reach: float) -> dict[str, Any]:
    """A number with its colour, or a small picture of many, in hundredths of the largest."""
    if array.size == 1:
        return {"text": number(array), "tint": _tint(float(array.item()), reach)}
    table = reduced(np.atleast_2d(array).reshape(-1, array.shape[-1]))
    shares = np.clip(np.nan_to_num(table / _largest([table])), -1, 1)  # masked scores are -inf
    return {"cells": np.round(100 * shares).astype(int).tolist()}


def reduced(table: Array) -> Array:
    """At most so many rows and columns, each the mean of a block."""
    for axis, most in enumerate(MOST_CELLS):
        if table.shape[axis] > most:
            blocks = np.array_split(table, most, axis=axis)
            table = np.stack([block.mean(axis=axis) for block in blocks], axis=axis)
    return table


def _tint(value: float, reach: float) -> float:
    """From -1 to 1, by the root, so that small numbers have a colour too."""
    share = float(np.clip(np.nan_to_num(value / reach), -1, 1))
    return round(math.copysign(abs(share) ** 0.5, share), 2)
