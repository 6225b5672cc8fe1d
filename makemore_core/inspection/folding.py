"""BatchNorm folded into the Linear before it: lecture 3's second exercise.

In evaluation BatchNorm is y = gamma * (x - mean) / deviation + beta, a factor and a shift for each neuron. After
x = v @ W + b both can be taken over: W * factor, and (b - mean) * factor + beta.
"""

import copy
from dataclasses import dataclass

import torch

from makemore_core.errors import InputError
from makemore_core.models.language_model import LanguageModel
from makemore_core.models.layers import BatchNorm1d, Layer, Linear

NOTHING = "This net has no BatchNorm behind a Linear layer: train one that has, such as lecture3-batchnorm."
EACH_POSITION = "This BatchNorm has statistics of each position, and one Linear serves them all: it cannot be folded."


@dataclass(frozen=True)
class Folding:
    """A net before and after: what became of it, and how far their logits are apart."""

    before: tuple[str, ...]  # layers by name
    after: tuple[str, ...]
    parameters: tuple[int, int]
    contexts: int
    largest_logit: float
    difference: float  # the largest of all logits'


def folded(model: LanguageModel) -> LanguageModel:
    """A copy in evaluation without BatchNorm that gives the same logits; InputError where there is none to fold."""
    layers: dict[str, Layer] = {}
    for name, layer in copy.deepcopy(model.layers).items():
        before = list(layers)[-1] if layers else ""
        if isinstance(layer, BatchNorm1d) and isinstance(linear := layers.get(before), Linear):
            layers[before] = _into(linear, layer)
        else:
            layers[name] = layer
    if len(layers) == len(model.layers):
        raise InputError(NOTHING)
    new = LanguageModel(layers, model.block_size, model.layout)
    new.train(False)
    return new


def _into(linear: Linear, norm: BatchNorm1d) -> Linear:
    if norm.running_mean.ndim > 1:
        raise InputError(EACH_POSITION)
    with torch.no_grad():
        factor = norm.gamma / norm.deviation(norm.running_spread)  # (H)
        bias = torch.zeros_like(factor) if linear.bias is None else linear.bias
        return Linear(linear.weight * factor, (bias - norm.running_mean) * factor + norm.beta)


def folding(model: LanguageModel, x: torch.Tensor) -> Folding:
    """Fold, and compare the logits of both nets on some contexts x (B, T)."""
    new = folded(model)
    with model.evaluating(), new.evaluating():
        ours, theirs = model(x), new(x)
    return Folding(
        tuple(model.layers),
        tuple(new.layers),
        (_size(model), _size(new)),
        len(x),
        float(ours.abs().max()),
        float((ours - theirs).abs().max()),
    )


def _size(model: LanguageModel) -> int:
    return sum(parameter.numel() for parameter in model.parameters())
