"""Two models side by side: each character once, whoever knows it."""

import numpy as np
import pytest

from makemore_core.inspection.side_by_side import parting, side_by_side
from makemore_core.vocabulary import vocabulary_of


def test_each_character_has_the_probability_of_its_own_model() -> None:
    first, second = vocabulary_of(("ab",)), vocabulary_of(("bé",))
    both = side_by_side(first, np.array([0.5, 0.3, 0.2], "f"), second, np.array([0.1, 0.6, 0.3], "f"))
    assert both.labels == (".", "a", "b", "é")
    assert both.first == pytest.approx([0.5, 0.3, 0.2, 0])
    assert both.second == pytest.approx([0.1, 0, 0.6, 0.3])
    assert (both.only_first, both.only_second) == (("a",), ("é",))
    assert both.shared == pytest.approx(0.1 + 0.2)


def test_a_boundary_stays_one_where_the_other_has_it_as_a_letter() -> None:
    first, second = vocabulary_of(("ab",)), vocabulary_of(("a.b",))
    assert (first.boundary, second.boundary) == (".", "|")
    both = side_by_side(first, np.array([1, 0, 0], "f"), second, np.array([0.25, 0.75, 0, 0], "f"))
    assert both.first[0] == 1
    assert both.second[0] == 0.25
    assert both.second[1:].tolist() == [0.75, 0, 0]
    assert both.only_second == (".",)


def test_a_model_agrees_with_itself_altogether() -> None:
    vocabulary, p = vocabulary_of(("abc",)), np.array([0.1, 0.2, 0.3, 0.4], "f")
    both = side_by_side(vocabulary, p, vocabulary, p)
    assert both.shared == pytest.approx(1)
    assert (both.only_first, both.only_second) == ((), ())


@pytest.mark.parametrize(
    ("first", "second", "common"), [("emma", "emily", 2), ("em", "emma", 2), ("a", "b", 0), ("ava", "ava", 3)]
)
def test_names_part_after_what_they_share(first: str, second: str, common: int) -> None:
    assert parting(first, second) == common
