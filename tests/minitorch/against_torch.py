"""One computation twice, by minitorch and by torch's autograd: outputs and gradients side by side."""

from collections.abc import Callable, Sequence

import numpy as np
import torch

from makemore_core.minitorch import Tensor
from makemore_core.minitorch.nn import Module

Array = np.ndarray


def drawn(*shape: int, seed: int = 1) -> Array:
    return np.random.default_rng(seed).standard_normal(shape)


def weighted(shape: tuple[int, ...]) -> Array:
    """A weight of its own for each output, so that no gradient can hide behind another."""
    return np.cos(np.arange(int(np.prod(shape)))).reshape(shape)


def minitorch_gradients(f: Callable[..., Tensor], arrays: Sequence[Array]) -> list[Array]:
    """The output, then the gradient at each array."""
    tensors = [Tensor(array) for array in arrays]
    out = f(*tensors)
    out.backward(weighted(out.shape))
    return [out.data, *(np.zeros_like(t.data) if t.grad is None else t.grad for t in tensors)]


def torch_gradients(f: Callable[..., torch.Tensor], arrays: Sequence[Array]) -> list[Array]:
    leaves = [torch.from_numpy(array.copy()).requires_grad_() for array in arrays]
    out = f(*leaves)
    (out * torch.from_numpy(weighted(tuple(out.shape))).to(out.dtype)).sum().backward()
    grads = [torch.zeros_like(leaf) if leaf.grad is None else leaf.grad for leaf in leaves]
    return [out.detach().numpy(), *(grad.numpy() for grad in grads)]


def assert_same(
    ours: Callable[..., Tensor], theirs: Callable[..., torch.Tensor], *arrays: Array, tolerance: float = 1e-9
) -> None:
    """Equal outputs and equal gradients at all inputs."""
    pairs = zip(minitorch_gradients(ours, arrays), torch_gradients(theirs, arrays), strict=True)
    for one, other in pairs:
        assert one.shape == other.shape
        assert one.dtype == other.dtype
        np.testing.assert_allclose(one, other, rtol=tolerance, atol=tolerance)


def with_parameters(layer: Module, *parameters: Tensor) -> Module:
    """The layer on these Tensors, in the order of its parameters."""
    for name, parameter in zip(layer.parameters(), parameters, strict=True):
        *path, last = name.split(".")
        owner = layer
        for part in path:
            owner = owner.children()[part]
        setattr(owner, last, parameter)
    return layer


def compare(layer: Module, theirs: Callable[..., torch.Tensor], x: Array) -> None:
    """Outputs, and gradients at the input and at all parameters."""
    arrays = [parameter.data for parameter in layer.parameters().values()]
    assert_same(lambda x, *parameters: with_parameters(layer, *parameters)(x), theirs, x, *arrays)
