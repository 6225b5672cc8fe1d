"""The seam of all diagnostics: measure a step, judge the reading. Drawing is the charts' part."""

from abc import ABC, abstractmethod
from typing import Any, ClassVar, Generic, TypeVar

from makemore_core.diagnostics.reading import Reading, Verdict
from makemore_core.diagnostics.step import Step

R = TypeVar("R", bound=Reading)


class Diagnostic(ABC, Generic[R]):
    """One measurement. `title` heads its panel, `about` says in the lecture's voice what one sees.

    `absent` is said in its place where the model has nothing of the kind.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    about: ClassVar[str]
    source: ClassVar[str]
    absent: ClassVar[str] = ""

    @abstractmethod
    def measure(self, step: Step) -> R:
        """Numbers of this step, copied out of the tensors."""

    def verdict(self, reading: R) -> Verdict | None:
        """What the reading says about the net's health, and what to do; None where nothing can be said."""
        return max(self.verdicts(reading).values(), key=lambda verdict: verdict.level, default=None)

    def verdicts(self, reading: R) -> dict[str, Verdict]:
        """The same for each layer or weight matrix by itself, under its name; empty where they are not judged."""
        return {}


AnyDiagnostic = Diagnostic[Any]
