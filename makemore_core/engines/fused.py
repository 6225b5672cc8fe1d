"""The reference with our own loops in the place of torch's functions, where these are slower: to rounding the same.

The layers of a model that has this engine compute by fused_layers.py, in training, in evaluation and when looked at.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from torch import Tensor

from makemore_core.engines.fused_layers import (
    FusedAttention,
    FusedGELU,
    FusedLinear,
    is_fused_attention,
    is_fused_gelu,
    is_fused_linear,
)
from makemore_core.models.language_model import LanguageModel, Loss


class Faster(NamedTuple):
    """What takes the place of a layer's method: function(layer, x) -> out."""

    method: str
    function: Callable[[Any, Tensor], Tensor]


def gelu(layer: Any, x: Tensor) -> Tensor:
    """x (...) -> (...)."""
    return FusedGELU.apply(x) if is_fused_gelu(x) else type(layer).forward(layer, x)


def linear(layer: Any, x: Tensor) -> Tensor:
    """x (..., E) -> (..., H)."""
    if x.ndim > 2 and is_fused_linear(x, layer.weight):
        return FusedLinear.apply(x, layer.weight, layer.bias)
    return type(layer).forward(layer, x)


def attention(layer: Any, qkv: Tensor) -> Tensor:
    """qkv (B, T, 3*E) -> (B, T, E)."""
    if is_fused_attention(qkv):
        return FusedAttention.apply(qkv, layer.n_head, layer.scale)
    return type(layer).averages(layer, qkv)


# by name, because Streamlit's reload makes the classes of a running model anew
FASTER: dict[str, Faster] = {
    "GELU": Faster("forward", gelu),
    "Linear": Faster("forward", linear),
    "CausalSelfAttention": Faster("averages", attention),
}


class Fused:
    """The engine for all models; its optimizers step in one pass, too: see one_pass.py."""

    def __init__(self, model: LanguageModel) -> None:
        self.model = model
        for _, layer in model.all_layers():
            faster = FASTER.get(type(layer).__name__)
            if faster:
                setattr(layer, faster.method, partial(faster.function, layer))

    def loss(self, x: Tensor, y: Tensor) -> Loss:
        """Mean cross-entropy in nats of the next characters y after the inputs x, as the model's own loss."""
        return self.model.loss(x, y)
