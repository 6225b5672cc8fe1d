"""Each operation of the table at work on a few numbers: a curve where it takes number by number, else an example."""

# pyright: reportUnknownLambdaType=false
# every letter in a row is a Tensor

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from makemore_core.minitorch.gradcheck import gradcheck
from makemore_core.minitorch.kernels import Array, moments
from makemore_core.minitorch.nn.loss import cross_entropy
from makemore_core.minitorch.tensor import Tensor, apply, concatenate, where

POINTS = 241  # of a curve; odd, so that the middle is one of them
A = np.array([[1.0, -2.0, 0.5], [0.25, 3.0, -1.0]])
B = np.array([2.0, -1.0, 4.0])  # stretched over the rows of A
W = np.array([[1.0, 0.5], [-1.0, 2.0], [0.0, -0.5]])
MASK = np.array([[True, False, True], [False, False, True]])
PICKED = np.array([1, 0, 1])  # a row twice
TARGETS = np.array([2, 0])
LEAK = 0.1


@dataclass(frozen=True, eq=False)
class Demo:
    """One operation on inputs by name; `says` is the call as one would write it."""

    says: str
    f: Callable[..., Tensor]
    inputs: dict[str, Array]
    reach: tuple[float, float] | None = None  # of the curve

    def check(self) -> float:
        """The largest difference to finite differences at the inputs."""
        return gradcheck(self.f, *self.inputs.values())


@dataclass(frozen=True, eq=False)
class Curve:
    """A function of one number and its derivative, which is what backward() leaves where g is 1."""

    x: Array
    y: Array
    slope: Array


@dataclass(frozen=True, eq=False)
class Example:
    """Forward and back once: the gradients have the inputs' names and shapes, g that of the output."""

    inputs: dict[str, Array]
    out: Array
    g: Array
    gradients: dict[str, Array]


def curve(demo: Demo) -> Curve:
    """The demo's function over its reach."""
    assert demo.reach
    x = Tensor(np.linspace(*demo.reach, POINTS))
    y = demo.f(x)
    y.backward(np.ones(POINTS))
    assert x.grad is not None
    return Curve(x.data, y.data, x.grad)


def example(demo: Demo) -> Example:
    """The demo's operation on its inputs; g counts 1, 2, 3, ... so that one sees where each number goes."""
    tensors = {name: Tensor(array) for name, array in demo.inputs.items()}
    out = demo.f(*tensors.values())
    g = np.arange(1.0, out.data.size + 1).reshape(out.shape)
    out.backward(g)
    gradients = {name: np.zeros_like(t.data) if t.grad is None else t.grad for name, t in tensors.items()}
    return Example(demo.inputs, out.data, g, gradients)


def _normalise(a: Tensor) -> Tensor:
    mean, variance = moments(a.data, axis=(1,), correction=0)
    return apply("normalise", a, mean=mean, deviation=np.sqrt(variance), axis=(1,), correction=0)


def _alone(says: str, f: Callable[..., Tensor], low: float = -3.0, high: float = 3.0) -> Demo:
    """Number by number: checked at a few places of the curve, none of them at a kink."""
    return Demo(says, f, {"a": np.linspace(low, high, 6) + 0.01}, (low, high))


def _of_a(says: str, f: Callable[..., Tensor]) -> Demo:
    return Demo(says, f, {"a": A})


DEMOS: dict[str, Demo] = {
    "add": Demo("a + b", lambda a, b: a + b, {"a": A, "b": B}),
    "sub": Demo("a - b", lambda a, b: a - b, {"a": A, "b": B}),
    "mul": Demo("a * b", lambda a, b: a * b, {"a": A, "b": B}),
    "div": Demo("a / b", lambda a, b: a / b, {"a": A, "b": B}),
    "neg": _alone("-a", lambda a: -a),
    "pow": _alone("a**3", lambda a: a**3, -2.0, 2.0),
    "matmul": Demo("a @ b", lambda a, b: a @ b, {"a": A, "b": W}),
    "linear": Demo("linear(a, W, b)", lambda a, W, b: apply("linear", a, W, b), {"a": A, "W": W, "b": B[:2]}),
    "scale": Demo(
        "scale(a, gamma, beta)",
        lambda a, gamma, beta: apply("scale", a, gamma, beta),
        {"a": A, "gamma": B, "beta": np.array([0.5, 0.0, -0.5])},
    ),
    "exp": _alone("a.exp()", lambda a: a.exp()),
    "log": _alone("a.log()", lambda a: a.log(), 0.1, 4.0),
    "sqrt": _alone("a.sqrt()", lambda a: a.sqrt(), 0.05, 4.0),
    "tanh": _alone("a.tanh()", lambda a: a.tanh()),
    "sigmoid": _alone("a.sigmoid()", lambda a: a.sigmoid(), -6.0, 6.0),
    "relu": _alone("a.relu()", lambda a: a.relu()),
    "leaky_relu": _alone(f"a.leaky_relu({LEAK})", lambda a: a.leaky_relu(LEAK)),
    "gelu": _alone("a.gelu()", lambda a: a.gelu()),
    "sum": _of_a("a.sum(1)", lambda a: a.sum(1)),
    "mean": _of_a("a.mean(1)", lambda a: a.mean(1)),
    "var": _of_a("a.var(1)", lambda a: a.var(1)),
    "normalise": _of_a("normalise(a), row by row", _normalise),
    "max": _of_a("a.max(1)", lambda a: a.max(1)),
    "softmax": _of_a("a.softmax(1)", lambda a: a.softmax(1)),
    "log_softmax": _of_a("a.log_softmax(1)", lambda a: a.log_softmax(1)),
    "cross_entropy": _of_a("cross_entropy(a, [2, 0])", lambda a: cross_entropy(a, TARGETS)),
    "reshape": _of_a("a.reshape(3, 2)", lambda a: a.reshape(3, 2)),
    "transpose": _of_a("a.transpose(0, 1)", lambda a: a.transpose(0, 1)),
    "slice": _of_a("a[:, 1:]", lambda a: a[:, 1:]),
    "gather": _of_a("a[[1, 0, 1]]", lambda a: a[PICKED]),
    "masked_fill": _of_a("a.masked_fill(mask, -9)", lambda a: a.masked_fill(MASK, -9.0)),
    "where": Demo("where(mask, a, b)", lambda a, b: where(MASK, a, b), {"a": A, "b": A[::-1] * 2}),
    "concatenate": Demo(
        "concatenate([a, b], 1)", lambda a, b: concatenate([a, b], 1), {"a": A, "b": np.array([[7.0], [-7.0]])}
    ),
    "pad": _of_a("a.pad((0, 0), (1, 1))", lambda a: a.pad((0, 0), (1, 1))),
    "shift": _of_a("a.shift(1)", lambda a: a.shift(1)),
}
