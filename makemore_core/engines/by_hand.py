"""Gradients by derived formulas: torch tensors serve as arrays, its autograd is switched off. Lecture 4's engine.

A model's layers stand in a row, so the loss's gradient walks back through their derivatives one after the other.
"""

import torch
from torch import Tensor
from torch.nn.functional import log_softmax, nll_loss

from makemore_core.engines.derivatives import RULES, Kept, cross_entropy_backward
from makemore_core.errors import InputError
from makemore_core.layouts import MASKED
from makemore_core.models.language_model import LanguageModel, Loss
from makemore_core.models.layers import Layer

Pass = tuple[Layer, Kept, Tensor]  # a layer, what its way back needs, what it gave


class LossByHand:
    """The mean cross-entropy of a batch, with all that its gradients are computed from."""

    def __init__(self, passes: list[Pass], logits: Tensor, y: Tensor) -> None:
        self.passes, self.y = passes, y
        self.log_probs = log_softmax(logits, dim=-1)  # (B, V) or (B, T, V)
        self.nats = nll_loss(self.log_probs.flatten(0, -2), y.flatten(), ignore_index=MASKED)

    def item(self) -> float:
        return self.nats.item()

    @torch.no_grad()
    def backward(self) -> None:
        """Every parameter gets its gradient in `grad`, and so does every layer's output, for those who watch."""
        dout = cross_entropy_backward(self.log_probs, self.y)
        for layer, kept, out in reversed(self.passes):
            out.grad = dout
            dout, gradients = RULES[type(layer).__name__].backward(layer, kept, dout)
            for name, parameter in layer.parameters().items():
                before = parameter.grad
                parameter.grad = gradients[name] if before is None else before + gradients[name]


class ByHand:
    """The engine for models whose layers all stand in RULES."""

    def __init__(self, model: LanguageModel) -> None:
        unknown = [type(layer).__name__ for layer in model.layers.values() if type(layer).__name__ not in RULES]
        if unknown:
            raise InputError(f"Gradients by hand exist for {', '.join(RULES)}, but got {unknown[0]}; choose autograd.")
        self.model = model

    def loss(self, x: Tensor, y: Tensor) -> Loss:
        """Mean cross-entropy in nats of the next characters y after the inputs x, as the model's own loss."""
        if not self.model.training:
            return self.model.loss(x, y)  # the rules are those of a training step
        passes: list[Pass] = []
        with torch.no_grad():
            for layer in self.model.layers.values():
                x, kept = RULES[type(layer).__name__].forward(layer, x)
                passes.append((layer, kept, x))
                if layer.note is not None:
                    layer.note(x)
            return LossByHand(passes, x, y)
