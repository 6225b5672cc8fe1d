"""The 26 problems, in the lecture's order: which gradient is asked for, and what may be used to write it down."""

from dataclasses import dataclass
from functools import cached_property

from makemore_core.backprop.lecture_4 import BACKWARD, FORWARD, PARAMETERS, Line
from makemore_core.expressions import Expression, parse

KNOWN = (*PARAMETERS, *(line.name for line in FORWARD), "x", "y", "n", "V")
# the lecture scatters into zeros here; a row of zeros with a single one says the same
WRITTEN_OTHERWISE = {"dlogprobs": "-one_hot(y, V) / n"}


@dataclass(frozen=True)
class Problem:
    """One gradient to find: number 0 to 25 in the lecture's order."""

    number: int

    @property
    def line(self) -> Line:
        """How the lecture finds it."""
        return BACKWARD[self.number]

    @property
    def name(self) -> str:
        """What is asked for: `dprobs`."""
        return self.line.name

    @property
    def at(self) -> str:
        """What it is the gradient of: `probs`."""
        return self.line.at

    @property
    def forward(self) -> Line | None:
        """The line that computes the value; None for a parameter."""
        return next((line for line in FORWARD if line.name == self.at), None)

    @property
    def uses(self) -> tuple[Line, ...]:
        """The lines that use the value forward: each sends a gradient back."""
        return tuple(line for line in FORWARD if self.at in line.needs)

    @property
    def found(self) -> tuple[str, ...]:
        """The gradients that are known by now."""
        return tuple(line.name for line in BACKWARD[: self.number])

    @property
    def allowed(self) -> tuple[str, ...]:
        """All names that may be used: every value, the batch, its size n, the vocabulary's V, and what is found."""
        return (*KNOWN, *self.found)

    @property
    def coming(self) -> tuple[str, ...]:
        """The gradients that come back to the value, one for each use."""
        return tuple(f"d{line.name}" for line in self.uses if line.name != "loss")

    @property
    def solution(self) -> str:
        """One right answer, as the lecture writes it."""
        return WRITTEN_OTHERWISE.get(self.name, self.line.code)

    @cached_property
    def tree(self) -> Expression:
        """The same, read."""
        return parse(self.solution)


PROBLEMS = tuple(Problem(number) for number in range(len(BACKWARD)))
