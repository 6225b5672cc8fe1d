"""Layers and the loss: what torch.nn is to torch, as far as the lectures go."""

from makemore_core.minitorch.nn.layers import (
    GELU,
    Dropout,
    Embedding,
    Flatten,
    FlattenConsecutive,
    LeakyReLU,
    Linear,
    ReLU,
    Tanh,
)
from makemore_core.minitorch.nn.loss import cross_entropy
from makemore_core.minitorch.nn.module import Module, Sequential
from makemore_core.minitorch.nn.norms import BatchNorm1d, DeviationBatchNorm1d, LayerNorm
from makemore_core.minitorch.nn.sequences import CausalConv1d, CausalSelfAttention

__all__ = [
    "GELU",
    "BatchNorm1d",
    "CausalConv1d",
    "CausalSelfAttention",
    "DeviationBatchNorm1d",
    "Dropout",
    "Embedding",
    "Flatten",
    "FlattenConsecutive",
    "LayerNorm",
    "LeakyReLU",
    "Linear",
    "Module",
    "ReLU",
    "Sequential",
    "Tanh",
    "cross_entropy",
]
