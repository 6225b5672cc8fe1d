"""An array that remembers where it came from, after micrograd: backward() walks the tape back and leaves gradients.

A Tensor is what gets a gradient; plain arrays and numbers beside it are constants of its dtype. The operations
themselves are rows of the table in ops.py.
"""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from makemore_core.minitorch.kernels import Array, Shape, freedom, unbroadcast
from makemore_core.minitorch.ops import OPS, Op
from makemore_core.minitorch.tape import is_recording, topological_order

Operand: TypeAlias = "Tensor | Array | float"
Axis: TypeAlias = int | tuple[int, ...] | None


class Tensor:
    """Numbers in `data`, never copied; their gradient in `grad` after backward(); on the tape `op` and `parents`.

    >>> a, b, c = Tensor(2.0), Tensor(-3.0), Tensor(10.0)
    >>> (a * b + c).backward()
    >>> a.grad.item(), b.grad.item(), c.grad.item()
    (-3.0, 2.0, 1.0)
    """

    __slots__ = ("__weakref__", "data", "grad", "op", "options", "parents", "requires_grad")
    __array_ufunc__ = None  # so that `array * tensor` comes to us

    def __init__(self, data: ArrayLike, requires_grad: bool = True) -> None:
        self.data: Array = _floats(data)
        self.grad: Array | None = None
        self.op: Op | None = None
        self.options: dict[str, Any] = {}
        self.parents: tuple[Tensor, ...] = ()
        self.requires_grad = requires_grad

    @property
    def shape(self) -> Shape:
        return self.data.shape

    @property
    def ndim(self) -> int:
        return self.data.ndim

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.data.dtype

    def __len__(self) -> int:
        return len(self.data)

    def __repr__(self) -> str:
        return f"Tensor({self.data}, op={self.op.name if self.op else None})"

    def item(self) -> float:
        """The one number in it."""
        return float(self.data.item())

    def detach(self) -> "Tensor":
        """The same numbers as a constant."""
        return Tensor(self.data, requires_grad=False)

    def zero_grad(self) -> None:
        self.grad = None

    def backward(self, gradient: ArrayLike | None = None) -> None:
        """Leave in every Tensor of the graph the gradient of this one; leaves add it to what they have."""
        gradients: dict[Tensor, Array] = {self: self._first_gradient(gradient)}
        for tensor in reversed(topological_order(self)):
            if tensor.requires_grad:
                tensor._flow_back(gradients.pop(tensor), gradients)

    def _first_gradient(self, gradient: ArrayLike | None) -> Array:
        if not self.requires_grad:
            raise ValueError("backward() found no graph; compute the loss from a Tensor, outside of no_grad().")
        if gradient is None and self.data.size != 1:
            raise ValueError(f"backward() starts from one number, but got shape {self.shape}; take .sum() or .mean().")
        return np.full(self.shape, 1 if gradient is None else gradient, self.dtype)

    def _flow_back(self, g: Array, gradients: "dict[Tensor, Array]") -> None:
        """Keep the gradient, and add to those of the parents what flows back to each, in its own shape."""
        if self.op is None:
            self.grad = np.asarray(g if self.grad is None else self.grad + g)
            return
        self.grad = g
        arrays = [parent.data for parent in self.parents]
        for i, parent in enumerate(self.parents):
            if parent.requires_grad:
                part = np.asarray(self.op.gradient(i)(g, self.data, *arrays, **self.options))
                part = unbroadcast(part, arrays[i].shape)
                if parent in gradients:
                    part = gradients[parent] + part
                elif parent.op is None and (part is g or part.base is not None):
                    part = part.copy()  # a leaf's gradient is its own array
                gradients[parent] = part

    def __add__(self, other: Operand) -> "Tensor":
        return apply("add", self, other)

    def __radd__(self, other: Operand) -> "Tensor":
        return apply("add", other, self)

    def __sub__(self, other: Operand) -> "Tensor":
        return apply("sub", self, other)

    def __rsub__(self, other: Operand) -> "Tensor":
        return apply("sub", other, self)

    def __mul__(self, other: Operand) -> "Tensor":
        return apply("mul", self, other)

    def __rmul__(self, other: Operand) -> "Tensor":
        return apply("mul", other, self)

    def __truediv__(self, other: Operand) -> "Tensor":
        return apply("div", self, other)

    def __rtruediv__(self, other: Operand) -> "Tensor":
        return apply("div", other, self)

    def __neg__(self) -> "Tensor":
        return apply("neg", self)

    def __pow__(self, power: float) -> "Tensor":
        return apply("pow", self, power=float(power))

    def __matmul__(self, other: "Tensor | Array") -> "Tensor":
        return _matmul(self, other)

    def __rmatmul__(self, other: "Tensor | Array") -> "Tensor":
        return _matmul(other, self)

    def __getitem__(self, index: Any) -> "Tensor":
        """By slices, or as numpy does by integer arrays: weight[x], logprobs[range(n), y]."""
        parts = index if isinstance(index, tuple) else (index,)
        is_plain = all(part is None or part is Ellipsis or isinstance(part, int | slice) for part in parts)
        return apply("slice" if is_plain else "gather", self, index=index)

    def exp(self) -> "Tensor":
        return apply("exp", self)

    def log(self) -> "Tensor":
        return apply("log", self)

    def sqrt(self) -> "Tensor":
        return apply("sqrt", self)

    def tanh(self) -> "Tensor":
        return apply("tanh", self)

    def sigmoid(self) -> "Tensor":
        return apply("sigmoid", self)

    def relu(self) -> "Tensor":
        return apply("relu", self)

    def leaky_relu(self, slope: float = 0.01) -> "Tensor":
        return apply("leaky_relu", self, slope=slope)

    def gelu(self) -> "Tensor":
        return apply("gelu", self)

    def sum(self, axis: Axis = None, keepdims: bool = False) -> "Tensor":
        return apply("sum", self, axis=self._axes(axis), keepdims=keepdims)

    def mean(self, axis: Axis = None, keepdims: bool = False) -> "Tensor":
        return apply("mean", self, axis=self._axes(axis), keepdims=keepdims)

    def var(self, axis: Axis = None, keepdims: bool = False, correction: int = 1) -> "Tensor":
        """The unbiased variance; with correction=0 the biased one."""
        axes = self._axes(axis)
        freedom(self.data, axes, correction)
        return apply("var", self, axis=axes, keepdims=keepdims, correction=correction)

    def max(self, axis: Axis = None, keepdims: bool = False) -> "Tensor":
        return apply("max", self, axis=self._axes(axis), keepdims=keepdims)

    def softmax(self, axis: int = -1) -> "Tensor":
        return apply("softmax", self, axis=axis)

    def log_softmax(self, axis: int = -1) -> "Tensor":
        return apply("log_softmax", self, axis=axis)

    def reshape(self, *shape: int) -> "Tensor":
        return apply("reshape", self, shape=shape)

    view = reshape

    def transpose(self, first: int, second: int) -> "Tensor":
        """Two axes exchanged, as in torch."""
        return apply("transpose", self, first=first, second=second)

    def masked_fill(self, mask: ArrayLike, value: float) -> "Tensor":
        """A number wherever the mask (that broadcasts to this shape) is true."""
        return apply("masked_fill", self, mask=np.asarray(mask, dtype=bool), value=value)

    def pad(self, *widths: tuple[int, int]) -> "Tensor":
        """Zeros before and after, a pair for each axis."""
        return apply("pad", self, widths=widths)

    def shift(self, steps: int, axis: int = -1) -> "Tensor":
        """out[t] = self[t - steps] along an axis, with zeros moving in."""
        return apply("shift", self, steps=steps, axis=axis)

    def _axes(self, axis: Axis) -> tuple[int, ...]:
        """Axes to reduce, counted from the front; all of them for None."""
        given = range(self.ndim) if axis is None else (axis,) if isinstance(axis, int) else axis
        if not all(-self.ndim <= i < self.ndim for i in given):
            raise ValueError(f"A Tensor of shape {self.shape} has no axis {axis}; count from 0 to {self.ndim - 1}.")
        return tuple(i % self.ndim for i in given)


def where(mask: ArrayLike, a: Operand, b: Operand) -> Tensor:
    """`a` where the mask is true, else `b`."""
    return apply("where", a, b, mask=np.asarray(mask, dtype=bool))


def concatenate(tensors: "list[Tensor] | tuple[Tensor, ...]", axis: int = 0) -> Tensor:
    """One after the other along an axis that is there already."""
    return apply("concatenate", *tensors, axis=axis)


def apply(name: str, *operands: Operand, **options: Any) -> Tensor:
    """Do one operation of the table, and put it on the tape if a gradient may flow back."""
    op, tensors = OPS[name], _same_dtype(name, operands)
    try:
        out = Tensor(op.forward(*[tensor.data for tensor in tensors], **options), requires_grad=False)
    except ValueError as error:
        shapes = " and ".join(str(tensor.shape) for tensor in tensors)
        raise ValueError(f"`{name}` cannot take {shapes} ({error}); reshape the inputs until they fit.") from error
    if is_recording() and True in [tensor.requires_grad for tensor in tensors]:
        out.op, out.options, out.parents, out.requires_grad = op, options, tensors, True
    return out


def _floats(data: ArrayLike) -> Array:
    """Arrays of floats as they are; numbers and lists of numbers in double precision."""
    array = np.asarray(data)
    if array.dtype.kind == "f":
        return array
    if array.dtype.kind in "iub" and not isinstance(data, np.ndarray):
        return array.astype(np.float64)
    raise ValueError(f"A Tensor holds floats, but got {array.dtype}; pass array.astype(np.float32), or index by it.")


def _same_dtype(name: str, operands: tuple[Operand, ...]) -> tuple[Tensor, ...]:
    """Constants take the Tensors' dtype; two Tensors have to agree, so that nothing grows in silence."""
    dtypes = {operand.data.dtype for operand in operands if isinstance(operand, Tensor)}
    if len(dtypes) != 1:
        got = " and ".join(sorted(map(str, dtypes))) or "no Tensor"
        raise ValueError(
            f"`{name}` takes Tensors of one dtype, but got {got}; convert with Tensor(x.data.astype(...))."
        )
    dtype = dtypes.pop()
    return tuple([o if isinstance(o, Tensor) else Tensor(np.asarray(o, dtype), requires_grad=False) for o in operands])


def _matmul(a: Operand, b: Operand) -> Tensor:
    shapes = np.shape(a.data if isinstance(a, Tensor) else a), np.shape(b.data if isinstance(b, Tensor) else b)
    if min(map(len, shapes)) < 2:
        raise ValueError(f"`@` multiplies matrices, but got {shapes[0]} and {shapes[1]}; give vectors a second axis.")
    return apply("matmul", a, b)
