"""The tree of an expression: numbers, names, and calls of functions; operators are functions, too.

`a + b` is the call of `add`, `x.sum(0, keepdim=True)` that of `sum` with the options axis 0 and keepdims True.
A printed tree reads as the tree that it was printed from.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

Option: TypeAlias = bool | int | tuple[int, ...] | None
Place: TypeAlias = tuple[int, int]

# how tightly a sign binds, as in Python
BINDS = {
    **dict.fromkeys(("less", "less_equal", "greater", "greater_equal", "equal", "not_equal"), 1),
    **dict.fromkeys(("add", "sub"), 2),
    **dict.fromkeys(("mul", "div", "matmul"), 3),
    "neg": 4,
    "pow": 5,
}
ATOM = 6
SIGNS = {
    "less": "<",
    "less_equal": "<=",
    "greater": ">",
    "greater_equal": ">=",
    "equal": "==",
    "not_equal": "!=",
    "add": "+",
    "sub": "-",
    "mul": "*",
    "div": "/",
    "matmul": "@",
    "pow": "**",
}
CALLED_BY_NAME = ("where", "one_hot", "zeros_like", "ones_like")  # where(mask, a, b); all others are written a.tanh()
TORCH_NAMES = {"axis": "dim", "keepdims": "keepdim", "first": "dim0", "second": "dim1"}


@dataclass(frozen=True)
class Number:
    """A number as it stands there, of double precision; never negative, for a minus is a call of `neg`."""

    value: float
    place: Place = field(default=(0, 0), compare=False, repr=False)

    def __str__(self) -> str:
        return str(int(self.value)) if self.value.is_integer() and self.value < 1e15 else repr(self.value)


@dataclass(frozen=True)
class Name:
    """A named tensor."""

    name: str
    place: Place = field(default=(0, 0), compare=False, repr=False)

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Call:
    """A function of what stands in its operands; `options` are its settings by name, the given ones alone."""

    function: str
    operands: "tuple[Expression, ...]"
    options: tuple[tuple[str, Option], ...] = ()
    place: Place = field(default=(0, 0), compare=False, repr=False)

    def __str__(self) -> str:
        return _printed(self)


Expression: TypeAlias = Number | Name | Call


def walk(expression: Expression) -> Iterator[Expression]:
    """An expression and all that stands in it, operands before what is computed of them."""
    if isinstance(expression, Call):
        for operand in expression.operands:
            yield from walk(operand)
    yield expression


def names(expression: Expression) -> tuple[str, ...]:
    """The tensors that stand in an expression, each once, in the order in which they are read."""
    return tuple(dict.fromkeys(part.name for part in walk(expression) if isinstance(part, Name)))


def _printed(call: Call) -> str:
    name, operands = call.function, call.operands
    if name == "neg":
        return f"-{_in_parentheses(operands[0], BINDS['neg'])}"
    if name == "pow":  # the right side may be a minus or another power without parentheses, the left may not
        return f"{_in_parentheses(operands[0], ATOM)}**{_in_parentheses(operands[1], BINDS['neg'])}"
    if name in SIGNS:
        binds = BINDS[name]
        left = _in_parentheses(operands[0], binds + 1 if binds == 1 else binds)
        return f"{left} {SIGNS[name]} {_in_parentheses(operands[1], binds + 1)}"
    if name in CALLED_BY_NAME:
        return f"{name}({', '.join(map(str, operands))})"
    return _printed_with_a_dot(call)


def _printed_with_a_dot(call: Call) -> str:
    first = call.operands[0]
    receiver = f"({first})" if isinstance(first, Number) else _in_parentheses(first, ATOM)
    options = dict(call.options)
    if call.function == "shape":
        return f"{receiver}.shape"
    if call.function == "size":
        return f"{receiver}.shape[{options['axis']}]"
    if call.function == "transpose" and not options:
        return f"{receiver}.T"
    axis = [str(options.pop("axis"))] if "axis" in options and len(call.operands) == 1 else []
    settings = axis + [f"{TORCH_NAMES[key]}={value}" for key, value in options.items()]
    return f"{receiver}.{call.function}({', '.join([*map(str, call.operands[1:]), *settings])})"


def _in_parentheses(expression: Expression, binds: int) -> str:
    """With parentheses where it binds less tightly than it must."""
    own = BINDS.get(expression.function, ATOM) if isinstance(expression, Call) else ATOM
    return str(expression) if own >= binds else f"({expression})"
