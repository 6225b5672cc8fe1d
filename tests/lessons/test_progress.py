"""Progress is kept for each person through restarts, only grows, and two tabs do not undo each other's."""

from contextlib import closing

import pytest

from makemore_core.access import AccessError, Actor, Mode, key_of
from makemore_core.lessons.desk import LearningDesk
from makemore_core.training.desk import Rules
from makemore_core.training.manager import RunManager
from makemore_core.training.store import RunStore

ANA, BEN = Actor(key_of("a"), "Ana"), Actor(key_of("b"), "Ben")


def test_what_was_done_is_there_after_a_restart(store: RunStore) -> None:
    store.learning.keep("ana", "lecture1", "pair")
    store.learning.keep("ana", "lecture1", "same-table", "Val is 2.4537.")
    store.close()
    with closing(RunStore(store.path)) as later:
        assert later.learning.of("ana") == {("lecture1", "pair"): "", ("lecture1", "same-table"): "Val is 2.4537."}


def test_two_tabs_add_up_and_the_first_measurement_stays(store: RunStore) -> None:
    with closing(RunStore(store.path)) as other:
        store.learning.keep("", "lecture1", "pair", "first")
        other.learning.keep("", "lecture1", "pair", "second")
        other.learning.keep("", "lecture2", "play")
        assert store.learning.of("") == {("lecture1", "pair"): "first", ("lecture2", "play"): ""}


def test_in_a_class_each_has_their_own(manager: RunManager) -> None:
    ana, ben = (LearningDesk(manager, Rules(Mode.CLASSROOM), actor) for actor in (ANA, BEN))
    ana.keep("lecture1", "pair")
    assert ana.done() == {("lecture1", "pair"): ""}
    assert ben.done() == {}


@pytest.mark.parametrize(
    ("rules", "actor"),
    [(Rules(Mode.CLASSROOM), Actor(key_of("c"))), (Rules(Mode.LOCAL, lambda: "Another one writes."), Actor())],
)
def test_nobody_unnamed_in_a_class_and_nobody_beside_another_server_writes(
    manager: RunManager, rules: Rules, actor: Actor
) -> None:
    desk = LearningDesk(manager, rules, actor)
    with pytest.raises(AccessError, match="keep your progress"):
        desk.keep("lecture1", "pair")
    assert desk.done() == {}
