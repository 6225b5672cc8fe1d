"""Lecture 4's comparison: each gradient found by hand beside the one that torch's autograd finds.

Every check works on copies, so a model in training may be checked on its current batch without noticing it.
"""

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass

import torch
from torch import Tensor

from makemore_core.backprop.lecture_4 import BACKWARD, FORWARD
from makemore_core.backprop.walk import there_and_back, walk
from makemore_core.engines.by_hand import ByHand
from makemore_core.engines.engine import Engine
from makemore_core.models.language_model import LanguageModel

EngineFactory = Callable[[LanguageModel], Engine]

DTYPES = {"float32": torch.float32, "float64": torch.float64}  # in which numbers are compared

# where lecture 4's parameters stand in our MLP
LECTURE_4 = {
    "C": "embedding.weight",
    "W1": "hidden.weight",
    "b1": "hidden.bias",
    "bngain": "batch_norm.gamma",
    "bnbias": "batch_norm.beta",
    "W2": "output.weight",
    "b2": "output.bias",
}
LECTURE_4_LAYERS = ["Embedding", "Flatten", "Linear", "BatchNorm1d", "Tanh", "Linear"]


@dataclass(frozen=True)
class Row:
    """What lecture 4's cmp prints: all bits equal, equal up to rounding, the largest difference."""

    name: str
    exact: bool
    close: bool
    max_diff: float


def compare(manual: Mapping[str, Tensor], autograd: Mapping[str, Tensor]) -> list[Row]:
    """A row for each gradient found by hand, in its order."""
    return [_row(name, gradient, autograd[name]) for name, gradient in manual.items()]


def check_long_form(
    C: Tensor, W1: Tensor, b1: Tensor, bngain: Tensor, bnbias: Tensor, W2: Tensor, b2: Tensor, x: Tensor, y: Tensor
) -> list[Row]:
    """The lecture's 26 rows, for parameters of one dtype and a batch x (B, T), y (B) of at least two examples."""
    named = {"C": C, "W1": W1, "b1": b1, "bngain": bngain, "bnbias": bnbias, "W2": W2, "b2": b2}
    _, by_hand, autograd = there_and_back(FORWARD, BACKWARD, named, x, y)
    return compare(by_hand, autograd)


def check_lines(model: LanguageModel, x: Tensor, y: Tensor, dtype: torch.dtype = torch.float32) -> list[Row]:
    """A row for each value of a model's long form, as lecture 4's 26; InputError for layers that have none."""
    walked = walk(model, x, y, dtype)
    return compare(walked.gradients, walked.autograd)


def check_engine(make_engine: EngineFactory, model: LanguageModel, x: Tensor, y: Tensor) -> list[Row]:
    """A row for each parameter, and for each layer's output where the engine runs the model's own layers."""
    return compare(_gradients(make_engine, model, x, y), _gradients(_autograd, model, x, y))


def gradcheck(
    make_engine: EngineFactory, model: LanguageModel, x: Tensor, y: Tensor, dtype: torch.dtype = torch.float32
) -> list[Row]:
    """Lecture 4's 26 rows where its network is checked by hand, else the engine's own."""
    model = in_dtype(model, dtype)
    if make_engine is ByHand and is_lecture_4(model):
        parameters = model.named_parameters()
        return check_long_form(**{short: parameters[name] for short, name in LECTURE_4.items()}, x=x, y=y)
    return check_engine(make_engine, model, x, y)


def is_lecture_4(model: LanguageModel) -> bool:
    """Whether this is the network that lecture 4 goes through, with its seven parameters."""
    layers = [type(layer).__name__ for layer in model.layers.values()]
    return layers == LECTURE_4_LAYERS and set(model.named_parameters()) == set(LECTURE_4.values())


def in_dtype(model: LanguageModel, dtype: torch.dtype) -> LanguageModel:
    """A copy whose parameters and buffers have another precision."""
    copy = deepcopy(model)
    for _, layer in copy.all_layers():
        for name, value in vars(layer).items():
            if isinstance(value, Tensor) and value.is_floating_point():
                setattr(layer, name, value.detach().to(dtype).requires_grad_(value.requires_grad))
    copy.join()
    return copy


def _row(name: str, manual: Tensor, autograd: Tensor) -> Row:
    max_diff = (manual - autograd).abs().max().item()
    return Row(name, torch.equal(manual, autograd), torch.allclose(manual, autograd), max_diff)


def _autograd(model: LanguageModel) -> Engine:
    return model


def _gradients(make_engine: EngineFactory, model: LanguageModel, x: Tensor, y: Tensor) -> dict[str, Tensor]:
    """The gradients at all parameters, then those at the outputs of layers that ran, the last first."""
    copy = deepcopy(model)
    engine = make_engine(copy)
    with copy.watched() as outputs:
        loss = engine.loss(x, y)
        copy.zero_grad()
        loss.backward()
    known = copy.named_parameters() | dict(reversed(outputs.items()))
    # what has no gradient is not part of the loss: its gradient is 0
    return {name: torch.zeros_like(p) if p.grad is None else p.grad for name, p in known.items()}
