"""Families of runs: who was forked from whom, and no line of the tree crosses another."""

from hypothesis import given
from hypothesis import strategies as st

from makemore_core.comparison.family import Member, families, family_of
from makemore_core.training.recorder import Progress, RunState
from makemore_core.training.rows import RunRow


def row(run: str, parent: str = "", step: int | None = None, steps: int = 100, created: float = 0) -> RunRow:
    progress = Progress(RunState.FINISHED, step=steps)
    return RunRow(run, "", {}, {}, 1, progress, created, created, parent=parent, parent_step=step, number=1)


def test_runs_without_forks_are_no_family() -> None:
    assert families([row("a"), row("b")], {}) == []
    assert family_of("a", []) == ()


def test_a_family_stands_depth_first_the_latest_fork_nearest() -> None:
    rows = [row("a"), row("early", "a", 10), row("late", "a", 60), row("child", "early", 30, 200), row("alone")]
    (family,) = families(rows, {"late": "learning rate 0.1 → 0.05"})
    assert [(m.run, m.depth, m.lane, m.first, m.last) for m in family] == [
        ("a", 0, 0, 0, 100), ("late", 1, 1, 60, 100), ("early", 1, 2, 10, 100), ("child", 2, 3, 30, 200),
    ]  # fmt: skip
    assert family[1].changed == "learning rate 0.1 → 0.05"


def test_a_parent_that_was_deleted_keeps_its_place() -> None:
    (family,) = families([row("b", "gone", 40), row("c", "gone", 70)], {})
    assert [(m.title, m.first, m.last, m.color) for m in family[:1]] == [("gone, deleted", 0, 70, "")]
    assert [m.run for m in family[1:]] == ["c", "b"]


def test_the_family_of_a_run_is_found_and_the_newest_stands_first() -> None:
    rows = [row("a"), row("b", "a", 1, created=5), row("x"), row("y", "x", 1, created=9)]
    found = families(rows, {})
    assert [family[0].run for family in found] == ["x", "a"]
    assert family_of("b", found)[0].run == "a"
    assert family_of("nobody", found)[0].run == "x"


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 99)), max_size=10))
def test_no_line_crosses_another(forks: list[tuple[int, int]]) -> None:
    rows = [row("0")]
    for i, (parent, step) in enumerate(forks, 1):
        of = rows[parent % i]
        rows.append(row(str(i), of.id, min(99, (of.parent_step or 0) + step)))
    for family in families(rows, {}):
        assert sorted(m.lane for m in family) == list(range(len(rows)))
        lanes = {m.run: m for m in family}
        for member in family[1:]:
            assert not any(crosses(member, lanes[member.parent].lane, other) for other in family)


def crosses(fork: Member, parent_lane: int, other: Member) -> bool:
    """Whether the line down to a fork meets that of another between."""
    return parent_lane < other.lane < fork.lane and other.first < fork.first < other.last
