"""Slips of the pen, made and mended on the tree: which small change explains a wrong answer.

A slip is the solution with something left out; a repair is the learner's own answer with something put right. Both
are computed, and what comes out is compared: no answer is judged by how it is spelled.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from makemore_core.exercise.hints import Hint
from makemore_core.exercise.problems import Problem
from makemore_core.expressions import Call, Expression, Name, Number, names
from makemore_core.expressions.tree import Place

Change = Callable[[Expression], Iterator[tuple[Hint, Expression]]]
SIZES = ("n", "V")
OF_A_SIZE = ("size", "shape", "ones_like", "zeros_like")


def slips(problem: Problem) -> Iterator[tuple[Hint, Expression]]:
    """What a learner may have left out of the solution."""
    yield from ((hint, tree) for hint, _, tree in everywhere(problem.tree, _left_out))


def repairs(answer: Expression, problem: Problem) -> Iterator[tuple[Hint, Place, Expression]]:
    """What one change of the answer could put right, and where."""

    def put_right(part: Expression) -> Iterator[tuple[Hint, Expression]]:
        if isinstance(part, Call):
            yield from _other_sum(part)
            yield from _other_product(part)
            yield from _other_sign(part)
        if isinstance(part, Name):
            yield from _other_name(part, problem)

    return everywhere(answer, put_right)


def everywhere(tree: Expression, change: Change) -> Iterator[tuple[Hint, Place, Expression]]:
    """The tree with one part changed, for every part and every change of it."""
    for hint, changed in change(tree):
        yield hint, tree.place, changed
    if isinstance(tree, Call):
        for i, operand in enumerate(tree.operands):
            for hint, place, changed in everywhere(operand, change):
                operands = (*tree.operands[:i], changed, *tree.operands[i + 1 :])
                yield hint, place, replace(tree, operands=operands)


def has_gradient(part: Expression) -> bool:
    """Whether a gradient that comes back stands in it: every name that begins with d."""
    return any(name.startswith("d") for name in names(part))


def _left_out(part: Expression) -> Iterator[tuple[Hint, Expression]]:
    if not isinstance(part, Call) or len(part.operands) != 2:
        return
    left, right = part.operands
    if part.function == "add":
        hint = Hint.BRANCH if has_gradient(left) and has_gradient(right) else Hint.LOCAL
        yield from ((hint, left), (hint, right))
    elif part.function == "sub":
        yield from ((Hint.LOCAL, left), (Hint.LOCAL, right))
    elif part.function == "mul":
        yield from ((_missing(right), left), (_missing(left), right))
    elif part.function == "div":
        yield from ((_missing(right), left), (Hint.LOCAL, Call("mul", (left, right))))
        yield (_missing(left), Call("div", (Number(1.0), right)))
    elif part.function == "pow":
        yield from ((Hint.LOCAL, left), (Hint.LOCAL, Call("pow", (left, Call("add", (right, Number(1.0)))))))


def _missing(factor: Expression) -> Hint:
    """What it is called when a factor was forgotten."""
    if has_gradient(factor):
        return Hint.UPSTREAM
    return Hint.LOCAL if _has_entries(factor) else Hint.FACTOR


def _has_entries(part: Expression) -> bool:
    """Whether a tensor's entries count in it, and not its size alone."""
    if isinstance(part, Call):
        return part.function not in OF_A_SIZE and any(map(_has_entries, part.operands))
    return isinstance(part, Name) and part.name not in SIZES


def _other_sum(call: Call) -> Iterator[tuple[Hint, Expression]]:
    if call.function not in ("sum", "mean"):
        return
    options = dict(call.options)
    kept, axis = bool(options.get("keepdims", False)), options.get("axis")
    yield Hint.KEEPDIM, _with(call, axis, not kept)
    for other in (0, 1, (0, 1)):
        if other != axis:
            yield Hint.AXIS, _with(call, other, kept)
            yield Hint.AXIS, _with(call, other, not kept)
    yield Hint.FACTOR, replace(call, function="mean" if call.function == "sum" else "sum")


def _with(call: Call, axis: object, keepdims: bool) -> Call:
    options = (("axis", axis),) if axis is not None else ()
    return replace(call, options=(*options, *((("keepdims", True),) if keepdims else ())))


def _other_product(call: Call) -> Iterator[tuple[Hint, Expression]]:
    if call.function == "transpose":
        yield Hint.TRANSPOSE, call.operands[0]
    if call.function not in ("matmul", "mul", "div", "pow"):
        return
    left, right = call.operands
    if call.function == "matmul":
        for a, b in ((left, _turned(right)), (_turned(left), right), (right, left), (_turned(right), left)):
            yield Hint.TRANSPOSE, replace(call, operands=(a, b))
        yield Hint.TRANSPOSE, replace(call, operands=(right, _turned(left)))
        yield Hint.PRODUCT, replace(call, function="mul")
    if call.function == "mul":
        for a, b in ((left, right), (left, _turned(right)), (_turned(left), right), (right, _turned(left))):
            yield Hint.PRODUCT, replace(call, function="matmul", operands=(a, b))
        yield Hint.PRODUCT, replace(call, function="matmul", operands=(_turned(right), left))
        yield Hint.LOCAL, replace(call, function="div")
    if call.function == "div":
        yield Hint.LOCAL, replace(call, function="mul")
    if call.function == "pow":
        one = Number(1.0)
        powers = Call("neg", (right,)), Call("add", (right, one)), Call("sub", (right, one))
        yield from ((Hint.LOCAL, replace(call, operands=(left, power))) for power in powers)


def _turned(part: Expression) -> Expression:
    return part.operands[0] if isinstance(part, Call) and part.function == "transpose" else Call("transpose", (part,))


def _other_sign(call: Call) -> Iterator[tuple[Hint, Expression]]:
    if call.function in ("add", "sub"):
        yield Hint.SIGN, replace(call, function="sub" if call.function == "add" else "add")
        yield Hint.SIGN, Call("sub", call.operands[::-1])
    if call.function == "neg":
        yield Hint.SIGN, call.operands[0]


def _other_name(name: Name, problem: Problem) -> Iterator[tuple[Hint, Expression]]:
    for other in problem.line.needs:
        if other != name.name:
            yield Hint.UPSTREAM if other.startswith("d") else Hint.LOCAL, replace(name, name=other)
