"""What if a neuron fell silent, or a weight were another? Asked of a copy; the run never notices.

A neuron that always says its mean is the fairer silence: 0 may be a value that the layers after it never saw.
"""

import copy
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from makemore_core.inspection.sample import Sample, output_of
from makemore_core.inspection.wiring import stages
from makemore_core.layouts import WINDOWS
from makemore_core.models.blocks import Row
from makemore_core.models.language_model import Cut, LanguageModel
from makemore_core.models.layers import Layer

ZERO, MEAN = "0", "its mean"
SILENCES = (MEAN, ZERO)  # what a silent neuron says


@dataclass(frozen=True)
class Silence:
    """A neuron that says always the same."""

    layer: str
    neuron: int
    says: str = MEAN


@dataclass(frozen=True)
class Weight:
    """One number of a parameter, held at a value."""

    parameter: str
    index: tuple[int, ...]
    value: float


Edit = Silence | Weight


def edited(model: LanguageModel, edits: Sequence[Edit], sample: Sample) -> LanguageModel:
    """A copy of a model with these edits, in evaluation; means are over the sample, in the model as it was."""
    asked, changed = copy.deepcopy(model), copy.deepcopy(model)
    changed.train(False)
    for edit in edits:
        if isinstance(edit, Weight):
            set_weight(changed, edit.parameter, edit.index, edit.value)
    for layer, says in dict.fromkeys((edit.layer, edit.says) for edit in edits if isinstance(edit, Silence)):
        neurons = [e.neuron for e in edits if isinstance(e, Silence) and (e.layer, e.says) == (layer, says)]
        _hold(changed, layer, neurons, silence(asked, layer, says, sample))
    return changed


def set_weight(model: LanguageModel, parameter: str, index: tuple[int, ...], value: float) -> None:
    """Another value for one number of a parameter."""
    with torch.no_grad():
        model.named_parameters()[parameter][index] = value


@contextmanager
def silenced(model: LanguageModel, layer: str, neurons: Sequence[int], values: Tensor) -> Generator[None]:
    """Some neurons of a layer say values (H) whatever comes in. Not for a model that others use at the same time."""
    release = _hold(model, layer, neurons, values)
    try:
        yield
    finally:
        release()


def _hold(model: LanguageModel, layer: str, neurons: Sequence[int], values: Tensor) -> Callable[[], None]:
    here, chosen = dict(model.all_layers())[layer], torch.tensor(neurons)
    forward = here.forward

    def held(x: Tensor) -> Tensor:
        out = forward(x).clone()
        out[..., chosen] = values[chosen].to(out.dtype)
        return out

    here.forward = held
    return partial(setattr, here, "forward", forward)


def silence(model: LanguageModel, layer: str, says: str, sample: Sample) -> Tensor:
    """What each neuron of a layer says when it is silent (H): 0, or its mean over the sample and all positions."""
    with model.evaluating():
        outs = [output_of(model, layer, part.x) for part in sample.parts]
    rows = [
        out.flatten(0, -2) if model.layout is WINDOWS else out.flatten(0, -2)[part.among]
        for out, part in zip(outs, sample.parts, strict=True)
    ]
    mean = torch.cat(rows).mean(0)
    return mean if says == MEAN else torch.zeros_like(mean)


def importance(
    model: LanguageModel, layer: str, neurons: Sequence[int], values: Tensor, cuts: list[Cut]
) -> NDArray[np.float64]:
    """How much the loss on cuts rises, in nats, when each of some neurons alone says values (H) instead.

    What comes before the layer is computed once. Not for a model that others use at the same time.
    """
    done, rest = split_at(model, layer)
    with model.evaluating():
        reached = [cut._replace(x=Row(done)(cut.x)) for cut in cuts]
    behind = copy.copy(model)
    behind.layers = rest
    before = behind.mean_nats(reached)
    losses: list[float] = []
    for neuron in neurons:
        with silenced(behind, layer, [neuron], values):
            losses.append(behind.mean_nats(reached))
    return np.array(losses) - before


def split_at(model: LanguageModel, layer: str) -> tuple[dict[str, Layer], dict[str, Layer]]:
    """The layers that need not be computed again when a layer's output is another, and those that must.

    The second begin with the layer itself, as one that says what it hears, or with the block that holds it.
    """
    row = stages(model)
    names = list(row)
    here = next(i for i, name in enumerate(names) if f"{layer}.".startswith(f"{name}."))
    is_whole = names[here] == layer
    done = {name: row[name] for name in names[: here + is_whole]}
    rest = {name: row[name] for name in names[here + is_whole :]}
    return done, {layer: Row({})} | rest if is_whole else rest
