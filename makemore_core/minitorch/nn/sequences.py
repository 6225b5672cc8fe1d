"""Layers that look along a context, backwards only: dilated convolution (WaveNet 2016), self-attention (GPT-2)."""

import numpy as np
from numpy.typing import DTypeLike

from makemore_core.minitorch.kernels import Array
from makemore_core.minitorch.nn.layers import Dropout, Linear
from makemore_core.minitorch.nn.module import Module
from makemore_core.minitorch.tensor import Tensor, concatenate


class CausalConv1d(Module):
    """out[t] = sum over k of x[t - k*dilation] @ weight[k] + bias, zeros before the start: (B, T, C) -> (B, T, D)."""

    def __init__(self, weight: Array, bias: Array | None = None, dilation: int = 1) -> None:
        if weight.ndim != 3 or dilation < 1:
            raise ValueError(
                f"`1 <= dilation` and a weight (K, C, D) must hold, but got dilation={dilation} and {weight.shape}."
            )
        self.weight, self.bias = Tensor(weight), None if bias is None else Tensor(bias)  # (K, C, D), (D)
        self.dilation = dilation

    @classmethod
    def drawn(
        cls,
        kernel_size: int,
        fan_in: int,
        fan_out: int,
        generator: np.random.Generator,
        dilation: int = 1,
        dtype: DTypeLike = np.float32,
    ) -> "CausalConv1d":
        """Weights of standard deviation 1 / sqrt(kernel_size * fan_in), bias 0."""
        weight = generator.standard_normal((kernel_size, fan_in, fan_out)) / (kernel_size * fan_in) ** 0.5
        return cls(weight.astype(dtype), np.zeros(fan_out, dtype), dilation)

    def __call__(self, x: Tensor) -> Tensor:
        K, C, D = self.weight.shape
        past = concatenate([x.shift(k * self.dilation, axis=1) for k in range(K)], axis=-1)  # (B, T, K*C)
        out = past @ self.weight.reshape(K * C, D)  # (B, T, D)
        return out if self.bias is None else out + self.bias


class CausalSelfAttention(Module):
    """Several heads, each position looking at itself and what came before, as in GPT-2: (B, T, E) -> (B, T, E)."""

    def __init__(self, n_head: int, c_attn: Linear, c_proj: Linear, dropout: Dropout | None = None) -> None:
        n_embd = len(c_attn.weight)
        if n_embd % n_head:
            raise ValueError(f"`n_embd % n_head == 0` must hold, but got n_embd={n_embd}, n_head={n_head}.")
        self.n_head, self.c_attn, self.c_proj, self.dropout = n_head, c_attn, c_proj, dropout

    @classmethod
    def drawn(
        cls, n_embd: int, n_head: int, generator: np.random.Generator, dtype: DTypeLike = np.float32
    ) -> "CausalSelfAttention":
        """Both Linear layers drawn, without dropout."""
        c_attn = Linear.drawn(n_embd, 3 * n_embd, generator, dtype=dtype)
        return cls(n_head, c_attn, Linear.drawn(n_embd, n_embd, generator, dtype=dtype))

    def __call__(self, x: Tensor) -> Tensor:
        B, T, E = x.shape
        head_size = E // self.n_head
        qkv = self.c_attn(x).reshape(B, T, 3, self.n_head, head_size)
        q, k, v = (qkv[:, :, i].transpose(1, 2) for i in range(3))  # each (B, heads, T, head_size)
        scores = (q @ k.transpose(-2, -1)) * head_size**-0.5  # (B, heads, T, T)
        future = ~np.tri(T, dtype=bool)
        attention = scores.masked_fill(future, -np.inf).softmax(-1)  # (B, heads, T, T)
        if self.dropout is not None:
            attention = self.dropout(attention)
        out = (attention @ v).transpose(1, 2).reshape(B, T, E)
        return self.c_proj(out)
