"""What is too long for a row of the table of operations: functions of numpy arrays, each beside its gradient.

A gradient takes g, the loss's gradient at the output, then the output, then the inputs. Dtypes stay as they come.
"""

import math
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Shape = tuple[int, ...]

GELU_SCALE, GELU_CUBE = (2 / np.pi) ** 0.5, 0.044715  # Hendrycks & Gimpel 2016, section 2, as in GPT-2


def unbroadcast(gradient: Array, shape: Shape) -> Array:
    """Broadcasting copies a number, so its gradient is the sum over the copies: back to an input's shape."""
    if gradient.shape == shape:
        return gradient
    new = gradient.ndim - len(shape)
    stretched = tuple(new + i for i, n in enumerate(shape) if n == 1)
    return add_up(gradient, (*range(new), *stretched)).reshape(shape)


def add_up(a: Array, axis: Shape) -> Array:
    """The sum over axes, in a shape that broadcasts against `a`. Rows are added up by a product, which is faster."""
    if axis == tuple(range(a.ndim - 1)):
        columns = rows(a)
        return ones(len(columns), a.dtype).dot(columns)
    return a.sum(axis=axis, keepdims=True)


@cache
def ones(n: int, dtype: np.dtype[Any]) -> Array:
    """(n), the same array each time: not to be written to."""
    return np.ones(n, dtype)


def keep_axes(reduced: Array, a: Array, axis: Shape) -> Array:
    """A sum over axes of `a`, with these axes put back in length 1, so that it broadcasts against `a`."""
    return reduced.reshape([1 if i in axis else n for i, n in enumerate(a.shape)])


def count(a: Array, axis: Shape) -> int:
    """How many numbers of `a` meet in one when the axes are reduced."""
    return math.prod([a.shape[i] for i in axis])


def freedom(a: Array, axis: Shape, correction: int) -> int:
    """How many numbers a variance over axes is divided by: n - correction, and one has to be left."""
    n = count(a, axis)
    if n <= correction:
        raise ValueError(f"`{correction} < n` must hold for var(), but got n={n} from {a.shape}; take more rows.")
    return n - correction


def matmul(a: Array, b: Array) -> Array:
    """Rows times one matrix is a single product, however many axes the rows fill: (..., N) @ (N, M) -> (..., M)."""
    if b.ndim > 2:
        return a @ b
    return rows(a).dot(b).reshape(*a.shape[:-1], b.shape[-1])


def matmul_left(g: Array, out: Array, a: Array, b: Array, *added: Array) -> Array:
    """Through a product, and whatever is added to it, to its left factor: g @ b transposed."""
    return matmul(g, b.swapaxes(-1, -2))


def matmul_right(g: Array, out: Array, a: Array, b: Array, *added: Array) -> Array:
    """Through the same to its right factor: a transposed @ g, one product again if b is one matrix."""
    if b.ndim > 2:
        return a.swapaxes(-1, -2) @ g
    return rows(a).T.dot(rows(g))


def rows(a: Array) -> Array:
    """All axes but the last as one: (..., N) -> (rows, N)."""
    return a if a.ndim == 2 else a.reshape(math.prod(a.shape[:-1]), a.shape[-1])


def linear(a: Array, W: Array, b: Array) -> Array:
    """Rows times one matrix, moved by b: (..., N) @ (N, M) + (M) -> (..., M)."""
    out = matmul(a, W)
    out += b
    return out


def scale(a: Array, gamma: Array, beta: Array) -> Array:
    """Each column by a factor of its own, moved by beta: (..., H) * (H) + (H) -> (..., H)."""
    out = a * gamma
    out += beta
    return out


def sigmoid(a: Array) -> Array:
    """By tanh, which never overflows, unlike 1 / (1 + exp(-a))."""
    return 0.5 + 0.5 * np.tanh(0.5 * a)


def leak(a: Array, slope: float) -> Array:
    """1 above zero, the slope below. By arithmetic, as np.where takes thrice as long where signs change by chance."""
    return (a > 0) * a.dtype.type(1 - slope) + slope


def gelu(a: Array) -> Array:
    """The tanh approximation of GPT-2 and makemore."""
    return 0.5 * a * (1 + np.tanh(GELU_SCALE * (a + GELU_CUBE * (a * a * a))))


def gelu_gradient(g: Array, out: Array, a: Array) -> Array:
    """The product rule on a/2 times (1 + tanh)."""
    square = a * a
    t = np.tanh(GELU_SCALE * (a + GELU_CUBE * (square * a)))
    slope = GELU_SCALE * (1 + 3 * GELU_CUBE * square)
    return g * (0.5 * (1 + t) + 0.5 * a * (1 - t * t) * slope)


def max_gradient(g: Array, out: Array, a: Array, *, axis: Shape, keepdims: bool) -> Array:
    """Goes where the maximum came from; equal maxima share it, as in torch.amax."""
    largest = a == keep_axes(out, a, axis)
    return largest * (keep_axes(g, a, axis) / largest.sum(axis=axis, keepdims=True, dtype=a.dtype))


def var_gradient(g: Array, out: Array, a: Array, *, axis: Shape, keepdims: bool, correction: int) -> Array:
    """Twice the way from the mean, over n - correction; that the mean moves too cancels in the sum."""
    away = a - a.mean(axis=axis, keepdims=True)
    return away * (keep_axes(g, a, axis) * (2 / freedom(a, axis, correction)))


def moments(a: Array, *, axis: Shape, correction: int) -> tuple[Array, Array]:
    """Mean and variance over axes, in shapes that broadcast against `a`: (..., H) -> (H) over all but the last."""
    mean = add_up(a, axis) / count(a, axis)
    away = a - mean
    return mean, add_up(away * away, axis) / freedom(a, axis, correction)


def normalise_gradient(
    g: Array, out: Array, a: Array, *, mean: Array, deviation: Array, axis: Shape, correction: int
) -> Array:
    """Lecture 4's one line, (n·g - Σ g - n/(n-1) · out · Σ g·out) / (n · deviation); it holds with an eps as well."""
    dmean, dspread = add_up(g, axis) / count(a, axis), add_up(g * out, axis) / freedom(a, axis, correction)
    return (g - dmean - out * dspread) / deviation


def softmax(a: Array, *, axis: int) -> Array:
    """Scores to probabilities along an axis."""
    counts = np.exp(a - a.max(axis=axis, keepdims=True))  # the maximum cancels; without it exp overflows
    return counts / counts.sum(axis=axis, keepdims=True)


def log_softmax(a: Array, *, axis: int) -> Array:
    """The logarithm of softmax, without its rounding."""
    a = a - a.max(axis=axis, keepdims=True)
    return a - np.log(np.exp(a).sum(axis=axis, keepdims=True))


def slice_gradient(g: Array, out: Array, a: Array, *, index: Any) -> Array:
    """Back to where the slice was taken; zeros elsewhere."""
    gradient = np.zeros_like(a)
    gradient[index] = g
    return gradient


def gather_gradient(g: Array, out: Array, a: Array, *, index: Any) -> Array:
    """A number that was picked often collects often; bincount adds in order and in double precision."""
    picked = np.arange(a.size).reshape(a.shape)[index]
    collected = np.bincount(picked.ravel(), weights=g.ravel(), minlength=a.size)
    return collected.astype(a.dtype).reshape(a.shape)


def concatenate_gradient(which: int, g: Array, out: Array, *arrays: Array, axis: int) -> Array:
    """The piece of g that belongs to input number `which`."""
    start = sum(array.shape[axis] for array in arrays[:which])
    return np.moveaxis(np.moveaxis(g, axis, 0)[start : start + arrays[which].shape[axis]], 0, axis)


def pad_gradient(g: Array, out: Array, a: Array, *, widths: tuple[tuple[int, int], ...]) -> Array:
    """g without the padding."""
    return g[tuple(slice(before, before + n) for (before, _), n in zip(widths, a.shape, strict=True))]


def shift(a: Array, *, steps: int, axis: int) -> Array:
    """out[t] = a[t - steps] along an axis, with zeros where that lies outside."""
    out = np.zeros_like(a)
    target, source = np.moveaxis(out, axis, 0), np.moveaxis(a, axis, 0)
    left = max(len(source) - abs(steps), 0)
    if steps >= 0:
        target[steps:] = source[:left]
    else:
        target[:left] = source[-steps:]
    return out


def log_sum_exp(a: Array) -> Array:
    """log(Σ exp(a)) over the last axis, which stays in length 1: (..., V) -> (..., 1)."""
    largest = a.max(axis=-1, keepdims=True)  # without it exp overflows
    return largest + np.log(np.exp(a - largest).sum(axis=-1, keepdims=True))


def cross_entropy(logits: Array, *, targets: Array, log_sum: Array) -> Array:
    """The mean surprise in nats about targets (N) under logits (N, V), whose log_sum_exp is log_sum (N, 1)."""
    n = len(targets)
    return (log_sum[:, 0] - logits[np.arange(n), targets]).sum() / n


def cross_entropy_gradient(g: Array, out: Array, logits: Array, *, targets: Array, log_sum: Array) -> Array:
    """(softmax - onehot) / n, as derived in lecture 4."""
    n = len(targets)
    gradient = np.exp(logits - log_sum)
    gradient[np.arange(n), targets] -= 1
    gradient *= g / n
    return gradient
