"""Values against torch's own operators, and what is refused before it is computed."""

from typing import Any

import pytest
import torch
from hypothesis import given
from torch import Generator, Tensor
from torch.nn.functional import one_hot

from makemore_core.expressions import Expression, ExpressionError, evaluate, parse, torch_functions
from tests.expressions.trees import fitting

G = Generator().manual_seed(1)
VALUES: dict[str, Any] = {
    "a": torch.randn(4, 3, generator=G, dtype=torch.float64),
    "b": torch.randn(4, 3, generator=G, dtype=torch.float64),
    "row": torch.randn(3, generator=G, dtype=torch.float64),
    "y": torch.tensor([2, 0, 1, 2]),
    "n": 4.0,
}
IN_TORCH = {"where": torch.where, "one_hot": one_hot, "zeros_like": torch.zeros_like, "torch": torch}


def value(text: str) -> Tensor:
    return evaluate(parse(text), VALUES, torch_functions(torch.float64))


@given(fitting)
def test_values_equal_torchs(tree: Expression) -> None:
    in_torch = eval(str(tree), IN_TORCH, VALUES)
    torch.testing.assert_close(value(str(tree)), in_torch, rtol=1e-12, atol=0, equal_nan=True)


@pytest.mark.parametrize(
    "text",
    [
        "a.T @ b",
        "a.transpose(0, 1)",
        "a.view(-1, 2)",
        "a.view(2, -1, a.shape[1])",
        "a.flatten(0, 1)",
        "a.mean((0, 1))",
        "a.sum()",
        "a.unsqueeze(1) * b.unsqueeze(0)",
        "one_hot(y, 3) * a",
        "one_hot(y, 5).T @ y.float()[:, None]".replace("y.float()[:, None]", "a.sum(1).view(-1, 1)"),
        "a + row",
        "2.5**a",
        "1 - a",
        "where(a < 0, a, 0)",
        "zeros_like(a).index_add(0, y, b)",
        "-1 / n * a",
        "a.argmax(1)",
        "a.max(1, keepdim=True).values",
    ],
)
def test_spelled_as_in_torch_and_worth_the_same(text: str) -> None:
    plain = text.replace("one_hot(y, 3)", "one_hot(y, 3).double()").replace("one_hot(y, 5)", "one_hot(y, 5).double()")
    torch.testing.assert_close(value(text), eval(plain, IN_TORCH, VALUES), rtol=1e-12, atol=0, check_dtype=False)


def test_a_comparison_is_1_where_it_holds() -> None:
    assert torch.equal(value("1 - (a > 0)"), (VALUES["a"] <= 0).double())


def test_whole_numbers_can_be_computed_with() -> None:
    assert value("y.mean()").item() == 1.25
    assert value("y**-1 * 0 + y / 2").tolist()[0] == 1.0


def test_numbers_alone_are_a_number() -> None:
    assert value("1 / (len(a) - 1) + exp(0)") == pytest.approx(4 / 3)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("c + a", "`c` is not known here; choose of a, b, row, y, n"),
        ("a @ b", r"`@`: \(4, 3\) and \(4, 3\) do not fit, 3 columns meet 4 rows"),
        ("a + a.T", r"\(4, 3\) and \(3, 4\) cannot be broadcast"),
        ("a.sum(2)", "no axis 2"),
        ("a.view(5, -1)", "cannot become"),
        ("a.view(13)", "has 12 entries"),
        ("a.view(a)", "whole numbers or a shape"),
        ("a.view(2.5, -1)", "whole numbers"),
        ("row.T", "turns a matrix over"),
        ("one_hot(a, 3)", "cannot be computed of these values"),
        ("one_hot(y, 2)", "cannot be computed of these values"),
        ("one_hot(y, 0)", "at least 1"),
        ("a.shape", "A shape is no result"),
        ("a.shape + 1", "`add` takes a tensor"),
        ("len(3)", "has no axis 0"),
        ("sum(3)", "takes a tensor, but got 3"),
        ("9**9**9**9", "no finite number"),
        ("1 / 0", "no finite number"),
        ("(-8)**.5", "no finite number"),
        ("a * exp(1000)", "no finite number"),
        ("one_hot(y, 10**9)", "4,000,000,000 numbers"),
        ("a.view(-1, 1, 1) * a.view(1, -1, 1) * a.view(1, 1, -1) @ ones_like(one_hot(y, 10**6))", "numbers, and all"),
        ("one_hot(y, 500000).T @ one_hot(y, 500000)", "numbers, and all parts"),
        ("zeros_like(a).index_add(0, y, row)", "takes"),
        ("a.argmax((0, 1))", "one axis"),
    ],
)
def test_what_does_not_fit_is_said_before_it_is_computed(text: str, says: str) -> None:
    with pytest.raises(ExpressionError, match=says):
        value(text)
