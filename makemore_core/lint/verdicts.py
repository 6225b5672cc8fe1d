"""What lint says of a split, as a verdict beside those on the net: the faults that spoil what a run's losses mean."""

from functools import lru_cache

from makemore_core.datasets import DataConfig
from makemore_core.diagnostics.reading import Verdict
from makemore_core.lint.checks import LINTS, SICK
from makemore_core.lint.material import material_of

OF_THE_SPLIT = ("order", "leaks")


def split_verdicts(how: DataConfig) -> dict[str, Verdict]:
    """By check; empty where val can be trusted. InputError where the data cannot be read."""
    return _verdicts(how, how.load().sha256)


@lru_cache(maxsize=16)
def _verdicts(how: DataConfig, sha256: str) -> dict[str, Verdict]:
    """Remembered by what the data are: another data set may come to have the same name."""
    material = material_of(how)
    found = [finding for check in OF_THE_SPLIT if (finding := LINTS[check](material)) and finding.level == SICK]
    return {f.check: Verdict(f.level, " ".join((f.what, f.why, *_cures(f.turn)))) for f in found}


def _cures(turn: tuple[tuple[str, object], ...]) -> list[str]:
    return [f"Set {path} to {value}." for path, value in turn]
