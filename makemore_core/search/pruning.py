"""When a trial is given up: judged at steps that double, where every run is evaluated, however slow its machine."""

from collections.abc import Callable, Sequence
from statistics import median

Curve = Sequence[tuple[int, float]]  # (step, val)

FIRST_RUNG = 16  # a trial trains for this part of its steps before it is judged
ENOUGH = 5  # trials to compare with


def rungs(max_steps: int) -> tuple[int, ...]:
    """The steps at which trials are judged: 128, 256, 512 and 1,024 of 2,000."""
    doubled = (1 << power for power in range(max_steps.bit_length()))
    return tuple(step for step in doubled if max_steps / FIRST_RUNG <= step < max_steps)


def val_at(curve: Curve, step: int) -> float | None:
    """The loss of val after a step; None where it was not evaluated there."""
    return next((val for at, val in curve if at == step), None)


def worse_than_median(val: float, ended: Sequence[float], reached: Sequence[float]) -> bool:
    """Worse than half of the trials that went to their end were at the same step (Golovin et al. 2017)."""
    return len(ended) >= ENOUGH and val > median(ended)


def in_worse_half(val: float, ended: Sequence[float], reached: Sequence[float]) -> bool:
    """Not among the better half of all trials that came to the same step (Li et al. 2020, with a factor of 2)."""
    better = sum(other < val for other in reached)
    return better >= max(1, (len(reached) + 1) // 2)


def never(val: float, ended: Sequence[float], reached: Sequence[float]) -> bool:
    """Every trial goes on."""
    return False


Rule = Callable[[float, Sequence[float], Sequence[float]], bool]
RULES: dict[str, Rule] = {"median": worse_than_median, "halving": in_worse_half, "none": never}


def is_hopeless(pruner: str, step: int, val: float, ended: Sequence[Curve], others: Sequence[Curve]) -> bool:
    """Whether a trial with this val after a step is given up.

    `ended` are the curves of the trials that went to their end, `others` those of all but this one.
    """
    there = [[v for curve in curves if (v := val_at(curve, step)) is not None] for curves in (ended, others)]
    return RULES[pruner](val, *there)
