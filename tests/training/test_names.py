"""Names for runs: easy to say, and never twice."""

from random import Random

import pytest

from makemore_core.errors import InputError
from makemore_core.training.names import ADJECTIVES, ANIMALS, NAME_RULE, clean_tags, new_name, speaking_name


def test_a_name_is_an_adjective_and_an_animal() -> None:
    adjective, animal = speaking_name(Random(1), set()).split("-")
    assert adjective in ADJECTIVES.split()
    assert animal in ANIMALS.split()


def test_every_name_keeps_the_rule_for_names() -> None:
    assert all(NAME_RULE.fullmatch(f"{a}-{b}-999") for a in ADJECTIVES.split() for b in ANIMALS.split())


def test_a_taken_name_gets_a_number() -> None:
    first = speaking_name(Random(1), set())
    assert speaking_name(Random(1), {first}) == f"{first}-2"
    assert speaking_name(Random(1), {first, f"{first}-2"}) == f"{first}-3"


@pytest.mark.parametrize(
    "name",
    ["../x", "..", "a/b", "a\0b", "x" * 300, "=cmd()", "-x", "A", "a b", "a\n", "<b>", "имя", "٣", "\ud800", "a.b"],
)
def test_what_is_no_name_is_refused_with_the_rule(name: str) -> None:
    with pytest.raises(InputError, match="1 to 40 letters a-z, digits and hyphens"):
        new_name(name, set())


def test_a_tag_is_any_text_but_half_a_character() -> None:
    assert clean_tags(["=cmd()", " <b>  x </b>"]) == ["<b> x </b>", "=cmd()"]
    with pytest.raises(InputError, match="A tag is not UTF-8 text"):
        clean_tags(["\ud800"])
