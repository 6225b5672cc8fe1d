"""GELU, causal self-attention and large linear layers over sequences, without what torch does beside their arithmetic.

For float32 on the CPU, where Numba and scipy are installed; attention and linear layers on one thread, too.
"""

from functools import lru_cache
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from makemore_core.engines import one_pass, precompiled, products

GELU_SCALE = 2 * (2 / np.pi) ** 0.5  # GELU is x sigmoid(u), u = x (scale + cube x^2): Hendrycks & Gimpel 2016
GELU_CUBE = 0.044715 * GELU_SCALE
GELU = np.float32(GELU_SCALE), np.float32(GELU_CUBE)

LONGEST = 128  # characters; the weights of twice as many want much memory, and torch is about as fast there
MANY = 10_000_000  # multiply-adds of a linear layer; with fewer, torch is called faster


@lru_cache(maxsize=1)
def loops() -> Any:
    """The compiled loops, imported when first asked for."""
    precompiled.be_compiled()
    products.keep_to_one_thread()
    from makemore_core.engines import layer_loops

    return layer_loops


@lru_cache(maxsize=1)
def is_amd() -> bool:
    """Whether this is a processor on which numpy's products are faster than torch's, which are Intel's."""
    from llvmlite.binding import get_host_cpu_name

    return get_host_cpu_name().startswith("znver")


def is_fused_gelu(x: Tensor) -> bool:
    """Whether to take GELU of x (...) here."""
    return one_pass.is_fused(x)


def is_fused(x: Tensor) -> bool:
    """Whether the loops can take a tensor as it is, and nobody asked for more threads or for fewer digits."""
    plain = torch.get_num_threads() == 1 and not torch.is_autocast_enabled("cpu")
    return plain and one_pass.is_fused(x) and products.is_available()


def is_fused_linear(x: Tensor, weight: Tensor) -> bool:
    """Whether to multiply the rows of x (..., E) by a weight (E, H) here."""
    return x.numel() * weight.shape[1] >= MANY and is_fused(x) and is_fused(weight) and is_amd()


def is_fused_attention(qkv: Tensor) -> bool:
    """Whether to attend with queries, keys and values (B, T, 3*E) here."""
    return qkv.shape[1] <= LONGEST and is_fused(qkv)


class FusedGELU(torch.autograd.Function):
    """GELU of x (...), and its slope, each in one pass."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        x = x.contiguous()
        ctx.save_for_backward(x)
        out = torch.empty_like(x)
        one_pass.loops().gelu(_flat(x), _flat(out), *GELU)
        return out

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Tensor) -> Tensor:
        (x,) = ctx.saved_tensors
        dx = torch.empty_like(x)
        one_pass.loops().gelu_backward(_flat(grad_outputs[0].contiguous()), _flat(x), _flat(dx), *GELU)
        return dx


class FusedLinear(torch.autograd.Function):
    """x (..., E) @ weight (E, H) + bias (H), if there is one, by numpy's products."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        ctx.save_for_backward(x, weight)
        ctx.has_bias = bias is not None
        out = x.new_empty((*x.shape[:-1], weight.shape[1]))
        np.dot(_rows(x), _array(weight), out=_rows(out))
        if bias is not None:
            loops().add_to_rows(_rows(out), _array(bias))
        return out

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Tensor) -> tuple[Tensor, Tensor, Tensor | None]:
        x, weight = ctx.saved_tensors
        d, dx, dweight = _rows(grad_outputs[0]), x.new_empty(x.shape), weight.new_empty(weight.shape)
        np.dot(d, _array(weight).T, out=_rows(dx))
        np.dot(_rows(x).T, d, out=_array(dweight))
        return dx, dweight, torch.from_numpy(ones(len(d)).dot(d)) if ctx.has_bias else None


@lru_cache
def ones(n: int) -> NDArray[np.float32]:
    """(n), the same array each time, not to be written to: a product with it adds rows up."""
    return np.ones(n, dtype=np.float32)


class FusedAttention(torch.autograd.Function):
    """Queries, keys and values of n_head heads (B, T, 3*E) -> each place's averages of the past (B, T, E)."""

    @staticmethod
    def forward(ctx: Any, qkv: Tensor, n_head: int, scale: float) -> Tensor:
        qkv = qkv.contiguous()
        B, T, three_E = qkv.shape
        out, weights = qkv.new_empty((B, T, three_E // 3)), qkv.new_empty((B, n_head, T, T))
        loops().attend(_array(qkv), np.float32(scale), _array(weights), _array(out))
        ctx.save_for_backward(qkv, weights)
        ctx.scale = scale
        return out

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Tensor) -> tuple[Tensor, None, None]:
        qkv, weights = ctx.saved_tensors
        dout, dqkv = grad_outputs[0].contiguous(), torch.empty_like(qkv)
        loops().attend_backward(_array(dout), _array(qkv), np.float32(ctx.scale), _array(weights), _array(dqkv))
        return dqkv, None, None


def warm_up() -> None:
    """Compile what is called from here, or load it from the disk."""
    x = torch.zeros((1, 1, 3), requires_grad=True)
    qkv = FusedLinear.apply(FusedGELU.apply(x), torch.zeros((3, 3)), torch.zeros(3))
    FusedAttention.apply(qkv, 1, 1.0).sum().backward()


def _array(tensor: Tensor) -> NDArray[np.float32]:
    return tensor.detach().numpy()


def _rows(tensor: Tensor) -> NDArray[np.float32]:
    """(..., E) -> (rows, E), on the same memory where it lies in one piece."""
    return _array(tensor.reshape(-1, tensor.shape[-1]))


def _flat(x: Tensor) -> NDArray[np.float32]:
    return _array(x).reshape(-1)
