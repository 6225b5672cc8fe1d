"""The table of operations, after HIPS/autograd: one row is an operation with its gradient, and that is all of it.

A gradient takes g (the loss's gradient at the output), out, then the inputs and options, and gives what flows back to
one input. Whoever applies an operation undoes its broadcasting, so no row needs to.
"""

# pyright: reportUnknownLambdaType=false
# every letter in a row is an array, or an option that Tensor's method has typed

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from makemore_core.minitorch import kernels
from makemore_core.minitorch.kernels import Array, count, keep_axes

Function = Callable[..., Array]


@dataclass(frozen=True)
class Op:
    """One row: name, formula, forward, and a gradient for each input."""

    name: str
    formula: str
    forward: Function
    gradients: tuple[Function, ...]
    takes_any_number: bool = False  # of inputs: then the one gradient is told first which input is meant

    def gradient(self, which: int) -> Function:
        """The gradient of input number `which`."""
        return partial(self.gradients[0], which) if self.takes_any_number else self.gradients[which]


# fmt: off
ROWS = (
    # numbers with numbers
    Op("add", "a + b", lambda a, b: a + b, (lambda g, out, a, b: g, lambda g, out, a, b: g)),
    Op("sub", "a - b", lambda a, b: a - b, (lambda g, out, a, b: g, lambda g, out, a, b: -g)),
    Op("mul", "a · b", lambda a, b: a * b, (lambda g, out, a, b: g * b, lambda g, out, a, b: g * a)),
    Op("div", "a / b", lambda a, b: a / b, (lambda g, out, a, b: g / b, lambda g, out, a, b: -g * out / b)),
    Op("neg", "-a", lambda a: -a, (lambda g, out, a: -g,)),
    Op("pow", "a ** power", lambda a, power: a**power, (lambda g, out, a, power: g * (power * a ** (power - 1)),)),
    Op("matmul", "a @ b", kernels.matmul, (kernels.matmul_left, kernels.matmul_right)),
    Op("linear", "a @ W + b", kernels.linear,
       (kernels.matmul_left, kernels.matmul_right, lambda g, out, a, W, b: g)),
    Op("scale", "gamma · a + beta", kernels.scale,
       (lambda g, out, a, gamma, beta: g * gamma,
        lambda g, out, a, gamma, beta: g * a,
        lambda g, out, a, gamma, beta: g)),

    # each number by itself
    Op("exp", "exp(a)", lambda a: np.exp(a), (lambda g, out, a: g * out,)),
    Op("log", "log(a)", lambda a: np.log(a), (lambda g, out, a: g / a,)),
    Op("sqrt", "√a", lambda a: np.sqrt(a), (lambda g, out, a: g / (2 * out),)),
    Op("tanh", "tanh(a)", lambda a: np.tanh(a), (lambda g, out, a: g * (1 - out * out),)),
    Op("sigmoid", "1 / (1 + exp(-a))", kernels.sigmoid, (lambda g, out, a: g * (out * (1 - out)),)),
    Op("relu", "max(a, 0)", lambda a: np.maximum(a, 0), (lambda g, out, a: g * (a > 0),)),
    Op("leaky_relu", "a if a > 0 else slope · a", lambda a, slope: a * kernels.leak(a, slope),
       (lambda g, out, a, slope: g * kernels.leak(a, slope),)),
    Op("gelu", "a/2 · (1 + tanh(√(2/π) · (a + 0.044715 a³)))", kernels.gelu, (kernels.gelu_gradient,)),

    # many numbers to one
    Op("sum", "Σ a", lambda a, axis, keepdims: a.sum(axis=axis, keepdims=keepdims),
       (lambda g, out, a, axis, keepdims: np.broadcast_to(keep_axes(g, a, axis), a.shape),)),
    Op("mean", "Σ a / n", lambda a, axis, keepdims: a.mean(axis=axis, keepdims=keepdims),
       (lambda g, out, a, axis, keepdims: np.broadcast_to(keep_axes(g, a, axis) / count(a, axis), a.shape),)),
    Op("var", "Σ (a - mean(a))² / (n - correction)",
       lambda a, axis, keepdims, correction: a.var(axis=axis, keepdims=keepdims, ddof=correction),
       (kernels.var_gradient,)),
    Op("normalise", "(a - mean) / deviation, both of a",
       lambda a, mean, deviation, axis, correction: (a - mean) / deviation, (kernels.normalise_gradient,)),
    Op("max", "max(a)", lambda a, axis, keepdims: a.max(axis=axis, keepdims=keepdims), (kernels.max_gradient,)),

    # scores to probabilities, probabilities to a loss
    Op("softmax", "exp(a) / Σ exp(a)", kernels.softmax,
       (lambda g, out, a, axis: out * (g - (g * out).sum(axis=axis, keepdims=True)),)),
    Op("log_softmax", "a - log(Σ exp(a))", kernels.log_softmax,
       (lambda g, out, a, axis: g - np.exp(out) * g.sum(axis=axis, keepdims=True),)),
    Op("cross_entropy", "mean(log(Σ exp(a)) - a[targets])", kernels.cross_entropy, (kernels.cross_entropy_gradient,)),

    # the same numbers in other places
    Op("reshape", "a, row by row in another shape", lambda a, shape: a.reshape(shape),
       (lambda g, out, a, shape: g.reshape(a.shape),)),
    Op("transpose", "a with two axes exchanged", lambda a, first, second: a.swapaxes(first, second),
       (lambda g, out, a, first, second: g.swapaxes(first, second),)),
    Op("slice", "a[start:stop]", lambda a, index: a[index], (kernels.slice_gradient,)),
    Op("gather", "a[integers]", lambda a, index: a[index], (kernels.gather_gradient,)),
    Op("masked_fill", "value where mask else a", lambda a, mask, value: np.where(mask, a.dtype.type(value), a),
       (lambda g, out, a, mask, value: np.where(mask, g.dtype.type(0), g),)),
    Op("where", "a where mask else b", lambda a, b, mask: np.where(mask, a, b),
       (lambda g, out, a, b, mask: g * mask, lambda g, out, a, b, mask: g * ~mask)),
    Op("concatenate", "a, b, ... one after the other", lambda *arrays, axis: np.concatenate(arrays, axis=axis),
       (kernels.concatenate_gradient,), takes_any_number=True),
    Op("pad", "zeros, a, zeros", lambda a, widths: np.pad(a, widths), (kernels.pad_gradient,)),
    Op("shift", "out[t] = a[t - steps]", kernels.shift,
       (lambda g, out, a, steps, axis: kernels.shift(g, steps=-steps, axis=axis),)),
)
# fmt: on

OPS: dict[str, Op] = {op.name: op for op in ROWS}
