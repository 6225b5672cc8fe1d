"""Causal self-attention: each character asks those before it, and itself, what they know (Vaswani et al. 2017)."""

import torch
from torch import Generator, Tensor
from torch.nn.functional import scaled_dot_product_attention

from makemore_core.models.blocks import Dropout, uniform_linear
from makemore_core.models.layers import Layer


def causal_softmax(scores: Tensor) -> Tensor:
    """Scores of each place for each other (..., T, T) -> shares of the past: rows sum to 1, nobody looks ahead."""
    T = scores.shape[-1]
    ahead = torch.ones((T, T), dtype=torch.bool, device=scores.device).triu(1)
    return scores.masked_fill(ahead, -torch.inf).softmax(-1)


class AttentionWeights(Layer):
    """How much each place attends to each earlier one: scores (B, n_head, T, T) -> shares (B, n_head, T, T)."""

    def forward(self, x: Tensor) -> Tensor:
        return causal_softmax(x)


class CausalSelfAttention(Layer):
    """n_head averages of the past, each weighted by how well its keys fit the query: (B, T, E) -> (B, T, E).

    Torch's one function computes the same without the weights. Where they are watched they are computed beside it,
    without gradients, so that looking changes no number.
    """

    def __init__(
        self, n_embd: int, n_head: int, generator: Generator, qkv_bias: bool = True, dropout: float = 0.0
    ) -> None:
        self.n_head = n_head
        self.scale = (n_embd // n_head) ** -0.5  # by the head's size; seed 003 takes n_embd
        self.qkv = uniform_linear(n_embd, 3 * n_embd, generator, qkv_bias)
        self.weights, self.weights_dropout = AttentionWeights(), Dropout(dropout, generator)
        self.output, self.dropout = uniform_linear(n_embd, n_embd, generator), Dropout(dropout, generator)

    def forward(self, x: Tensor) -> Tensor:
        qkv = self.qkv(x)  # (B, T, 3*E)
        if self.weights.note is not None and not self.weights_dropout.is_active:
            with torch.no_grad():
                self.averages_by_weights(qkv)
        averages = self.averages_by_weights if self.weights_dropout.is_active else self.averages
        return self.dropout(self.output(averages(qkv)))

    def averages_by_weights(self, qkv: Tensor) -> Tensor:
        """With the weights as numbers that can be watched and dropped: (B, T, 3*E) -> (B, T, E)."""
        q, k, v = self._split(qkv)
        out = self.weights_dropout(self.weights(q @ k.transpose(-2, -1) * self.scale)) @ v
        return out.transpose(1, 2).flatten(2)  # heads side by side

    def averages(self, qkv: Tensor) -> Tensor:
        """The same without dropout, in torch's one function."""
        q, k, v = self._split(qkv)
        out = scaled_dot_product_attention(q, k, v, is_causal=True, scale=self.scale)
        return out.transpose(1, 2).flatten(2)

    def _split(self, qkv: Tensor) -> list[Tensor]:
        """q, k and v, each (B, n_head, T, E/n_head)."""
        return [self._heads(part) for part in qkv.chunk(3, dim=-1)]

    def _heads(self, x: Tensor) -> Tensor:
        return x.unflatten(-1, (self.n_head, -1)).transpose(1, 2)

    def children(self) -> dict[str, Layer]:
        weights: dict[str, Layer] = {"weights": self.weights, "weights_dropout": self.weights_dropout}
        return {"qkv": self.qkv} | weights | {"output": self.output, "dropout": self.dropout}
