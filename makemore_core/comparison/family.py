"""Runs that were forked from each other, as a tree over the steps: who branches off whom, where, and with what."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from makemore_core.comparison.looks import color_of
from makemore_core.training.rows import RunRow


@dataclass(frozen=True)
class Member:
    """A run in its family: a line from the step after which it began to its last one, in a lane of its own."""

    run: str
    title: str
    parent: str
    first: int  # 0 of the eldest
    last: int
    lane: int
    depth: int
    changed: str  # against its parent, in words
    color: str = ""  # none of one that was deleted
    best_val: float | None = None


def families(rows: Iterable[RunRow], changed: Mapping[str, str]) -> list[tuple[Member, ...]]:
    """All runs that have a fork or are one, the family with the newest run first; each in the order of its lanes.

    `changed` says by run what a fork changed. A parent that was deleted stands as long as its forks say where it was.
    """
    here = {row.id: row for row in rows}
    forks: dict[str, list[RunRow]] = {}
    for row in here.values():
        if row.parent:
            forks.setdefault(row.parent, []).append(row)
    eldest = [run for run in forks if run not in here or not here[run].parent]
    found = [_members(run, here, forks, changed) for run in eldest]
    return sorted(found, key=lambda family: max(here[m.run].created for m in family if m.run in here), reverse=True)


def family_of(run: str, among: Sequence[tuple[Member, ...]]) -> tuple[Member, ...]:
    """The family of a run; of none the first, and nothing where there is no family at all."""
    return next((family for family in among if any(member.run == run for member in family)), among[0] if among else ())


def _members(
    eldest: str, here: Mapping[str, RunRow], forks: Mapping[str, Sequence[RunRow]], changed: Mapping[str, str]
) -> tuple[Member, ...]:
    """Depth first, the latest fork nearest to its parent: so no line crosses another."""
    members: list[Member] = []
    waiting = [(eldest, 0)]
    while waiting:
        run, depth = waiting.pop()
        own = sorted(forks.get(run, ()), key=lambda fork: (fork.parent_step or 0, -fork.created))
        known = max([0, *((fork.parent_step or 0) for fork in own)])  # of one that was deleted
        place = len(members), depth, changed.get(run, "")
        row = here.get(run)
        if row:
            steps = row.parent_step or 0, max(known, row.progress.step)
            members.append(Member(run, row.title, row.parent, *steps, *place, color_of(row), row.best_val))
        else:
            members.append(Member(run, f"{run}, deleted", "", 0, known, *place))
        waiting += [(fork.id, depth + 1) for fork in own]
    return tuple(members)
