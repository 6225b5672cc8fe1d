"""A small language of expressions over named tensors: what a learner types is read into a tree and computed from it.

Nothing typed is ever run as Python: the tree holds numbers, names and calls of the functions in one table, and every
size is known before anything is computed.
"""

from makemore_core.expressions.evaluation import Budget, Table, evaluate
from makemore_core.expressions.mistakes import ExpressionError
from makemore_core.expressions.on_torch import torch_functions
from makemore_core.expressions.parser import parse
from makemore_core.expressions.tree import Call, Expression, Name, Number, names

__all__ = [
    "Budget",
    "Call",
    "Expression",
    "ExpressionError",
    "Name",
    "Number",
    "Table",
    "evaluate",
    "names",
    "parse",
    "torch_functions",
]
