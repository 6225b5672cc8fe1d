"""The very lines that run, as they are written: one network's parts in each of its forms, and the loop by hand."""

import inspect
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from makemore_core.engines.by_hand import LossByHand
from makemore_core.engines.by_minitorch import ByMinitorch, LoopByMinitorch
from makemore_core.engines.derivatives import RULES, cross_entropy_backward
from makemore_core.minitorch import nn
from makemore_core.models.language_model import LanguageModel
from makemore_core.models.layers import Embedding, Flatten, Linear, Tanh
from makemore_core.models.mlp import MLPConfig
from makemore_core.models.three_forms import (
    FromModule,
    ModuleMLPConfig,
    ParametersModule,
    RawTensors,
    TensorsMLPConfig,
)
from makemore_core.optimizers import SGD, Optimizer
from makemore_core.training.trainer import Trainer

RAW, LAYERS, MODULE, MINITORCH = "raw tensors", "own layers", "nn.Module", "minitorch"
TORCH = (RAW, LAYERS, MODULE)  # the forms that torch differentiates
Owner = Any  # a class, whose methods are named beside it; or a function


@dataclass(frozen=True)
class Part:
    """One part of a network and its training: its code, by the forms that share it."""

    name: str
    about: str
    code: Mapping[tuple[str, ...], str]


def source(*pieces: tuple[Owner, str] | Owner) -> str:
    """Functions, and methods by their class and name, as they are written, one below the other."""
    found = [getattr(*piece) if isinstance(piece, tuple) else piece for piece in pieces]
    return "\n".join(textwrap.dedent(inspect.getsource(piece)) for piece in found).rstrip()


@lru_cache(maxsize=1)
def parts() -> tuple[Part, ...]:
    """The network of seed 000 in its three forms, and on minitorch."""
    init, forward = "__init__", "forward"
    return (
        _part(
            "Parameters",
            "Five tensors: bare, kept by layers, or found by nn.Module itself.",
            [(RawTensors, init), (RawTensors, "parameters")],
            [(Embedding, init), (Linear, init), (Linear, "parameters")],
            [(ParametersModule, init), (FromModule, "parameters")],
            [(nn.Embedding, init), (nn.Linear, init), (nn.Module, "parameters")],
        ),
        _part(
            "Init",
            "Drawn once, in the lecture's order; the other forms take over the same numbers.",
            [(TensorsMLPConfig, "build"), (TensorsMLPConfig, "_form")],
            [(MLPConfig, "build")],
            [(ModuleMLPConfig, "_form")],
            [(ByMinitorch, init), (ByMinitorch, "_counterpart")],
        ),
        _part(
            "Forward",
            "Look up, lay side by side, multiply, squash, multiply.",
            [(RawTensors, forward)],
            [
                (LanguageModel, "__call__"),
                *((layer, forward) for layer in (Embedding, Flatten, Linear, Tanh)),
            ],
            [(ParametersModule, forward)],
            [(kind, "__call__") for kind in (nn.Sequential, nn.Embedding, nn.Flatten, nn.Linear, nn.Tanh)],
        ),
        _shared(
            "Loss",
            "The mean surprise by what came next.",
            [(LanguageModel, "loss")],
            [nn.cross_entropy],
        ),
        _shared(
            "zero_grad",
            "Gradients add up, so the old ones are taken away at each step.",
            [(LanguageModel, "zero_grad")],
            [(nn.Module, "zero_grad")],
        ),
        _shared(
            "Step",
            "The four lines and the optimizer, whose operators move torch's tensors and numpy's arrays alike.",
            [(Trainer, "_update"), (Optimizer, "step"), (SGD, "change")],
            [(LoopByMinitorch, "advance"), (LoopByMinitorch, "_find_gradients")],
        ),
    )


Pieces = list[Any]


def _part(name: str, about: str, raw: Pieces, layers: Pieces, module: Pieces, minitorch: Pieces) -> Part:
    written = zip((RAW, LAYERS, MODULE, MINITORCH), (raw, layers, module, minitorch), strict=True)
    return Part(name, about, {(form,): source(*pieces) for form, pieces in written})


def _shared(name: str, about: str, torch: Pieces, minitorch: Pieces) -> Part:
    return Part(name, about, {TORCH: source(*torch), (MINITORCH,): source(*minitorch)})


def loop() -> str:
    """The training step that all engines share."""
    return source((Trainer, "_update"))


def by_autograd() -> str:
    """Where autograd's gradients come from: the model's loss is torch's, and torch has kept a tape."""
    return source((LanguageModel, "loss"))


def by_hand(model: LanguageModel) -> str:
    """What loss.backward() is without autograd, for the layers of a model, from the last back to the first."""
    kinds = dict.fromkeys(type(layer).__name__ for layer in reversed(model.layers.values()))
    rules = dict.fromkeys(RULES[kind].backward for kind in kinds)
    return source((LossByHand, "backward"), cross_entropy_backward, *rules)
