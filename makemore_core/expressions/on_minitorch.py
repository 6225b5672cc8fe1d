"""What the functions of an expression do to minitorch's Tensors: each leaves its rows of the table on the tape."""

# pyright: reportUnknownLambdaType=false
# every letter in the table is a Tensor, or a setting that the expression has checked

import math
import operator
from typing import Any

import numpy as np

from makemore_core.expressions.evaluation import ARITHMETIC, Table
from makemore_core.expressions.shapes import axes, flattened, reshaped, with_one_more
from makemore_core.minitorch import Tensor, where
from makemore_core.minitorch.kernels import Array


def _numbers(a: Any) -> Array:
    return a.data if isinstance(a, Tensor) else np.asarray(float(a))


def _constant(array: Any) -> Tensor:
    return Tensor(np.asarray(array, dtype=np.float64), requires_grad=False)


def _compared(compare: Any) -> Any:
    """1 where it holds, 0 elsewhere: no gradient goes through."""
    return lambda a, b: _constant(compare(_numbers(a), _numbers(b)))


def _pow(a: Any, b: Any) -> Tensor:
    """The table's row takes a number as the power; another power goes by way of exp and log."""
    if isinstance(b, float):
        return a**b
    return (b * (math.log(a) if isinstance(a, float) else a.log())).exp()


def _max(a: Tensor, axis: Any = None, keepdims: bool = False) -> Tensor:
    return a.max(axis, keepdims)


def _where(condition: Any, a: Any, b: Any) -> Any:
    both = (a, b) if isinstance(a, Tensor) or isinstance(b, Tensor) else (_constant(a), b)
    return where(_numbers(condition) != 0, *both)


def _transpose(a: Tensor, first: int = 0, second: int = 1) -> Tensor:
    return a.transpose(*axes(a.shape, (first, second)))


def _argmax(a: Tensor, axis: Any = None, keepdims: bool = False) -> Tensor:
    return _constant(a.data.argmax(axis, keepdims=keepdims))


def _one_hot(a: Tensor, classes: int) -> Tensor:
    """Rows of 0 with a single 1. ValueError for what is no whole number below the number of classes."""
    numbers = a.data.astype(int)
    if (numbers != a.data).any() or (numbers < 0).any() or not (numbers < classes).all():
        raise ValueError("one_hot takes whole numbers")
    return _constant(np.eye(classes)[numbers])


MINITORCH_FUNCTIONS: Table = {
    **ARITHMETIC,
    "pow": _pow,
    "matmul": operator.matmul,
    "less": _compared(np.less),
    "less_equal": _compared(np.less_equal),
    "greater": _compared(np.greater),
    "greater_equal": _compared(np.greater_equal),
    "equal": _compared(np.equal),
    "not_equal": _compared(np.not_equal),
    "exp": Tensor.exp,
    "log": Tensor.log,
    "sqrt": Tensor.sqrt,
    "tanh": Tensor.tanh,
    "sigmoid": Tensor.sigmoid,
    "relu": Tensor.relu,
    "abs": lambda a: a * _constant(np.sign(a.data)),
    "square": lambda a: a * a,
    "zeros_like": lambda a: _constant(np.zeros(a.shape)),
    "ones_like": lambda a: _constant(np.ones(a.shape)),
    "float": lambda a: a,
    "sum": Tensor.sum,
    "mean": Tensor.mean,
    "max": _max,
    "where": _where,
    "one_hot": _one_hot,
    "argmax": _argmax,
    "transpose": _transpose,
    "reshape": lambda a, shape: a.reshape(*reshaped(a.shape, shape)),
    "flatten": lambda a, first=0, second=-1: a.reshape(*flattened(a.shape, first, second)),
    "unsqueeze": lambda a, axis: a.reshape(*with_one_more(a.shape, axis)),
}
