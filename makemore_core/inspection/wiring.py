"""Which layers have neurons, and which weights lead into them and out of them."""

from torch import Tensor

from makemore_core.models.blocks import Dropout, Row
from makemore_core.models.language_model import LanguageModel
from makemore_core.models.layers import (
    Activation,
    BatchNorm1d,
    Embedding,
    Flatten,
    FlattenConsecutive,
    Layer,
    Linear,
)
from makemore_core.models.recurrent import Recurrence
from makemore_core.models.sequence_mlp import Context

SIDE_BY_SIDE = (Flatten, FlattenConsecutive, Context)  # they lay vectors beside each other, and change no number
IN_BETWEEN = (Flatten, FlattenConsecutive, Dropout)


def neuron_layers(model: LanguageModel) -> dict[str, Layer]:
    """The nonlinearities and the recurrent states, shallow first: each of their outputs is a neuron."""
    return {name: layer for name, layer in model.all_layers() if isinstance(layer, Activation | Recurrence)}


def leaves(model: LanguageModel) -> list[tuple[str, Layer]]:
    """The layers that are made of no others, in the order in which a signal passes them."""
    return [(name, layer) for name, layer in model.all_layers() if not layer.children()]


def stages(model: LanguageModel) -> dict[str, Layer]:
    """The model's own row of layers, with rows in it opened: each reads the one before it and nothing else."""
    opened: dict[str, Layer] = {}
    for name, layer in model.layers.items():
        is_row = type(layer) is Row
        opened |= {f"{name}.{inner}": child for inner, child in layer.children().items()} if is_row else {name: layer}
    return opened


def place_of(model: LanguageModel, layer: str) -> int:
    """Where a layer stands among the leaves."""
    return [name for name, _ in leaves(model)].index(layer)


def weights_into(model: LanguageModel, layer: str) -> list[Tensor]:
    """The parameters (fan_in, k*H) that lead into a layer of H neurons; k is 1, or the gates of a recurrence."""
    here = dict(model.all_layers())[layer]
    if isinstance(here, Recurrence):
        return [here.weight_x, here.weight_h]
    linear, _ = linear_before(model, layer)
    return [linear.weight] if linear else []


def linear_before(model: LanguageModel, layer: str) -> tuple[Linear | None, BatchNorm1d | None]:
    """The Linear that feeds a nonlinearity, and the batch normalisation between the two; None for what is missing."""
    before = [layer for _, layer in leaves(model)[: place_of(model, layer)]]
    norm = before.pop() if before and isinstance(before[-1], BatchNorm1d) else None
    linear = before[-1] if before and isinstance(before[-1], Linear) else None
    return linear, norm if isinstance(norm, BatchNorm1d) else None


def linear_after(model: LanguageModel, layer: str) -> tuple[str, Linear, BatchNorm1d | None] | None:
    """The Linear that reads a layer, by name, with the batch normalisation right behind it; None if none reads it."""
    after = leaves(model)[place_of(model, layer) + 1 :]
    while after and isinstance(after[0][1], IN_BETWEEN):
        after.pop(0)
    name, linear = after[0] if after else ("", None)
    norm = after[1][1] if len(after) > 1 else None
    return (name, linear, norm if isinstance(norm, BatchNorm1d) else None) if isinstance(linear, Linear) else None


def characters_into(model: LanguageModel, linear: Linear) -> int:
    """How many characters' vectors a Linear reads side by side; 0 if it reads anything else."""
    row = [layer for _, layer in leaves(model)]
    before = row[: next(i for i, layer in enumerate(row) if layer is linear)]
    embedding = before[0] if before else None
    if not isinstance(embedding, Embedding) or not all(isinstance(layer, SIDE_BY_SIDE) for layer in before[1:]):
        return 0
    return len(linear.weight) // embedding.weight.shape[1]


def factor(norm: BatchNorm1d | None) -> Tensor | float:
    """What batch normalisation multiplies each neuron by in evaluation (H); at the last position, if they differ."""
    if norm is None:
        return 1.0
    by = norm.gamma.detach() / norm.deviation(norm.running_spread)
    return by if by.ndim == 1 else by[-1]


def carries_on(model: LanguageModel, layer: str) -> bool:
    """Whether a layer's outputs are also its own input at the next character."""
    return isinstance(dict(model.all_layers())[layer], Recurrence)
