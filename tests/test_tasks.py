"""Tasks: work beside the pages that tells how far it is, can be cancelled, and is done once for all who ask."""

from collections.abc import Iterator
from threading import Event

import pytest

from makemore_core.errors import InputError
from makemore_core.tasks import REMEMBERED, Report, Tasks, TaskState
from tests.conftest import wait_until


@pytest.fixture
def tasks() -> Iterator[Tasks]:
    tasks = Tasks()
    yield tasks
    tasks.close()


def until_cancelled(report: Report) -> None:
    while True:
        report(0.25, "a quarter")
        report.cancelled.wait(0.01)


def test_the_result_is_there_when_it_is_done(tasks: Tasks) -> None:
    task = tasks.begin("sum", lambda report: sum(range(10))).wait()
    assert (task.state, task.result, task.message) == (TaskState.DONE, 45, "")


def test_whoever_asks_again_gets_the_same_task(tasks: Tasks) -> None:
    begun: list[str] = []
    first = tasks.begin("same", lambda report: begun.append("first"))
    assert tasks.begin("same", lambda report: begun.append("second")) is first
    first.wait()
    assert tasks.begin("same", lambda report: begun.append("third")) is first
    assert begun == ["first"]


def test_it_tells_how_far_it_is_and_how_long_it_will_take(tasks: Tasks) -> None:
    told, go_on = Event(), Event()

    def half(report: Report) -> None:
        report(0.5, "half of it")
        told.set()
        go_on.wait()

    task = tasks.begin("half", half)
    told.wait()
    assert (task.report.share, task.report.words) == (0.5, "half of it")
    left = task.seconds_left
    assert left is not None
    assert left >= 0
    go_on.set()


def test_nothing_is_said_of_the_time_before_it_can_be_known(tasks: Tasks) -> None:
    go_on = Event()
    task = tasks.begin("silent", lambda report: go_on.wait())
    assert task.seconds_left is None
    go_on.set()


def test_a_cancelled_task_ends_and_can_be_begun_again(tasks: Tasks) -> None:
    task = tasks.begin("long", until_cancelled)
    task.cancel()
    assert task.wait(5).state == TaskState.CANCELLED
    assert tasks.begin("long", lambda report: "done now").wait().result == "done now"


def test_a_task_runs_as_long_as_somebody_waits_for_it(tasks: Tasks) -> None:
    task = tasks.begin("long", until_cancelled)
    for who in ("ana", "ben"):
        task.join(who)
    task.leave("ana")
    assert (task.goes_on_without("ana"), task.goes_on_without("ben"), task.is_awaited) == (True, False, True)
    assert not task.report.cancelled.is_set()
    task.join("ana")
    task.leave("ben")
    assert not task.report.cancelled.is_set()
    task.leave("ana")
    assert task.wait(5).state == TaskState.CANCELLED


def test_where_people_are_not_told_apart_whoever_leaves_ends_it(tasks: Tasks) -> None:
    task = tasks.begin("long", until_cancelled)
    task.join("")
    task.leave("")
    assert task.wait(5).state == TaskState.CANCELLED


def test_who_has_not_said_who_they_are_yet_neither_holds_nor_ends_a_task(tasks: Tasks) -> None:
    task = tasks.begin("long", until_cancelled)
    for who in ("", "ana"):
        task.join(who)
    task.leave("")
    assert not task.report.cancelled.is_set()
    task.join("")
    task.leave("ana")
    assert task.wait(5).state == TaskState.CANCELLED


def test_an_input_error_is_told_in_its_own_words(tasks: Tasks) -> None:
    def refuse(report: Report) -> None:
        raise InputError("That cannot be.")

    assert tasks.begin("refuse", refuse).wait().message == "That cannot be."


def test_any_other_error_is_told_with_its_kind(tasks: Tasks) -> None:
    task = tasks.begin("broken", lambda report: 1 / 0).wait()
    assert (task.state, task.message) == (TaskState.FAILED, "ZeroDivisionError: division by zero")


def test_those_that_ended_are_forgotten_in_their_order_and_those_that_run_are_not(tasks: Tasks) -> None:
    running = tasks.begin("running", until_cancelled)
    for i in range(REMEMBERED + 1):
        tasks.begin(i, lambda report: None).wait()
    tasks.begin("one more", lambda report: None).wait()
    assert tasks.find(0) is None
    assert tasks.find(REMEMBERED) is not None
    assert tasks.find("running") is running


def test_closing_ends_what_runs() -> None:
    tasks = Tasks()
    task = tasks.begin("long", until_cancelled)
    tasks.close()
    wait_until(lambda: task.state == TaskState.CANCELLED)
