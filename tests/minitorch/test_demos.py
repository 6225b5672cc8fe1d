"""Every operation has a picture and its words, and both say what the table computes."""

import numpy as np
import pytest

from makemore_core.expressions import evaluate, parse
from makemore_core.expressions.on_minitorch import MINITORCH_FUNCTIONS
from makemore_core.minitorch import OPS, Tensor, walk
from makemore_core.minitorch.demos import DEMOS, curve, example
from makemore_core.minitorch.derivatives import LOCAL, WHOLE, derivative
from makemore_core.minitorch.labels import LETTERS
from makemore_core.minitorch.tensor import apply

OPTIONS = {"pow": {"power": 3.0}}
FORMULAS = [name for name in LOCAL if "else" not in LOCAL[name][0] and name not in ("leaky_relu", "gelu")]


def test_each_operation_has_a_demo_and_words_for_each_input() -> None:
    assert list(DEMOS) == list(OPS)
    assert not set(LOCAL) & set(WHOLE)
    assert {name: len(texts) for name, texts in (LOCAL | WHOLE).items()} == {
        name: len(op.gradients) for name, op in OPS.items()
    }


@pytest.mark.parametrize("name", OPS)
def test_a_demo_shows_its_operation_and_finite_differences_agree(name: str) -> None:
    demo = DEMOS[name]
    assert name in {node.op for node in walk(demo.f(*map(Tensor, demo.inputs.values())))}
    assert demo.check() < 1e-6


@pytest.mark.parametrize("name", [name for name, demo in DEMOS.items() if demo.reach])
def test_a_curves_slope_is_its_rise(name: str) -> None:
    shown = curve(DEMOS[name])
    rise = np.diff(shown.y) / np.diff(shown.x)
    middle = (shown.slope[1:] + shown.slope[:-1]) / 2
    assert np.mean(np.abs(rise - middle) < 0.005) > 0.95  # all but a kink, or where it is steep


@pytest.mark.parametrize("name", [name for name, demo in DEMOS.items() if not demo.reach])
def test_an_examples_gradients_have_the_shapes_of_its_inputs(name: str) -> None:
    shown = example(DEMOS[name])
    assert {k: v.shape for k, v in shown.gradients.items()} == {k: v.shape for k, v in shown.inputs.items()}
    assert shown.g.shape == shown.out.shape


def test_what_is_stretched_gets_the_sum_of_its_copies() -> None:
    shown = example(DEMOS["add"])
    assert shown.g.tolist() == [[1, 2, 3], [4, 5, 6]]
    assert shown.gradients["b"].tolist() == [5, 7, 9]


@pytest.mark.parametrize("name", FORMULAS)
def test_the_words_are_the_gradient(name: str) -> None:
    letters = LETTERS.get(name, ("a", "b"))[: len(OPS[name].gradients)]
    inputs = {letter: Tensor(np.array([1.25, 0.5, 2.0]) + i) for i, letter in enumerate(letters)}
    options = OPTIONS.get(name, {})
    out = apply(name, *inputs.values(), **options)
    known = inputs | {"out": out} | {key: Tensor(value) for key, value in options.items()}
    for which in range(len(letters)):
        arrays = [tensor.data for tensor in inputs.values()]
        expected = np.broadcast_to(OPS[name].gradient(which)(np.ones(3), out.data, *arrays, **options), 3)
        text = derivative(name, which)
        told = evaluate(parse(text), known, MINITORCH_FUNCTIONS)
        np.testing.assert_allclose(np.broadcast_to(told.data if isinstance(told, Tensor) else told, 3), expected)
