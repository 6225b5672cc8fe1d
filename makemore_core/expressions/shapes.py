"""The shape that each function gives, told from the shapes it takes, before anything is computed.

A rule raises ValueError with what does not fit; whoever asks adds the place.
"""

import math
from collections.abc import Callable
from typing import Any, TypeAlias

Shape: TypeAlias = tuple[int, ...]
Rule: TypeAlias = Callable[..., Shape]


def said(shape: Shape) -> str:
    """A shape as Python writes it: `(32, 1)`, `(32,)`, `()`."""
    return str(tuple(shape))


def broadcast(*shapes: Shape) -> Shape:
    """The common shape: axes are counted from the right, and a 1 is repeated."""
    length = max(map(len, shapes))
    padded = [(1,) * (length - len(shape)) + shape for shape in shapes]
    sizes = [{size for size in column if size != 1} for column in zip(*padded, strict=True)]
    if any(len(column) > 1 for column in sizes):
        raise ValueError(f"{' and '.join(map(said, shapes))} cannot be broadcast to one shape")
    return tuple(max(column, default=1) for column in sizes)


def matmul(a: Shape, b: Shape) -> Shape:
    """(..., n, k) @ (..., k, m) is (..., n, m)."""
    if len(a) < 2 or len(b) < 2 or a[-1] != b[-2]:
        columns, rows = (a or (1,))[-1], b[-2] if len(b) > 1 else 1
        meet = f"{columns} columns meet {rows} rows"
        raise ValueError(f"{said(a)} and {said(b)} do not fit, {meet}; .T turns a matrix over")
    return (*broadcast(a[:-2], b[:-2]), a[-2], b[-1])


def reduced(a: Shape, axis: Any = None, keepdims: bool = False) -> Shape:
    """Without the axes, or with 1 in their place."""
    gone = axes(a, axis)
    return tuple(1 if i in gone else size for i, size in enumerate(a) if keepdims or i not in gone)


def axes(a: Shape, axis: Any) -> tuple[int, ...]:
    """Axes counted from the front; all of them for None."""
    given = range(len(a)) if axis is None else (axis,) if isinstance(axis, int) else axis
    for i in given:
        if not -len(a) <= i < len(a):
            raise ValueError(f"there is no axis {i} in {said(a)}, whose axes count from 0 to {len(a) - 1}")
    return tuple(i % len(a) for i in given)


def reshaped(a: Shape, shape: Shape) -> Shape:
    """The same number of entries in other rows; one -1 stands for what is left."""
    known = math.prod(size for size in shape if size != -1)
    free = shape.count(-1)
    if free > 1 or any(size < -1 for size in shape) or (free and (not known or math.prod(a) % known)):
        raise ValueError(f"{said(a)} cannot become {said(shape)}")
    whole = tuple(math.prod(a) // known if size == -1 else size for size in shape)
    if math.prod(whole) != math.prod(a):
        raise ValueError(f"{said(a)} has {math.prod(a)} entries, {said(shape)} has {math.prod(whole)}")
    return whole


def transposed(a: Shape, first: Any = None, second: Any = None) -> Shape:
    """A matrix turned over, or two axes exchanged."""
    if first is None or second is None:
        if len(a) != 2:
            raise ValueError(f".T turns a matrix over, and {said(a)} has {len(a)} axes, not two")
        first, second = 0, 1
    one, other = axes(a, (first, second))
    order = list(a)
    order[one], order[other] = a[other], a[one]
    return tuple(order)


def flattened(a: Shape, first: int = 0, second: int = -1) -> Shape:
    """The axes from the first to the second become one."""
    start, end = axes(a, (first, second))
    if start > end:
        raise ValueError(f"axis {first} does not stand before axis {second} in {said(a)}")
    return (*a[:start], math.prod(a[start : end + 1]), *a[end + 1 :])


def with_one_more(a: Shape, axis: Any) -> Shape:
    """A new axis of size 1."""
    if not isinstance(axis, int) or not -len(a) - 1 <= axis <= len(a):
        raise ValueError(f"{said(a)} has no place {axis} for a new axis")
    at = axis % (len(a) + 1)
    return (*a[:at], 1, *a[at:])


def one_hot(a: Shape, classes: Shape) -> Shape:
    """A row of `classes` entries for each number."""
    if len(classes) != 1 or classes[0] < 1:
        raise ValueError("one_hot takes one number of classes, at least 1")
    return (*a, classes[0])


def added_rows(a: Shape, index: Shape, source: Shape, axis: Any = 0) -> Shape:
    """Rows of `source` are added to those rows of `a` that `index` names: one index for each row."""
    at = axes(a, axis)[0]
    wanted = (*a[:at], *index, *a[at + 1 :])
    if len(index) != 1 or source != wanted:
        raise ValueError(f"index_add into {said(a)} takes (n,) and n rows, but got {said(index)} and {said(source)}")
    return a
