"""What may be wrong with an answer, each in a sentence that tells the way on and not the answer."""

from enum import StrEnum

from makemore_core.exercise.problems import Problem


class Hint(StrEnum):
    """The kinds of verdict: the first is the right one."""

    RIGHT = "right"
    UNREADABLE = "unreadable"  # no expression, or shapes that do not fit each other
    UNKNOWN = "unknown"  # a name that is not there, or not yet
    KEEPDIM = "keepdim"
    SUM = "sum"
    AXIS = "axis"
    BROADCAST = "broadcast"
    TRANSPOSE = "transpose"
    PRODUCT = "product"
    SHAPE = "shape"
    BRANCH = "branch"
    SIGN = "sign"
    FACTOR = "factor"
    LOCAL = "local derivative"
    UPSTREAM = "what comes back"
    NEARLY = "nearly"
    NOT_FINITE = "not finite"
    LUCK = "luck"
    VALUE = "value"


def in_words(hint: Hint, problem: Problem) -> str:
    """What to think of, for those hints that need no number."""
    name, at = problem.name, problem.at
    coming = " and ".join(problem.coming) or "the loss"
    sentences = {
        Hint.KEEPDIM: "An axis of size 1 got lost, or is one too many: sum with keepdim=True keeps it.",
        Hint.AXIS: "The sum goes over the wrong axis: axis 0 runs over the examples, axis 1 within each of them.",
        Hint.TRANSPOSE: "A matrix stands the wrong way: only one order of the two, one of them with .T, gives "
        f"the shape of {at}.",
        Hint.PRODUCT: "`*` multiplies entry by entry, `@` sums over what two matrices share: here it is the other one.",
        Hint.BRANCH: f"A branch is forgotten: {at} is used {_times(problem)}, in {_users(problem)}. Each use sends a "
        "gradient back, and they add up.",
        Hint.FACTOR: "A constant factor is wrong in one of the parts: a 2, a 1/n, or a mean in place of a sum?",
        Hint.SIGN: "A minus sign is wrong; all else is right.",
        Hint.LOCAL: "The local derivative is not right: what does a small change of "
        f"{at} do to {_what_follows(problem)}?",
        Hint.UPSTREAM: f"What comes back is missing, or another one's: the local derivative multiplies {coming}.",
        Hint.VALUE: f"The shape is right, the numbers are not: {name} is the local derivative times what comes back, "
        f"{coming}{', added up' if len(problem.uses) > 1 else ''}.",
    }
    return sentences[hint]


def _times(problem: Problem) -> str:
    return {1: "once", 2: "twice"}.get(len(problem.uses), f"{len(problem.uses)} times")


def _users(problem: Problem) -> str:
    return " and in ".join(line.name for line in problem.uses)


def _what_follows(problem: Problem) -> str:
    return " and ".join(line.name for line in problem.uses)
