"""What the functions of an expression do to torch's tensors."""

import operator
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from makemore_core.expressions.evaluation import ARITHMETIC, Table
from makemore_core.expressions.shapes import flattened, reshaped

Function = Callable[..., Any]


def torch_functions(dtype: torch.dtype = torch.float32) -> Table:
    """The table for tensors of one dtype; whole numbers such as x and y become it where they are computed with.

    A comparison gives 1 where it holds and 0 elsewhere, so that it can be multiplied as well as asked by `where`.
    """
    return {name: _in(dtype, function) for name, function in FUNCTIONS.items()} | WITH_WHOLE_NUMBERS


def _in(dtype: torch.dtype, function: Function) -> Function:
    def computed(*operands: Any, **options: Any) -> Tensor:
        result = function(*(o.to(dtype) if isinstance(o, Tensor) else o for o in operands), **options)
        return result.to(dtype)

    return computed


def _mean(a: Tensor, axis: Any = None, keepdims: bool = False) -> Tensor:
    return a.mean(axis, keepdim=keepdims)


def _sum(a: Tensor, axis: Any = None, keepdims: bool = False) -> Tensor:
    return a.sum(axis, keepdim=keepdims)


def _max(a: Tensor, axis: Any = None, keepdims: bool = False) -> Tensor:
    return a.amax(() if axis is None else axis, keepdim=keepdims)


def _argmax(a: Tensor, axis: Any = None, keepdims: bool = False) -> Tensor:
    return a.argmax(axis, keepdim=keepdims)


def _where(condition: Any, a: Any, b: Any) -> Tensor:
    return torch.where(torch.as_tensor(condition) != 0, a, b)


def _transpose(a: Tensor, first: int = 0, second: int = 1) -> Tensor:
    return a.transpose(first, second)


def _reshape(a: Tensor, shape: tuple[int, ...]) -> Tensor:
    return a.reshape(reshaped(tuple(a.shape), shape))


def _flatten(a: Tensor, first: int = 0, second: int = -1) -> Tensor:
    return a.reshape(flattened(tuple(a.shape), first, second))


def _unsqueeze(a: Tensor, axis: int) -> Tensor:
    return a.unsqueeze(axis)


def _one_hot(a: Tensor, classes: int) -> Tensor:
    """Rows of 0 with a single 1. ValueError for what is no whole number below the number of classes."""
    if not torch.equal(a, a.floor()):
        raise ValueError("one_hot takes whole numbers")
    return torch.nn.functional.one_hot(a.long(), classes).to(torch.get_default_dtype())


def _index_add(a: Tensor, index: Tensor, source: Tensor, axis: int = 0) -> Tensor:
    return a.index_add(axis, index.long(), source.to(a.dtype))


FUNCTIONS: dict[str, Function] = {
    **ARITHMETIC,
    "pow": operator.pow,
    "matmul": operator.matmul,
    "less": operator.lt,
    "less_equal": operator.le,
    "greater": operator.gt,
    "greater_equal": operator.ge,
    "equal": operator.eq,
    "not_equal": operator.ne,
    "exp": torch.exp,
    "log": torch.log,
    "sqrt": torch.sqrt,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "relu": torch.relu,
    "abs": torch.abs,
    "square": torch.square,
    "zeros_like": torch.zeros_like,
    "ones_like": torch.ones_like,
    "float": torch.clone,
    "sum": _sum,
    "mean": _mean,
    "max": _max,
    "where": _where,
    "one_hot": _one_hot,
}
# these keep whole numbers whole
WITH_WHOLE_NUMBERS: dict[str, Function] = {
    "argmax": _argmax,
    "transpose": _transpose,
    "reshape": _reshape,
    "flatten": _flatten,
    "unsqueeze": _unsqueeze,
    "index_add": _index_add,
}
