"""How a layer's neurons stand at one moment of the training; several moments make their history."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from makemore_core.inspection.neurons import plain
from makemore_core.inspection.wiring import weights_into
from makemore_core.models.language_model import LanguageModel


@dataclass(frozen=True, eq=False)
class LayerMoment:
    """One moment of a layer, each (H): mean and deviation of its outputs; norms of the weights into it, and of theirs.

    The gradient is that of the loss on one batch, with running statistics in BatchNorm.
    """

    mean: NDArray[np.float32]
    deviation: NDArray[np.float32]
    weight: NDArray[np.float32]
    gradient: NDArray[np.float32]


def layer_moment(model: LanguageModel, layer: str, values: Tensor, x: Tensor, y: Tensor) -> LayerMoment:
    """A layer now: from its outputs (N, H) on a sample, and the gradient on a batch x, y. Leaves gradients behind."""
    model.zero_grad()
    model.loss(x, y).backward()
    into = weights_into(model, layer)
    gradients = [torch.zeros_like(w) if w.grad is None else w.grad for w in into]
    n = values.shape[1]
    spread = values.std(0, correction=0)
    return LayerMoment(plain(values.mean(0)), plain(spread), _norms(into, n), _norms(gradients, n))


def _norms(weights: list[Tensor], n: int) -> NDArray[np.float32]:
    """The length of all that leads into each of n neurons, of parameters (fan_in, k*n)."""
    squares = [w.detach().unflatten(1, (-1, n)).square().sum((0, 1)) for w in weights]
    return plain(torch.stack(squares).sum(0).sqrt() if squares else torch.zeros(n))
