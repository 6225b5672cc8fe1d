"""Names for runs: easy to say, and never twice."""

from random import Random

from makemore_core.training.names import ADJECTIVES, ANIMALS, NAME_RULE, speaking_name


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
