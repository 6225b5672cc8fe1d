"""The rows of the table as they are written, for a page that explains them."""

import ast
import inspect
from types import FunctionType

from makemore_core.minitorch import ops
from makemore_core.minitorch.ops import OPS


def source(name: str) -> str:
    """A row as it stands in the table, and below it the functions that it names."""
    if name not in OPS:
        raise ValueError(f"Unknown operation {name!r}; choose one of: {', '.join(OPS)}.")
    op = OPS[name]
    named = [f for f in (op.forward, *op.gradients) if isinstance(f, FunctionType) and f.__name__ != "<lambda>"]
    return "\n\n".join([_row(name), *map(inspect.getsource, named)])


def _row(name: str) -> str:
    text = inspect.getsource(ops)
    calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call) and node.args]
    row = next(call for call in calls if isinstance(call.args[0], ast.Constant) and call.args[0].value == name)
    return ast.get_source_segment(text, row) or ""
