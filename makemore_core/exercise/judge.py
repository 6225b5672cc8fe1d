"""Is it right? An answer is computed and compared with autograd, and where it differs, the hint says how.

It is judged on a network of random numbers in double precision, where nothing is equal by luck or unequal by rounding;
what the screen's own batch gives is reported beside it, as the lecture's cmp does.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import lru_cache

import torch
from torch import Tensor

from makemore_core.exercise.hints import Hint, in_words
from makemore_core.exercise.misfits import has_and_must, misfit
from makemore_core.exercise.problems import PROBLEMS, Problem
from makemore_core.exercise.slips import repairs, slips
from makemore_core.exercise.worlds import World, vanishes
from makemore_core.expressions import Budget, Expression, ExpressionError, Name, evaluate, names, parse
from makemore_core.expressions.tree import Place, walk
from makemore_core.gradcheck import Row, compare

EQUAL = 1e-9  # relative to the largest entry, in double precision
NEARLY = 1e-3


@dataclass(frozen=True, eq=False)
class Verdict:
    """What is to be said of an answer: a hint, and the numbers that it gives on the screen's batch, if it gives any."""

    hint: Hint
    sentence: str
    place: Place | None = None  # in the text, where the caret stands
    row: Row | None = None  # beside autograd: exact, close, the largest difference
    result: Tensor | None = None

    @property
    def is_right(self) -> bool:
        return self.hint == Hint.RIGHT


class UnknownNameError(ExpressionError):
    """A name that no value has, or a gradient that is not found yet."""


def judge(text: str, problem: Problem, shown: World, autograd: Tensor, other: World) -> Verdict:
    """The verdict on a typed answer.

    shown: the network on the screen; autograd: the gradient that torch finds there.
    other: a network of the same sizes with random numbers, from worlds.like().
    """
    try:
        answer = _read(text, problem)
    except ExpressionError as error:
        hint = Hint.UNKNOWN if isinstance(error, UnknownNameError) else Hint.UNREADABLE
        return Verdict(hint, str(error), (error.start, error.end))
    verdict, told_by = _tried(text, problem, other)
    try:
        result = _computed(answer, problem, shown, Budget())
    except ExpressionError as error:
        return replace(verdict, place=verdict.place or (error.start, error.end))
    row = compare({problem.name: result}, {problem.name: autograd})[0] if result.shape == autograd.shape else None
    verdict = replace(verdict, row=row, result=result)
    if not (row and row.close) or verdict.hint in (Hint.RIGHT, Hint.NEARLY):
        return verdict
    if told_by:
        return replace(
            verdict, sentence=f"{verdict.sentence} Here it makes no difference: what is missing is 0 to rounding."
        )
    lucky = f"Equal on this batch, but by luck: with other numbers it is not. {verdict.sentence}"
    return replace(verdict, hint=Hint.LUCK, sentence=lucky)


@lru_cache(maxsize=128)
def _tried(text: str, problem: Problem, other: World) -> tuple[Verdict, list[str]]:
    """The same for every step of a run: what is on the screen is not asked."""
    trial = _Trial(_read(text, problem), problem, other)
    return trial.verdict(), trial.told_by


def _read(text: str, problem: Problem) -> Expression:
    answer = parse(_without_left_side(text, problem))
    _refuse_unknown(answer, problem)
    return answer


def _without_left_side(text: str, problem: Problem) -> str:
    """`dprobs = ...` is what the lecture writes; places in the text stay the same."""
    left, sign, right = text.partition("=")
    if sign and left.strip() == problem.name and not right.startswith("="):
        return " " * len(left + sign) + right
    return text


def _refuse_unknown(answer: Expression, problem: Problem) -> None:
    for part in walk(answer):
        if isinstance(part, Name) and part.name not in problem.allowed:
            raise UnknownNameError(_why_unknown(part.name, problem), *part.place)


def _why_unknown(name: str, problem: Problem) -> str:
    if name == problem.name:
        return f"`{name}` is what you are looking for: write it with what is known before it."
    if name in [other.name for other in PROBLEMS]:
        return f"`{name}` is found later; use the gradients before `{problem.name}`."
    near = get_close_matches(name, problem.allowed, n=1)
    way_out = f"did you mean `{near[0]}`?" if near else "choose of the names that may be used."
    return f"There is no `{name}`; {way_out}"


def _computed(tree: Expression, problem: Problem, world: World, budget: Budget) -> Tensor:
    return torch.as_tensor(evaluate(tree, world.known(problem), world.functions, budget))


def _equal(got: Tensor, wanted: Tensor) -> bool:
    if got.shape != wanted.shape:
        return False
    return torch.allclose(got, wanted, rtol=1e-7, atol=EQUAL * float(wanted.abs().max()))


class _Trial:
    """One answer on random numbers, against the solution, its slips and the answer's own repairs."""

    def __init__(self, answer: Expression, problem: Problem, other: World) -> None:
        self.answer, self.problem = answer, problem
        self.vanishes = vanishes(other, problem)
        self.told_by = self._gradients_that_tell(other)
        self.world = other.with_other_gradients(problem, self.told_by)
        self.right = self.world.right(problem)
        self.budget = Budget()  # for all that is tried besides the answer

    def verdict(self) -> Verdict:
        try:
            got = _computed(self.answer, self.problem, self.world, Budget())
        except ExpressionError as error:
            return self._not_computed(error)
        if _equal(got, self.right):
            return Verdict(Hint.RIGHT, "Right.")
        if not bool(got.isfinite().all()):
            share = float((~got.isfinite()).double().mean())
            sentence = f"{share:.0%} of the entries are no finite number: something divides by 0 or overflows."
            return Verdict(Hint.NOT_FINITE, sentence)
        explained = self._off_by_a_factor(got) or self._nearly(got) or self._slipped(got) or self._repaired(got)
        return explained or self._unexplained(got)

    def _gradients_that_tell(self, other: World) -> list[str]:
        """Where a gradient is 0 whatever the numbers are, only other gradients tell whether it was thought of."""
        used = [name for name in names(self.answer) if name in self.problem.found]
        needed = [name for name in self.problem.line.needs if name in self.problem.found]
        if self.vanishes:
            return used or needed
        some_vanish = any(vanishes(other, p) for p in PROBLEMS if p.name in needed)
        return used if some_vanish else []

    def _not_computed(self, error: ExpressionError) -> Verdict:
        repaired = self._repaired(None)
        if repaired is None:
            return Verdict(Hint.UNREADABLE, str(error), (error.start, error.end))
        return replace(repaired, sentence=f"{error} {repaired.sentence}")

    def _off_by_a_factor(self, got: Tensor) -> Verdict | None:
        if got.shape != self.right.shape:
            return None
        factor = float((got * self.right).sum() / (self.right * self.right).sum())
        if not _equal(got, factor * self.right) or abs(factor) < EQUAL:
            return None
        if abs(factor + 1) < EQUAL:
            return Verdict(Hint.SIGN, in_words(Hint.SIGN, self.problem))
        n = len(self.world.values["x"])
        known = {"n": n, "1 / n": 1 / n, "n - 1": n - 1, "1 / (n - 1)": 1 / (n - 1)}
        known |= {"n / (n - 1)": n / (n - 1), "(n - 1) / n": (n - 1) / n}
        called = [f", and that is {name}" for name, size in known.items() if abs(abs(factor) / size - 1) < EQUAL]
        sentence = f"A constant factor is off: every entry is {factor:.4g} times what it must be{''.join(called[:1])}."
        return Verdict(Hint.FACTOR, sentence)

    def _nearly(self, got: Tensor) -> Verdict | None:
        if got.shape != self.right.shape:
            return None
        off = float((got - self.right).abs().max() / self.right.abs().max())
        if off > NEARLY:
            return None
        sentence = f"Nearly: {off:.2g} of the largest entry is off. Is a small number forgotten, as 1e-5?"
        return Verdict(Hint.NEARLY, sentence)

    def _slipped(self, got: Tensor) -> Verdict | None:
        for hint, tree in slips(self.problem):
            value = self._try(tree)
            if value is None or _equal(value, self.right) or (hint != Hint.BRANCH and value.shape != self.right.shape):
                continue
            if _equal(got, value) or _equal(got, -value):
                return self._said(hint)
        return None

    def _repaired(self, got: Tensor | None) -> Verdict | None:
        for hint, place, tree in self._affordable():
            value = self._try(tree)
            if value is not None and _equal(value, self.right):
                told = replace(self._said(hint), place=place)
                if got is None or got.shape == self.right.shape:
                    return told
                shapes = has_and_must(self.problem, tuple(got.shape), tuple(self.right.shape))
                return replace(told, sentence=f"{shapes} {told.sentence}")
        return None

    def _affordable(self) -> Iterator[tuple[Hint, Place, Expression]]:
        for repair in repairs(self.answer, self.problem):
            if self.budget.left < 0:
                return
            yield repair

    def _try(self, tree: Expression) -> Tensor | None:
        with suppress(ExpressionError):
            return _computed(tree, self.problem, self.world, self.budget)
        return None

    def _said(self, hint: Hint) -> Verdict:
        return Verdict(hint, in_words(hint, self.problem))

    def _unexplained(self, got: Tensor) -> Verdict:
        if got.shape != self.right.shape:
            return Verdict(*misfit(self.problem, tuple(got.shape), tuple(self.right.shape)))
        if self.vanishes and not bool(got.any()):
            sentence = (
                "This gradient is 0 up to rounding for every batch, so 0 tells nothing: write where it comes from."
            )
            return Verdict(Hint.LUCK, sentence)
        return self._said(Hint.VALUE)
