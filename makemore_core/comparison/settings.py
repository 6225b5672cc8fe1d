"""The settings of many runs as they are now, in which of them they differ, and groups of runs that share some."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from sys import intern

from makemore_core.config import CHOICES, RunConfig, flattened
from makemore_core.knobs import Value
from makemore_core.training.rows import RunRow

Settings = Mapping[str, Value]
SEED = "seed"
BY_EACH, BY_THE_REST = "", "all but the seed"  # ways to group besides the path of a setting
NOTHING: Settings = {}
NO_LOSS = ("sampling.", "threads", "device")  # settings that turn no loss, or how these paths begin


class SettingsOfRuns:
    """The settings that runs have now. What a run began with never changes and is read once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, float], tuple[Settings, Settings]] = {}  # what was changed, and what holds now
        self._asked: tuple[list[Settings], list[str]] = [], []

    def now(self, rows: Sequence[RunRow], changed: Mapping[str, Settings]) -> dict[str, Settings]:
        """By run and by path; `changed` has what was changed on the way of those runs where something was."""
        return {row.id: self._of(row, changed.get(row.id, NOTHING)) for row in rows}

    def _of(self, row: RunRow, changed: Settings) -> Settings:
        key = row.id, row.created
        known = self._known.get(key)
        if known is None or known[0] != changed:
            known = self._known[key] = changed, _after(settings_at_start(row), changed)
        return known[1]

    def differing(self, settings: Sequence[Settings]) -> list[str]:
        """As the function of that name; asked again of the same that now() gave, it remembers."""
        asked, differ = self._asked
        if len(asked) != len(settings) or any(a is not b for a, b in zip(asked, settings, strict=True)):
            differ = differing(settings)
            self._asked = list(settings), differ
        return differ


def settings_at_start(row: RunRow) -> Settings:
    """Every setting that a run began with, by its path.

    An older run says nothing of knobs that came later: it had what is their default.
    """
    began = {intern(path): value for path, value in flattened(row.config)}
    choices = tuple(str(began.get(part, "")) for part in CHOICES)
    return {**_defaults(choices), **began}


def _after(settings: Settings, changed: Settings) -> Settings:
    """What holds now. A fork's other optimizer or schedule leaves nothing of the one before it."""
    now = {**settings, **changed}
    parts = tuple(part for part in CHOICES if part in changed)
    if not parts:
        return now
    there = _defaults(tuple(str(now.get(part, "")) for part in CHOICES))
    return {path: value for path, value in now.items() if path in there or path.partition(".")[0] not in parts}


@lru_cache(maxsize=256)
def _defaults(choices: tuple[str, ...]) -> dict[str, Value]:
    """What these choices of model, optimizer and schedule bring along; an empty one is the usual one."""
    return RunConfig().with_values({part: name for part, name in zip(CHOICES, choices, strict=True) if name}).settings()


def differing(settings: Iterable[Settings]) -> list[str]:
    """The paths at which runs have different values, in the order of a config.

    A setting that only some models have is no difference of its own: the model is.
    """
    first: dict[str, Value] = {}
    differ: set[str] = set()
    for each in settings:
        for path, value in each.items():
            if first.setdefault(path, value) != value:
                differ.add(path)
    return sorted(differ, key=lambda path: (path not in CHOICES, list(first).index(path)))


@dataclass(frozen=True)
class Group:
    """Runs, by id, that have the same values of some settings."""

    runs: tuple[str, ...]
    shared: Settings  # those of them that tell it from the other groups


def grouped(runs: Mapping[str, Settings], by: str) -> list[Group]:
    """Runs with the same value at a path; or with BY_THE_REST, those that differ in nothing but the seed.

    Groups stand in the order of their first runs; BY_EACH leaves each run alone.
    """
    if by == BY_EACH:
        return [Group((run,), {}) for run in runs]
    found: dict[object, list[str]] = {}
    for run, settings in runs.items():
        found.setdefault(_key(by)(settings), []).append(run)
    firsts = [runs[ids[0]] for ids in found.values()]
    paths = telling(firsts) if by == BY_THE_REST else [by]
    return [Group(tuple(ids), {p: runs[ids[0]][p] for p in paths if p in runs[ids[0]]}) for ids in found.values()]


def telling(settings: Sequence[Settings]) -> list[str]:
    """A few of the paths that tell these from each other: each of them tells apart what those before it do not."""
    paths: list[str] = []
    known = 1
    for path in differing(settings):
        kinds = len({tuple(map(each.get, [*paths, path])) for each in settings})
        if kinds > known and _counts(path):
            known, paths = kinds, [*paths, path]
    return paths


def _key(by: str) -> Callable[[Settings], object]:
    if by != BY_THE_REST:
        return lambda settings: settings.get(by)
    return lambda settings: tuple(sorted(item for item in settings.items() if _counts(item[0])))


def _counts(path: str) -> bool:
    return path != SEED and not path.startswith(NO_LOSS)


@dataclass(frozen=True)
class Difference:
    """One setting of several runs: its values, None where a run has no such setting, and which are not the first's."""

    path: str
    values: tuple[Value | None, ...]
    changed: tuple[bool, ...]


def differences(settings: Sequence[Settings], also_alike: bool = False) -> list[Difference]:
    """The settings in which runs differ: choices first, then what all of them have, then what only some do."""
    paths = list(dict.fromkeys(path for each in settings for path in each))
    rows = [_difference(path, settings) for path in paths]
    shown = [row for row in rows if also_alike or any(row.changed)]
    return sorted(shown, key=lambda row: (row.path not in CHOICES, None in row.values))


def _difference(path: str, settings: Sequence[Settings]) -> Difference:
    values = tuple(each.get(path) for each in settings)
    return Difference(path, values, tuple(value != values[0] for value in values))
