"""The teacher's key: who has it is the teacher in that browser, and guessing comes to an end."""

import pytest

from makemore_core.access import key_of
from makemore_core.errors import InputError
from makemore_core.teacher import MOST_WRONG, TEACHER, Teacher

KEY = "a-teachers-own-key"


@pytest.fixture
def teacher() -> Teacher:
    return Teacher({TEACHER: key_of(KEY)})


def test_the_key_makes_one_browser_the_teachers(teacher: Teacher) -> None:
    teacher.enter(f" {KEY}\n", "browser")
    assert teacher.sits_before("browser")
    assert not teacher.sits_before("another")
    assert not teacher.sits_before("")
    teacher.leave("browser")
    assert not teacher.sits_before("browser")


@pytest.mark.parametrize("key", ["", KEY[:-1], KEY.upper(), key_of(KEY), "ключ", "\ud800"])
def test_another_key_does_not(key: str, teacher: Teacher) -> None:
    with pytest.raises(InputError, match="not the teacher's key"):
        teacher.enter(key, "browser")
    assert not teacher.sits_before("browser")


def test_without_a_key_there_is_no_teacher() -> None:
    for key in ("", KEY):
        with pytest.raises(InputError):
            Teacher({}).enter(key, "browser")


def test_tries_are_limited(teacher: Teacher) -> None:
    for i in range(MOST_WRONG):
        with pytest.raises(InputError, match="not the teacher's key"):
            teacher.enter(f"guess {i}", f"browser {i}")
    with pytest.raises(InputError, match="try again in"):
        teacher.enter(KEY, "browser")
