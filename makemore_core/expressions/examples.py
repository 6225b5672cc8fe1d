"""Expressions to begin with, from the lectures and from micrograd's README, with the values that are used there."""

from dataclasses import dataclass

import numpy as np

from makemore_core.expressions.programs import value_of
from makemore_core.minitorch.kernels import Array


@dataclass(frozen=True)
class Example:
    """A program as text, its leaves' values as text, and which of them are data, so that no step moves them."""

    says: str
    text: str
    typed: dict[str, str]
    held: tuple[str, ...] = ()

    @property
    def values(self) -> dict[str, Array]:
        return {name: np.asarray(value_of(text)) for name, text in self.typed.items()}


EXAMPLES: dict[str, Example] = {
    "micrograd's neuron": Example(
        "Lecture 1's neuron: two inputs, two weights, a bias chosen so that the numbers come out nicely.",
        "n = x1*w1 + x2*w2 + b\no = tanh(n)",
        {"x1": "2", "x2": "0", "w1": "-3", "w2": "1", "b": "6.8813735870195432"},
    ),
    "the neuron, tanh by exp": Example(
        "The same neuron with tanh taken apart: other operations, the same gradients. e is used twice.",
        "n = x1*w1 + x2*w2 + b\ne = exp(2*n)\no = (e - 1) / (e + 1)",
        {"x1": "2", "x2": "0", "w1": "-3", "w2": "1", "b": "6.8813735870195432"},
    ),
    "a number used twice": Example(
        "Lecture 1's bug: what is used twice gets two gradients, and they must be added up.",
        "d = a * b\ne = a + b\nf = d * e",
        {"a": "-2", "b": "3"},
    ),
    "micrograd's README": Example(
        "Published with micrograd: g = 24.7041, and its gradients 138.8338 at a and 645.5773 at b.",
        "c = a + b\nd = a*b + b**3\nc = c + (c + 1)\nc = c + (1 + c + (-a))\nd = d + (d*2 + relu(b + a))\n"
        "d = d + (3*d + relu(b - a))\ne = c - d\nf = e**2\ng = f / 2\ng = g + 10 / f",
        {"a": "-4", "b": "2"},
    ),
    "an MLP on XOR": Example(
        "Two layers, four examples: no straight line tells them apart. Nudge it, and watch the loss go down.",
        "h = tanh(X @ W1 + b1)\np = h @ W2 + b2\nloss = ((p - y)**2).mean()",
        {
            "X": "-1 -1; -1 1; 1 -1; 1 1",
            "y": "-1; 1; 1; -1",
            "W1": "0.9 -0.6 0.3; 0.5 0.8 -0.7",
            "b1": "0.2 -0.3 0.1",
            "W2": "0.7; -0.5; 0.4",
            "b2": "0",
        },
        held=("X", "y"),
    ),
    "softmax and cross-entropy": Example(
        "Lecture 4's long form: scores to counts to probabilities to surprise. Look at the gradient of the logits.",
        "counts = exp(logits)\nprobs = counts / counts.sum(1, keepdim=True)\nloss = -(log(probs) * Y).sum(1).mean()",
        {"logits": "1 2 0.5 -1; 0 -0.5 1.5 0.3", "Y": "0 1 0 0; 0 0 0 1"},
        held=("Y",),
    ),
    "BatchNorm": Example(
        "Lecture 4's BatchNorm in single steps. Each row reaches the others by way of mean and var.",
        "mean = x.mean(0, keepdim=True)\naway = x - mean\nvar = (away**2).sum(0, keepdim=True) / 3\n"
        "normal = away * (var + 0.00001)**-0.5\nout = gamma * normal + beta\nloss = (out * R).sum()",
        {
            "x": "1 -2 0.5; 3 0 1; -1 1 2; 0.5 4 -1",
            "gamma": "1 1 1",
            "beta": "0 0 0",
            "R": "1 0 -1; 0.5 1 0; -1 0 1; 0 -1 0.5",
        },
        held=("R",),
    ),
}
HELD = ("X", "Y", "x", "y")  # names that are data by custom, in expressions that somebody types
