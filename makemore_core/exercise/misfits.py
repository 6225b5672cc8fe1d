"""A gradient has the shape of its value. What the shape of an answer tells where it has another."""

from math import prod

from makemore_core.exercise.hints import Hint
from makemore_core.exercise.problems import Problem
from makemore_core.expressions.shapes import Shape, broadcast, said


def misfit(problem: Problem, got: Shape, wanted: Shape) -> tuple[Hint, str]:
    """The hint for an answer of another shape than its value."""
    hint, way_out = _way_out(problem, got, wanted)
    return hint, f"{has_and_must(problem, got, wanted)} {way_out}"


def has_and_must(problem: Problem, got: Shape, wanted: Shape) -> str:
    """The two shapes, in a sentence."""
    return f"A gradient has the shape of its value: you have {said(got)}, and {problem.at} is {said(wanted)}."


def _way_out(problem: Problem, got: Shape, wanted: Shape) -> tuple[Hint, str]:
    if not got:
        return Hint.SHAPE, "A single number cannot be it: each entry has a slope of its own."
    if _without_ones(got) == _without_ones(wanted):
        keep = "keep the axis, with keepdim=True." if len(got) < len(wanted) else "leave keepdim out."
        return Hint.KEEPDIM, f"The entries are as many: {keep}"
    if got == wanted[::-1]:
        return Hint.TRANSPOSE, "It lies on its side: exchange the two and move the .T."
    if axes := _to_sum(got, wanted):
        keep = " with keepdim=True" if len(got) == len(wanted) else ""
        which = "axis 0" if axes == (0,) else f"axis {axes[0]}" if len(axes) == 1 else f"axes {said(axes)}"
        return Hint.SUM, f"What was broadcast forward is summed backward: sum over {which}{keep}."
    if _fits(got, wanted):
        ones = f"ones_like({problem.at})"
        return Hint.BROADCAST, f"What was summed forward is broadcast backward: each entry gets a copy, as by {ones}."
    if prod(got) == prod(wanted):
        return Hint.SHAPE, "There are as many entries, in other rows: .view() lays them out anew."
    return Hint.SHAPE, "Look for the one combination of what is known that has this shape."


def _without_ones(shape: Shape) -> Shape:
    return tuple(size for size in shape if size != 1)


def _to_sum(got: Shape, wanted: Shape) -> Shape:
    """The axes along which the value was repeated; none if it was not."""
    if not _fits(wanted, got):
        return ()
    padded = (1,) * (len(got) - len(wanted)) + wanted
    return tuple(i for i, (have, want) in enumerate(zip(got, padded, strict=True)) if have != want)


def _fits(small: Shape, large: Shape) -> bool:
    """Whether one shape can be broadcast to the other."""
    try:
        return broadcast(small, large) == large
    except ValueError:
        return False
