"""An expression's value: its functions are looked up in a table, and nothing is computed before its size is known.

The same tree is computed on torch's tensors, on minitorch's or on whatever else a table of functions is written for.
"""

import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from makemore_core.expressions.functions import FUNCTIONS, WHOLE_NUMBERS
from makemore_core.expressions.mistakes import ExpressionError
from makemore_core.expressions.shapes import Shape, said
from makemore_core.expressions.tree import SIGNS, Call, Expression, Name, Number

Table = Mapping[str, Callable[..., Any]]

# entries in all functions of an expression together: 24 MB in double precision, and well below a second
MOST_ENTRIES = 3_000_000
PER_CALL = 300  # a call of a tiny tensor takes as long as that many entries
PRODUCTS_PER_ENTRY = 32  # a matrix product does that many multiplications in the time of one other entry
SHAPES_ALONE = ("shape", "size")

# numbers and tensors of all kinds know these by themselves
ARITHMETIC: Table = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "neg": operator.neg,
}
# two numbers need no tensor
ON_NUMBERS: Table = {
    **ARITHMETIC,
    "pow": operator.pow,
    "exp": math.exp,
    "log": math.log,
    "sqrt": math.sqrt,
    "tanh": math.tanh,
    "abs": abs,
}


@dataclass
class Budget:
    """What may still be computed, in entries read or written."""

    left: int = MOST_ENTRIES


def evaluate(expression: Expression, values: Mapping[str, Any], functions: Table, budget: Budget | None = None) -> Any:
    """The value of an expression: a tensor, or a float where only numbers are in it.

    values: tensors by name, whatever has a `shape`.
    functions: what to compute with, by the names of FUNCTIONS; settings come as keywords (axis, keepdims, shape ...).
    budget: shared by several expressions that are computed one after the other; without it, this one has its own.
    Raises ExpressionError for a name that is not there, shapes that do not fit, and what would be too large.
    """
    value = _Evaluation(values, functions, budget or Budget()).of(expression)
    if isinstance(value, tuple):
        raise _mistake("A shape is no result; name what has it", expression)
    return value


class _Evaluation:
    """One walk through a tree, with what may still be computed."""

    def __init__(self, values: Mapping[str, Any], functions: Table, budget: Budget) -> None:
        self.values, self.functions, self.budget = values, functions, budget

    def of(self, part: Expression) -> Any:
        if isinstance(part, Number):
            return part.value
        if isinstance(part, Name):
            return self._named(part)
        operands = [self.of(operand) for operand in part.operands]
        if part.function in SHAPES_ALONE:
            return _told_by_shape(part, operands[0])
        if all(isinstance(operand, float) for operand in operands):
            return _of_numbers(part, operands)
        return self._of_tensors(part, operands)

    def _named(self, name: Name) -> Any:
        if name.name not in self.values:
            known = ", ".join(self.values)
            raise _mistake(f"`{name.name}` is not known here; choose of {known}", name)
        return self.values[name.name]

    def _of_tensors(self, call: Call, operands: list[Any]) -> Any:
        tensors, options = _sorted(call, operands)
        if not any(hasattr(tensor, "shape") for tensor in tensors):
            raise _mistake(f"`{call.function}` takes a tensor", call)
        shapes = [_shape_of(tensor, call) for tensor in tensors]
        self._pay(call, shapes, options)
        try:
            return self.functions[call.function](*tensors, **options)
        except KeyError:
            raise _mistake(
                f"`{call.function}` is not known here; choose of {', '.join(self.functions)}", call
            ) from None
        except (ArithmeticError, IndexError, RuntimeError, TypeError, ValueError):
            given = " and ".join(map(said, shapes))
            raise _mistake(f"`{call.function}` cannot be computed of these values of shape {given}", call) from None

    def _pay(self, call: Call, shapes: list[Shape], options: dict[str, Any]) -> None:
        """The shape of the result, from the rules alone; too large a one is never computed."""
        sizes = [options[name] for name in WHOLE_NUMBERS if name in options]
        sizes = [size if isinstance(size, tuple) else (size,) for size in sizes]
        settings = {name: value for name, value in options.items() if name not in WHOLE_NUMBERS}
        try:
            result = FUNCTIONS[call.function].rule(*shapes, *sizes, **settings)
        except ValueError as error:
            raise _mistake(f"`{SIGNS.get(call.function, call.function)}`: {error}", call) from None
        cost = max(map(math.prod, [*shapes, result]))
        if call.function == "matmul":
            cost = max(cost, math.prod(result) * shapes[0][-1] // PRODUCTS_PER_ENTRY)
        self.budget.left -= cost + PER_CALL
        if self.budget.left < 0:
            sentence = f"This comes to {cost:,} numbers, and all parts together may have {MOST_ENTRIES:,}"
            raise _mistake(f"{sentence}; use smaller tables", call)


def _sorted(call: Call, operands: list[Any]) -> tuple[list[Any], dict[str, Any]]:
    """Tensors and numbers first; the last operands of a few functions are sizes, and go with the settings."""
    options: dict[str, Any] = dict(call.options)
    last = FUNCTIONS[call.function].operands[-1]
    if last not in WHOLE_NUMBERS:
        return operands, options
    sizes = [size for operand in operands[1:] for size in (operand if isinstance(operand, tuple) else (operand,))]
    if not all(isinstance(size, int) or (isinstance(size, float) and size.is_integer()) for size in sizes):
        raise _mistake(f"`{call.function}` takes whole numbers or a shape after the tensor", call)
    whole = tuple(int(size) for size in sizes)
    options[last] = whole if last == "shape" or len(whole) != 1 else whole[0]
    return operands[:1], options


def _told_by_shape(call: Call, operand: Any) -> Any:
    shape = _shape_of(operand, call)
    if call.function == "shape":
        return shape
    axis = dict(call.options).get("axis", 0)
    if not isinstance(axis, int) or not -len(shape) <= axis < len(shape):
        raise _mistake(f"{said(shape)} has no axis {axis}; its axes count from 0", call)
    return float(shape[axis])


def _of_numbers(call: Call, numbers: list[float]) -> float:
    if call.function not in ON_NUMBERS:
        raise _mistake(f"`{call.function}` takes a tensor, but got {', '.join(f'{n:g}' for n in numbers)}", call)
    try:
        value = ON_NUMBERS[call.function](*numbers)
    except (ArithmeticError, ValueError):
        value = math.nan
    if not isinstance(value, float) or not math.isfinite(value):
        given = ", ".join(f"{n:g}" for n in numbers)
        raise _mistake(f"`{call.function}` of {given} is no finite number", call)
    return value


def _shape_of(value: Any, call: Call) -> Shape:
    if isinstance(value, tuple):
        raise _mistake(f"`{call.function}` takes a tensor, but got a shape", call)
    return tuple(getattr(value, "shape", ()))


def _mistake(sentence: str, part: Expression) -> ExpressionError:
    return ExpressionError(f"{sentence}.", *part.place)
