"""What is wrong with a preset that is broken on purpose: where one sees it, which diagnostic says it, what cures it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from makemore_core.config import RunConfig
from makemore_core.datasets import DataConfig
from makemore_core.diagnostics import DIAGNOSTICS
from makemore_core.diagnostics.reading import Reading, Verdict
from makemore_core.knobs import Value
from makemore_core.lint.checks import SICK
from makemore_core.lint.verdicts import OF_THE_SPLIT, split_verdicts


@dataclass(frozen=True)
class Sickness:
    """A fault with its symptoms (by panel), its diagnosis, and its cure.

    `diagnostic` is a name of DIAGNOSTICS or of lint's checks of a split; it has seen the fault where its verdict holds
    `words`, at the latest after `shows_at` steps.
    """

    question: str
    symptoms: Mapping[str, str]
    diagnostic: str
    words: str
    cure: Mapping[str, Value]
    why: str
    shows_at: int = 0

    def diagnosis(self, readings: Mapping[str, Reading], data: DataConfig) -> Verdict | None:
        """What the diagnostic says of these readings, where that is this fault."""
        verdicts = split_verdicts(data) if self.diagnostic in OF_THE_SPLIT else _overall(self.diagnostic, readings)
        verdict = verdicts.get(self.diagnostic)
        return verdict if verdict and verdict.level == SICK and self.words in verdict.text else None

    def last_seen(
        self, observed: Iterable[tuple[int, Mapping[str, Reading]]], data: DataConfig
    ) -> tuple[int, Verdict] | None:
        """The last step with the fault among steps with their readings, and its verdict; None if it never showed."""
        seen = ((step, self.diagnosis(readings, data)) for step, readings in reversed([*observed]))
        return next(((step, verdict) for step, verdict in seen if verdict), None)

    def is_cured_in(self, config: RunConfig) -> bool:
        """Whether a run has the settings that cure."""
        settings = config.settings()
        return all(settings.get(path) == value for path, value in self.cure.items())


def _overall(name: str, readings: Mapping[str, Reading]) -> dict[str, Verdict]:
    verdict = DIAGNOSTICS[name].verdict(readings[name]) if name in readings else None
    return {name: verdict} if verdict else {}
