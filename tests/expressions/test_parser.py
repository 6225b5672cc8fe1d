"""What can be typed, in the lecture's spelling and in numpy's, and what is refused, with the place."""

import pytest
from hypothesis import given

from makemore_core.expressions import Call, Expression, ExpressionError, Name, Number, names, parse
from makemore_core.expressions.reader import DEEPEST, MOST_PARTS
from makemore_core.expressions.tokens import MOST_CHARACTERS
from tests.expressions.trees import trees


@given(trees)
def test_a_printed_tree_reads_as_itself(tree: Expression) -> None:
    assert parse(str(tree)) == tree


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("x.sum(1, keepdim=True)", "sum(x, 1, keepdim=True)"),
        ("x.sum(1, keepdim=True)", "x.sum(axis=1, keepdims=True)"),
        ("x.sum(1, keepdim=True)", "torch.sum(x, dim=1, keepdim=True)"),
        ("x.sum(1, keepdim=True)", "np.sum( x,1,True )"),
        ("x.mean()", "mean(x)"),
        ("x.exp()", "torch.exp(x)"),
        ("x.T", "x.t()"),
        ("x.view(-1, 3)", "x.reshape((-1, 3))"),
        ("len(x)", "x.shape[0]"),
        ("x.size()", "x.shape"),
        ("x.size(1)", "x.shape[1]"),
        ("one_hot(y, 27)", "torch.nn.functional.one_hot(y, num_classes=27)"),
        ("one_hot(y, 27)", "F.one_hot(y, 27)"),
        ("x.max(1).indices", "x.argmax(1)"),
        ("x.max(1, keepdim=True).values", "x.max(1, keepdim=True)"),
        ("-a**2", "-(a**2)"),
        ("a**b**c", "a**(b**c)"),
        ("a - b - c", "(a - b) - c"),
        ("a / b @ c", "(a / b) @ c"),
        ("2*a**-1", "2*(a**(-1))"),
        ("a + b < c * d", "(a + b) < (c * d)"),
        ("+a", "a"),
        ("1_000e-1", "100."),
        (".5", "5E-1"),
        ("index_add(a, 0, i, s)", "a.index_add(0, i, s)"),
    ],
)
def test_two_spellings_of_one_tree(text: str, same: str) -> None:
    assert parse(text) == parse(same)


def test_a_tree_is_numbers_names_and_calls() -> None:
    tree = parse("-1/n * (1 - h**2).sum(0)")
    assert isinstance(tree, Call)
    assert tree.operands[0] == Call("div", (Call("neg", (Number(1.0),)), Name("n")))
    assert names(tree) == ("n", "h")


@pytest.mark.parametrize(
    ("text", "says", "at"),
    [
        ("", "Nothing is typed", 0),
        ("a b", "`b` cannot stand here", 2),
        ("a +", "ends too early", 3),
        ("(a", "A `)` is missing", 2),
        ("a)", "`)` cannot stand here", 1),
        ("a ^ 2", "type **", 2),
        ("a − b", "type -", 2),
        ("a.exp", "called with parentheses: .exp()", 2),
        ("a.smu(0)", "did you mean `sum`?", 2),
        ("sofmax(a)", "There is no function", 0),
        ("a[0]", "Indexing", 1),
        ("a = b", "to the right of =", 2),
        ("1 < a < 2", "takes two values", 6),
        ("a.sum(axis=b)", "`axis` is a whole number", 6),
        ("a.sum(keepdim=1)", "`keepdims` is True or False", 6),
        ("a.sum(depth=1)", "cannot take depth=", 6),
        ("a.sum(0, axis=1)", "True or False", 6),
        ("a.exp(2)", "no more", 6),
        ("where(a, b)", "b is missing", 0),
        ("exp((a, b))", "A list stands only", 4),
        ("(a, b)", "A list stands only", 2),
        ("a(b)", "There is no function", 0),
        ("(a)(b)", "write * for a product", 3),
        ("1e999", "too large", 0),
        ("a.T.(b)", "After a dot", 4),
        ("lambda x", "lambda is no part", 0),
        ("a if b else c", "where(condition, a, b)", 2),
        ("a.__class__", "There is no function `__class__`", 2),
        ("é + 1", "no part of an expression", 0),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, says: str, at: int) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert says in str(caught.value)
    assert caught.value.start == at
    line, carets = caught.value.picture(text).split("\n")
    assert line.rstrip() == text.rstrip()
    assert carets.index("^") == at


def test_a_long_text_is_shown_around_the_place() -> None:
    text = "a + " * 60 + "? + a"
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    line, carets = caught.value.picture(text).split("\n")
    assert len(line) <= 60
    assert line[carets.index("^")] == "?"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a" * (MOST_CHARACTERS + 1), "at most 1000 characters"),
        ("(" * (DEEPEST + 1) + "a" + ")" * (DEEPEST + 1), "At most 30"),
        ("-" * (DEEPEST + 1) + "a", "At most 30"),
        ("+".join("a" * MOST_PARTS), "at most 150 parts"),
        ("2" + "**2" * (DEEPEST + 1), "At most 30"),
    ],
)
def test_an_expression_has_bounds(text: str, says: str) -> None:
    with pytest.raises(ExpressionError, match=says):
        parse(text)
    assert parse("(" * DEEPEST + "a" + ")" * DEEPEST) == Name("a")
