"""A few lines of expressions, each with a name: `n = x*w + b`, then `o = tanh(n)`. The last line is the output.

Names that no line before has given are leaves: they get their values from outside.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from makemore_core.errors import InputError
from makemore_core.expressions.evaluation import Budget, Table, evaluate
from makemore_core.expressions.mistakes import ExpressionError
from makemore_core.expressions.parser import parse
from makemore_core.expressions.tree import Call, Expression, names, walk
from makemore_core.minitorch.kernels import Array

MOST_LINES, MOST_LEAVES, MOST_NUMBERS = 40, 24, 400
LINE = re.compile(r"\s*([A-Za-z_]\w*)\s*=(?!=)(.*)", re.ASCII | re.DOTALL)
OUTPUT = "out"  # what a line without a name is called
FIRST = (2.0, -3.0, 1.0, 0.5, -1.0, 3.0, -0.5, 1.5)  # the numbers that new names begin with, one after the other
SIDE = 2  # of the tables that new names begin with: square, so that every product fits


class LineError(InputError):
    """What is wrong with a line, and a picture of the place."""

    def __init__(self, sentence: str, picture: str) -> None:
        super().__init__(sentence)
        self.picture = picture


@dataclass(frozen=True)
class Line:
    """What is computed, and how it is called."""

    name: str
    expression: Expression


@dataclass(frozen=True)
class Program:
    """Lines from first to last."""

    lines: tuple[Line, ...]

    @property
    def leaves(self) -> tuple[str, ...]:
        """The names that need a value, in the order in which they are read."""
        found, given = dict[str, None](), set[str]()
        for line in self.lines:
            found |= dict.fromkeys(name for name in names(line.expression) if name not in given)
            given.add(line.name)
        return tuple(found)

    @property
    def output(self) -> str:
        return self.lines[-1].name


def read(text: str) -> Program:
    """The lines of a text, empty ones left out. InputError for what is none, with the number of the line."""
    typed = [line for line in text.splitlines() if line.strip()]
    if len(typed) > MOST_LINES:
        raise InputError(f"At most {MOST_LINES} lines can be shown, but got {len(typed)}; show a part of it.")
    program = Program(
        tuple(_line(number, line, len(typed)) for number, line in enumerate(typed, 1)) or (_line(1, "", 1),)
    )
    if len(program.leaves) > MOST_LEAVES:
        raise InputError(f"At most {MOST_LEAVES} names may need a value, but got {len(program.leaves)}; use tables.")
    if not program.leaves:
        raise InputError("Only numbers stand here, so nothing has a gradient; use a name, as in `x * 2`.")
    return program


def _line(number: int, text: str, of: int) -> Line:
    match = LINE.fullmatch(text)
    name, right = match.groups() if match else (OUTPUT, text)
    try:
        return Line(name, parse(right))
    except ExpressionError as error:
        raise LineError(f"Line {number}: {error}" if of > 1 else str(error), error.picture(right)) from error


def run(program: Program, values: Mapping[str, Any], functions: Table) -> Iterator[tuple[str, Any]]:
    """The value of each line with its name, in turn; the leaves' values are tensors of the kind of `functions`."""
    known, budget = dict(values), Budget()
    for line in program.lines:
        known[line.name] = evaluate(line.expression, known, functions, budget)
        yield line.name, known[line.name]


def first_values(program: Program) -> dict[str, Array]:
    """Values to begin with: small tables for capitals and for what is multiplied by @, numbers for all others."""
    calls = (part for line in program.lines for part in walk(line.expression) if isinstance(part, Call))
    tables = {name for call in calls if call.function == "matmul" for part in call.operands for name in names(part)}
    values = dict[str, Array]()
    for i, name in enumerate(program.leaves):
        n = SIDE**2 if name in tables or name[0].isupper() else 1
        numbers = np.array([FIRST[(i + k) % len(FIRST)] for k in range(n)])
        values[name] = numbers.reshape((SIDE, SIDE) if n > 1 else ())
    return values


def value_of(text: str) -> Array:
    """A number, a row `1 2 3`, or a table `1 2; 3 4`, typed with spaces or commas."""
    rows = [re.split(r"[\s,]+", row.strip(" ,\t\n")) for row in text.strip().strip("[]").split(";")]
    is_table = len(rows) > 1
    rows = [row for row in rows if row != [""]]
    try:
        numbers = [[float(number) for number in row] for row in rows]
    except ValueError:
        raise InputError(f"A value is typed as 1.5, 1 2 3 or 1 2; 3 4, but got {text[:40]!r}.") from None
    if not numbers or len({len(row) for row in numbers}) > 1 or not np.isfinite(np.concatenate(numbers)).all():
        raise InputError(f"All rows of a table need the same count of finite numbers, but got {text[:40]!r}.")
    if sum(map(len, numbers)) > MOST_NUMBERS:
        raise InputError(f"A table here has at most {MOST_NUMBERS} numbers, but got {sum(map(len, numbers))}.")
    if is_table:
        return np.array(numbers)
    return np.array(numbers[0][0] if len(numbers[0]) == 1 else numbers[0])


def text_of(value: Array) -> str:
    """A value as value_of() reads it, with six significant digits."""
    if value.ndim == 0:
        return f"{float(value):.6g}"
    rows = ["  ".join(f"{number:.6g}" for number in row) for row in np.atleast_2d(value)]
    return "; ".join(rows) + (";" if value.ndim == 2 and len(rows) == 1 else "")
