"""The family tree: each line begins at its parent's, and whatever a run is called is text."""

from typing import Any, cast

from makemore_core.charts.family import NOTHING, family_figure
from makemore_core.comparison.family import Member

FAMILY = (
    Member("otter", "otter", "", 0, 200, 0, 0, "", "#2f78c4", 2.25),
    Member("lynx", "lynx", "otter", 50, 100, 1, 1, "dataset a → <b>", "#c33300", 2.125),
)


def test_a_fork_branches_off_its_parent_at_its_step() -> None:
    traces = cast("tuple[Any, ...]", family_figure(FAMILY, "lynx").data)
    lines = [(trace.x, trace.y) for trace in traces if trace.mode == "lines"]
    assert lines == [((0, 200), (0, 0)), ((50, 50, 100), (0, 1, 1))]
    ends = [(trace.x, trace.text) for trace in traces if trace.mode == "markers+text"]
    assert ends == [((200,), (" 2.250",)), ((100,), (" 2.125",))]
    assert {name for trace in traces for name in trace.customdata} == {"otter", "lynx"}


def test_names_and_changes_are_no_markup() -> None:
    texts = [annotation.text for annotation in annotations(family_figure(FAMILY))]
    assert texts == ["otter", "lynx", "dataset a → &lt;b&gt;"]


def test_without_forks_it_says_how_to_make_one() -> None:
    assert annotations(family_figure(()))[0].text == NOTHING


def annotations(figure: Any) -> Any:
    return figure.layout.annotations
