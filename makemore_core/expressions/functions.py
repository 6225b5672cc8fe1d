"""The table of what may stand in an expression: each function with its parameters and the shape that it gives.

It holds no computation: `evaluate` is handed a table of the same names, for torch, minitorch or whatever else.
"""

from dataclasses import dataclass
from typing import Any

from makemore_core.expressions import shapes
from makemore_core.expressions.shapes import Rule, Shape

# parameters that are settings, written as a literal; all others are expressions
SETTINGS = ("axis", "keepdims", "first", "second")
# parameters that take whole numbers, or the shape of a tensor: x.view(len(x), -1), x.view(emb.shape)
WHOLE_NUMBERS = ("shape", "classes")
OTHER_NAMES = {"view": "reshape", "t": "transpose", "swapaxes": "transpose", "power": "pow", "amax": "max"}
OTHER_PARAMETERS = {
    "dim": "axis",
    "keepdim": "keepdims",
    "num_classes": "classes",
    **dict.fromkeys(("dim0", "axis1", "start_dim"), "first"),
    **dict.fromkeys(("dim1", "axis2", "end_dim"), "second"),
}


@dataclass(frozen=True)
class Function:
    """Its parameters in order, the first `needed` of which cannot be left out, and its rule of shapes."""

    parameters: tuple[str, ...]
    needed: int
    rule: Rule

    @property
    def operands(self) -> tuple[str, ...]:
        return tuple(parameter for parameter in self.parameters if parameter not in SETTINGS)


def _function(parameters: str, rule: Rule, needed: int = 1) -> Function:
    return Function(tuple(parameters.split()), needed, rule)


def _same(*operands: Shape, **_: Any) -> Shape:
    return operands[0]


def _best(a: Shape, axis: Any = None, keepdims: bool = False) -> Shape:
    if isinstance(axis, tuple):
        raise ValueError("argmax takes one axis")
    return shapes.reduced(a, axis, keepdims)


def _all_sizes(a: Shape) -> Shape:
    return (len(a),)


def _one_size(a: Shape, axis: Any = 0) -> Shape:
    shapes.axes(a, axis)
    return ()


_PAIRS = ["add", "sub", "mul", "div", "pow", "less", "less_equal", "greater", "greater_equal", "equal", "not_equal"]
_EACH = ["neg", "exp", "log", "sqrt", "tanh", "sigmoid", "relu", "abs", "square", "float", "zeros_like", "ones_like"]

FUNCTIONS: dict[str, Function] = {
    **dict.fromkeys(_PAIRS, _function("a b", shapes.broadcast, 2)),
    **dict.fromkeys(_EACH, _function("a", _same)),
    **dict.fromkeys(("sum", "mean", "max"), _function("a axis keepdims", shapes.reduced)),
    "argmax": _function("a axis keepdims", _best),
    "matmul": _function("a b", shapes.matmul, 2),
    "transpose": _function("a first second", shapes.transposed),
    "reshape": _function("a shape", shapes.reshaped, 2),
    "flatten": _function("a first second", shapes.flattened),
    "unsqueeze": _function("a axis", shapes.with_one_more, 2),
    "where": _function("condition a b", shapes.broadcast, 3),
    "one_hot": _function("a classes", shapes.one_hot, 2),
    "index_add": _function("a axis index source", shapes.added_rows, 4),
    "shape": _function("a", _all_sizes),
    "size": _function("a axis", _one_size),
}
