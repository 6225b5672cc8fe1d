"""Lines of expressions: their leaves and first values, how values are typed, and one sentence for what is wrong."""

import numpy as np
import pytest

from makemore_core.errors import InputError
from makemore_core.expressions.examples import EXAMPLES
from makemore_core.expressions.programs import LineError, first_values, read, text_of, value_of


def test_leaves_are_what_no_line_before_has_given() -> None:
    program = read("n = x*w + b\n\no = tanh(n) + n")
    assert program.leaves == ("x", "w", "b")
    assert program.output == "o"
    assert read("a == b").output == "out"  # a comparison, and no name


def test_a_name_may_be_used_before_it_is_given_anew() -> None:
    assert read("c = c + 1\nc = c * c").leaves == ("c",)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Nothing is typed yet"),
        ("a +", "ends too early"),
        ("a = b\nc = (a", r"Line 2: A `\)` is missing"),
        ("2 + 3", "use a name"),
        ("\n".join(["a = a + 1"] * 41), "At most 40 lines"),
        (" + ".join(f"x{i}" for i in range(25)), "At most 24 names"),
        ("a.__class__", "no function `__class__`"),
        ("import os", "cannot stand here"),
        ("a[0]", "Indexing is no part"),
    ],
)
def test_what_is_no_program_gets_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence) as caught:
        read(text)
    assert "\n" not in str(caught.value)


def test_a_mistake_is_pointed_at() -> None:
    with pytest.raises(LineError) as caught:
        read("a = b * tanf(c)")
    line, carets = caught.value.picture.splitlines()
    assert line[carets.index("^") :].startswith("tanf")


def test_new_names_begin_with_numbers_and_capitals_with_tables() -> None:
    values = first_values(read("(X @ w + b).sum()"))
    assert {name: value.shape for name, value in values.items()} == {"X": (2, 2), "w": (2, 2), "b": ()}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.5", 1.5),
        (" -2e-3 ", -0.002),
        ("1 2 3", [1, 2, 3]),
        ("1, 2; 3, 4", [[1, 2], [3, 4]]),
        ("1; 2", [[1], [2]]),
        ("[1 2;]", [[1, 2]]),
    ],
)
def test_a_value_is_read_as_it_is_typed_and_written_again(text: str, value: object) -> None:
    read_value = value_of(text)
    np.testing.assert_array_equal(read_value, np.array(value))
    np.testing.assert_array_equal(value_of(text_of(read_value)), read_value)


@pytest.mark.parametrize("text", ["", "one", "1 2; 3", "nan", "1e999", ";", "1 " * 401, "1__2 a", "<b>"])
def test_what_is_no_value_gets_a_sentence(text: str) -> None:
    with pytest.raises(InputError):
        value_of(text)


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_examples_values_are_those_of_its_leaves(name: str) -> None:
    example = EXAMPLES[name]
    assert set(example.typed) == set(read(example.text).leaves)
    assert set(example.held) <= set(example.typed)
