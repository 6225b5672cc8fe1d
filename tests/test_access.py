"""Who may do what: one table over every mode, person, owner and action; and what people call themselves."""

from itertools import product

import pytest

from makemore_core.access import (
    BEGINNINGS,
    LONGEST_NAME,
    AccessError,
    Action,
    Actor,
    Mode,
    authorize,
    chosen_mode,
    clean_name,
    key_of,
    name_of,
)
from makemore_core.errors import InputError

ANA, BEN = Actor(key_of("a"), "Ana"), Actor(key_of("b"), "Ben")
PEOPLE = {
    "nobody": Actor(),
    "unnamed": Actor(key_of("u")),
    "ana": ANA,
    "ben": BEN,
    "teacher": Actor(key_of("t"), "", is_teacher=True),
}
OWNERS = {"nobody": "", "ana": ANA.as_owner, "ben": BEN.as_owner}
CLASS = {  # whose things somebody may change in a class
    "nobody": (),
    "unnamed": (),
    "ana": ("ana",),
    "ben": ("ben",),
    "teacher": ("nobody", "ana", "ben"),
}


@pytest.mark.parametrize("action", Action)
def test_every_right(action: Action) -> None:
    for mode, who, whose in product(Mode, PEOPLE, OWNERS):
        begins = action in BEGINNINGS and who in ("ana", "ben")
        expected = mode == Mode.LOCAL or begins or whose in CLASS[who]
        assert is_allowed(mode, PEOPLE[who], action, OWNERS[whose]) == expected, (mode, who, whose)


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("who", PEOPLE)
def test_beside_another_server_nobody_changes_anything(who: str, action: Action) -> None:
    with pytest.raises(AccessError, match=rf"Another one writes\. To {action}, end that one first\."):
        authorize(Mode.LOCAL, PEOPLE[who], action, ANA.as_owner, "Another one writes.")


def test_a_refusal_says_who_may_and_what_to_do() -> None:
    sentences = {
        Action.STOP: "Only Ana or the teacher may stop this run; fork it to go on with it as your own.",
        Action.DELETE_SWEEP: "Only Ana or the teacher may delete this sweep; begin one of your own.",
    }
    for action, sentence in sentences.items():
        with pytest.raises(AccessError) as refusal:
            authorize(Mode.CLASSROOM, BEN, action, ANA.as_owner)
        assert str(refusal.value) == sentence


def test_who_shares_a_name_shares_no_right() -> None:
    assert not is_allowed(Mode.CLASSROOM, Actor(key_of("another"), "Ana"), Action.STOP, ANA.as_owner)
    assert is_allowed(Mode.CLASSROOM, Actor(ANA.key, "Anna now"), Action.STOP, ANA.as_owner)


def test_an_owner_is_known_by_a_digest_and_called_by_a_name() -> None:
    actor = Actor(key_of("secret"), "Ana María <b>")
    assert name_of(actor.as_owner) == "Ana María <b>"
    assert "secret" not in actor.as_owner
    assert name_of(Actor().as_owner) == ""


@pytest.mark.parametrize(
    ("said", "name"), [(" Ana ", "Ana"), ("A\tB\nC", "A B C"), ("a\u202eb\x00c\ud800", "a b c"), ("李 小龙", "李 小龙")]
)
def test_a_name_keeps_what_can_be_seen(said: str, name: str) -> None:
    assert clean_name(said) == name


@pytest.mark.parametrize("said", ["", " \t", "\u202e", "a" * (LONGEST_NAME + 1), "x" * 1_000_000])
def test_what_is_no_name_is_refused(said: str) -> None:
    with pytest.raises(InputError, match="1 to 40 characters"):
        clean_name(said)


def test_a_mode_is_chosen_by_its_name() -> None:
    assert chosen_mode({}) is None
    assert chosen_mode({"MAKEMORE_MODE": "classroom"}) == Mode.CLASSROOM
    with pytest.raises(InputError, match="Unknown mode 'open'; choose one of: local, classroom"):
        chosen_mode({"MAKEMORE_MODE": "open"})


def is_allowed(mode: Mode, actor: Actor, action: Action, owner: str) -> bool:
    try:
        authorize(mode, actor, action, owner)
    except AccessError:
        return False
    return True
