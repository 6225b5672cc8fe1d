"""The tape walked step by step comes to what backward() leaves, and says so with the right numbers."""

import numpy as np
import pytest

from makemore_core.expressions.examples import EXAMPLES
from makemore_core.expressions.playing import play
from makemore_core.expressions.programs import read
from makemore_core.minitorch import Tensor
from makemore_core.minitorch.walkthrough import Kind, walkthrough
from makemore_core.minitorch.words import number, said

every_example = pytest.mark.parametrize("name", EXAMPLES)


@every_example
def test_what_is_added_on_the_way_is_the_gradient_that_backward_leaves(name: str) -> None:
    example = EXAMPLES[name]
    played = play(read(example.text), example.values)
    gradients = {played.nodes[-1].id: np.ones_like(played.nodes[-1].data)}
    for step in played.steps:
        for flow in step.flows:
            before = gradients.get(flow.into)
            assert (flow.before is None) == (before is None)
            gradients[flow.into] = flow.added if before is None else before + flow.added
            np.testing.assert_allclose(flow.after, gradients[flow.into])
    for node in played.nodes:
        if node.op != "constant":
            assert node.grad is not None
            np.testing.assert_allclose(gradients[node.id], node.grad, rtol=1e-12)


@every_example
def test_forward_comes_before_back_and_each_operation_once(name: str) -> None:
    example = EXAMPLES[name]
    played = play(read(example.text), example.values)
    operations = [node.id for node in played.nodes if node.parents]
    kinds = [step.kind for step in played.steps]
    assert kinds == [Kind.LEAVES, *[Kind.FORWARD] * len(operations), Kind.START, *[Kind.BACKWARD] * len(operations)]
    assert [step.at for step in played.steps if step.kind == Kind.FORWARD] == operations
    assert [step.at for step in played.steps if step.kind == Kind.BACKWARD] == operations[::-1]


def test_walking_leaves_the_tensors_as_they_are() -> None:
    x = Tensor(2.0)
    walkthrough(x * x)
    assert x.grad is None


def test_the_words_say_which_derivative_times_which_gradient() -> None:
    example = EXAMPLES["micrograd's neuron"]
    played = play(read(example.text), example.values)
    back = {played.labels[step.at].name: step for step in played.steps if step.kind == Kind.BACKWARD}
    (n,) = said(back["o"], played.nodes, played.labels).handed
    assert (n.into, n.derivative, n.times, n.adds, n.now) == ("n", "1 − o² = 0.5", "do = 1", "0.5", "0.5")
    x1, w1 = said(back["x1·w1"], played.nodes, played.labels).handed
    assert (x1.into, x1.derivative, x1.adds) == ("x1", "w1 = −3", "−1.5")
    assert (w1.into, w1.derivative, w1.adds) == ("w1", "x1 = 2", "1")


def test_the_words_say_that_gradients_add_up() -> None:
    example = EXAMPLES["a number used twice"]
    played = play(read(example.text), example.values)
    last = said(played.steps[-1], played.nodes, played.labels)
    assert "they add up" in last.sentence
    assert [line.now for line in last.handed] == ["−6 + 3 = −3", "−6 − 2 = −8"]  # lecture 1, f = (a·b)·(a+b)


def test_a_broadcast_is_said_to_be_added_up() -> None:
    example = EXAMPLES["an MLP on XOR"]
    played = play(read(example.text), example.values)
    lines = {line.into: line for step in played.steps for line in said(step, played.nodes, played.labels).handed}
    assert "added up over the copies" in lines["b1"].times
    assert lines["W1"].derivative == "X.T @ g"


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.70710678, "0.7071"), (-1.4999999, "−1.5"), (645.5773, "645.5773"), (0, "0"), (1e-7, "1e−07"), (2e9, "2e+09")],
)
def test_numbers_are_short(value: float, text: str) -> None:
    assert number(value) == text
