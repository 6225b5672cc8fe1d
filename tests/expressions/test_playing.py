"""Expressions on minitorch: micrograd's published numbers, both judges, a step downhill, and what cannot be played."""

import random

import numpy as np
import pytest
import torch

from makemore_core.errors import InputError
from makemore_core.expressions import evaluate, parse, torch_functions
from makemore_core.expressions.examples import EXAMPLES
from makemore_core.expressions.functions import FUNCTIONS
from makemore_core.expressions.on_minitorch import MINITORCH_FUNCTIONS
from makemore_core.expressions.playing import beside_torch, check, is_quick_to_check, nudged, outputs_over, play
from makemore_core.expressions.programs import first_values, read
from makemore_core.minitorch import Tensor
from tests.minitorch.against_torch import assert_same

PAIR = (np.array([[0.5, -1.5, 2.0], [1.0, 3.0, -0.25]]), np.array([[2.0, 0.5, 1.5], [0.25, 1.25, 3.0]]))
CALLS = {  # each function at least once
    "add": "a + b",
    "sub": "1 - a + b",
    "mul": "a * b",
    "div": "2 / b + a / b",
    "neg": "-a + b",
    "pow": "a**3 + b**-0.5",
    "matmul": "a @ b.T",
    "less": "a * (a < b)",
    "less_equal": "b * (a <= b)",
    "greater": "a * (a > b) + b",
    "greater_equal": "a * (a >= b) + b",
    "equal": "a * (a == b) + b",
    "not_equal": "a * (a != b) + b",
    "exp": "exp(a) + b",
    "log": "log(b) + a",
    "sqrt": "sqrt(b) + a",
    "tanh": "tanh(a) * b",
    "sigmoid": "sigmoid(a) * b",
    "relu": "relu(a) + b",
    "abs": "abs(a) * b",
    "square": "square(a) + b",
    "zeros_like": "a + b + zeros_like(a)",
    "ones_like": "a * b + ones_like(a)",
    "float": "a.float() + b",
    "sum": "a.sum(1, keepdim=True) * b + a.sum()",
    "mean": "a.mean(0) * b + b.mean()",
    "max": "a.max(1, keepdim=True) * b + a.max()",
    "where": "where(a < b, a, 3 * b)",
    "one_hot": "a + b * one_hot(a.argmax(1), 3)",
    "argmax": "a.argmax(1, keepdim=True) * a + b",
    "transpose": "a.T @ b",
    "reshape": "a.view(3, -1) @ b",
    "flatten": "a.flatten() * b.view(-1)",
    "unsqueeze": "a.unsqueeze(1) * b",
}
ALONE = {"shape", "size", "index_add"}  # told by shapes alone, and one that minitorch has no operation for


def gradients(name: str) -> dict[str, float]:
    example = EXAMPLES[name]
    return {leaf: float(g) for leaf, g in play(read(example.text), example.values).gradients.items()}


def test_the_neuron_of_micrograds_readme() -> None:
    expected = {"x1": -1.5, "w1": 1.0, "x2": 0.5, "w2": 0.0, "b": 0.5}
    example = EXAMPLES["micrograd's neuron"]
    assert round(play(read(example.text), example.values).output, 4) == 0.7071
    assert gradients("micrograd's neuron") == pytest.approx(expected)
    assert gradients("the neuron, tanh by exp") == pytest.approx(expected)


def test_the_larger_expression_of_micrograds_readme() -> None:
    example = EXAMPLES["micrograd's README"]
    assert round(play(read(example.text), example.values).output, 4) == 24.7041
    found = gradients("micrograd's README")
    assert (round(found["a"], 4), round(found["b"], 4)) == (138.8338, 645.5773)


@pytest.mark.parametrize("name", EXAMPLES)
def test_both_judges_agree_on_every_example(name: str) -> None:
    example = EXAMPLES[name]
    program, values = read(example.text), example.values
    played = play(program, values)
    assert is_quick_to_check(played)
    largest = max(float(np.abs(gradient).max()) for gradient in played.gradients.values())
    assert check(program, values) < 1e-8 * max(1, largest)
    assert beside_torch(program, values, played.gradients) < 1e-12 * max(1, largest)


def test_cross_entropy_flows_back_as_lecture_4_derives_it() -> None:
    values = EXAMPLES["softmax and cross-entropy"].values
    played = play(read(EXAMPLES["softmax and cross-entropy"].text), values)
    counts = np.exp(values["logits"])
    expected = (counts / counts.sum(1, keepdims=True) - values["Y"]) / 2
    np.testing.assert_allclose(played.gradients["logits"], expected, atol=1e-15)


def test_a_step_downhill_lowers_the_loss_until_xor_is_learned() -> None:
    example = EXAMPLES["an MLP on XOR"]
    program, values, moves = read(example.text), example.values, ("W1", "b1", "W2", "b2")
    losses: list[float] = []
    for _ in range(300):
        played = play(program, values)
        losses.append(played.output)
        values = nudged(values, played.gradients, moves, 0.1)
    assert losses[-1] < 0.01 < 1 < losses[0]
    np.testing.assert_array_equal(values["X"], example.values["X"])


def test_the_slope_over_one_number_is_its_gradient() -> None:
    example = EXAMPLES["an MLP on XOR"]
    program, values = read(example.text), example.values
    here = values["W1"][1, 2]
    low, high = outputs_over(program, values, "W1", (1, 2), np.array([here - 1e-5, here + 1e-5]))
    assert (high - low) / 2e-5 == pytest.approx(play(program, values).gradients["W1"][1, 2], rel=1e-6)


def test_a_step_keeps_numbers_arrays_so_that_their_curve_can_be_drawn() -> None:
    program = read("y = x * x + b")
    values = first_values(program)
    for _ in range(2):
        played = play(program, values)
        outputs = outputs_over(program, values, "x", (), np.array([0.0, 1.0]))
        assert outputs[1] - outputs[0] == pytest.approx(1)
        values = nudged(values, played.gradients, ("x",), 0.25)  # x moves by 2x/4, half of itself
    assert {name: (value.shape, float(value)) for name, value in values.items()} == {"x": ((), 0.5), "b": ((), -3.0)}


@pytest.mark.parametrize(
    ("text", "values", "sentence"),
    [
        ("log(a)", {"a": -1.0}, "no finite number"),
        ("a / b", {"a": 1.0, "b": 0.0}, "no finite number"),
        ("sqrt(a) * 2", {"a": 0.0}, "The gradient of `a` is no finite number"),
        ("a * 2", {"a": [1.0, 2.0]}, r"add \.sum\(\)"),
        ("(a > 1) * 2", {"a": 3.0}, "depends on no name"),
        ("(X @ W).sum()", {"X": np.ones((2, 3)), "W": np.ones((2, 3))}, "fit"),
        ("(a.view(-1, 1) @ a.view(1, -1)).sum() + b", {"a": np.ones(300), "b": 1.0}, "At most 400 numbers"),
        ("y = a.view(-1, 1) @ a.view(1, -1)\ny.sum()", {"a": np.ones(300)}, "At most 400 numbers"),
        ("index_add(a, 0, b, a).sum()", {"a": np.ones((2, 2)), "b": np.zeros(2)}, "not known here"),
    ],
)
def test_what_cannot_be_played_gets_a_sentence(text: str, values: dict[str, object], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        play(read(text), {name: np.asarray(value, dtype=float) for name, value in values.items()})


def typed(dice: random.Random, depth: int) -> str:
    """An expression that somebody might type; most make no sense."""
    kind = dice.random()
    if depth == 0 or kind < 0.25:
        return dice.choice(["a", "b", "X", "W", "x1", "2", "0.5", "0"])
    if kind < 0.65:
        return f"({typed(dice, depth - 1)} {dice.choice('+-*/@<')} {typed(dice, depth - 1)})"
    return f"{dice.choice([*FUNCTIONS])}({typed(dice, depth - 1)})"


def test_what_is_typed_is_played_as_torch_does_or_refused_in_a_sentence() -> None:
    dice, done = random.Random(1), 0
    for _ in range(600):
        text = f"v = {typed(dice, 3)}\n(v * {typed(dice, 1)}).sum()"
        try:
            program = read(text)
            values = first_values(program)
            played = play(program, values)
        except InputError:
            continue
        largest = max(float(np.abs(gradient).max()) for gradient in played.gradients.values())
        assert beside_torch(program, values, played.gradients) < 1e-9 * max(1, largest), text
        done += 1
    assert done > 50


def test_every_function_is_tried() -> None:
    assert set(CALLS) | ALONE == set(FUNCTIONS)
    assert set(MINITORCH_FUNCTIONS) == set(CALLS)


@pytest.mark.parametrize("name", CALLS)
def test_a_function_does_what_torchs_does(name: str) -> None:
    tree, theirs = parse(CALLS[name]), torch_functions(torch.float64)

    def ours(a: Tensor, b: Tensor) -> Tensor:
        return evaluate(tree, {"a": a, "b": b}, MINITORCH_FUNCTIONS)

    assert_same(ours, lambda a, b: evaluate(tree, {"a": a, "b": b}, theirs), *PAIR)
