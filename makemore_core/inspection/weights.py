"""A parameter as a table whose rows and columns have names: which character, which place, which neuron."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from makemore_core.inspection.neurons import GATES, plain
from makemore_core.inspection.wiring import characters_into, leaves, place_of
from makemore_core.models.attention import CausalSelfAttention
from makemore_core.models.bigram import Table
from makemore_core.models.blocks import LayerNorm, PositionEmbedding
from makemore_core.models.causal_conv import CausalConv1d
from makemore_core.models.language_model import LanguageModel
from makemore_core.models.layers import Activation, Embedding, FlattenConsecutive, Layer, Linear
from makemore_core.models.recurrent import Recurrence
from makemore_core.models.sequence_mlp import Context
from makemore_core.models.three_forms import FromModule, RawTensors
from makemore_core.vocabulary import Vocabulary, shown

MOST_CELLS = 40_000  # of a picture


@dataclass(frozen=True)
class Axis:
    """What rows or columns are: groups with names, `each` of them so many wide; without names they are numbered."""

    meaning: str
    groups: tuple[str, ...] = ()
    each: int = 1

    def label(self, i: int) -> str:
        """The name of row or column i."""
        if not self.groups:
            return str(i)
        group = self.groups[i // self.each]
        return group if self.each == 1 else f"{group} · {i % self.each}"

    def span(self, first: int, many: int) -> str:
        """The names of the ends of a block."""
        return f"{self.label(first)} … {self.label(first + many - 1)}"


@dataclass(frozen=True, eq=False)
class Matrix:
    """A parameter in two dimensions (R, C). A vector is one row."""

    name: str
    rows: Axis
    columns: Axis
    values: NDArray[np.float32]
    is_vector: bool

    @property
    def summary(self) -> str:
        """Shape, mean, deviation and norm in one line."""
        shape = " × ".join(map(str, self.values.shape[self.is_vector :]))
        values = self.values.astype(np.float64)
        norm = float(np.linalg.norm(values))
        return f"{shape} · mean {values.mean():+.3g} · deviation {values.std():.3g} · norm {norm:.3g}"

    def index(self, row: int, column: int) -> tuple[int, ...]:
        """Where a cell stands in the parameter itself."""
        return (column,) if self.is_vector else (row, column)


def matrix(model: LanguageModel, name: str, vocabulary: Vocabulary) -> Matrix:
    """A parameter by name, with what its axes are."""
    values = plain(model.named_parameters()[name])
    path, _, kind = name.rpartition(".")
    layer = dict(model.all_layers())[path]
    asked = Asked(model, path, layer, kind, values.shape, tuple(map(shown, vocabulary.itos)))
    rows, columns = next((axes for of, axes in AXES if isinstance(layer, of)), _of_neurons)(asked)
    is_vector = values.ndim == 1
    return Matrix(name, Axis("") if is_vector else rows, columns, np.atleast_2d(values), is_vector)


def reduced(values: NDArray[np.float32], most: int = MOST_CELLS) -> tuple[NDArray[np.float32], tuple[int, int]]:
    """A matrix (R, C) as means over blocks, at most so many, and the size (r, c) of a block; (1, 1) is the matrix."""
    R, C = values.shape
    r = c = 1
    while -(-R // r) * -(-C // c) > most:
        r, c = (r + 1, c) if R / r >= C / c else (r, c + 1)
    if r == c == 1:
        return values, (1, 1)
    tops, lefts = np.arange(0, R, r), np.arange(0, C, c)
    sums = np.add.reduceat(np.add.reduceat(values.astype(np.float64), tops, axis=0), lefts, axis=1)
    heights, widths = np.minimum(r, R - tops), np.minimum(c, C - lefts)
    return (sums / heights[:, None] / widths).astype(np.float32), (r, c)


class Asked(NamedTuple):
    """Which parameter it is whose axes are asked for."""

    model: LanguageModel
    path: str
    layer: Layer
    kind: str
    shape: tuple[int, ...]
    characters: tuple[str, ...]


Axes = tuple[Axis, Axis]  # the columns alone count for a vector
DIMENSION, NEURON = Axis("embedding dimension"), Axis("neuron")


def _of_embedding(asked: Asked) -> Axes:
    return Axis("character", asked.characters), DIMENSION


def _of_table(asked: Asked) -> Axes:
    return Axis("character", asked.characters), Axis("next character", asked.characters)


def _of_position(asked: Asked) -> Axes:
    return Axis("place"), DIMENSION


def _of_vector(asked: Asked) -> Axes:
    return DIMENSION, DIMENSION


def _of_formula(asked: Asked) -> Axes:
    """The MLP whose five tensors carry the lectures' names."""
    places = _side_by_side("place", asked.model.block_size, asked.shape[0])
    rows = {"C": Axis("character", asked.characters), "W1": places}.get(asked.kind, NEURON)
    to_characters = Axis("next character", asked.characters)
    columns = {"C": DIMENSION, "W2": to_characters, "b2": to_characters}.get(asked.kind, NEURON)
    return rows, columns


def _of_recurrence(asked: Asked) -> Axes:
    names = GATES[type(asked.layer).__name__]
    rows = DIMENSION if asked.kind == "weight_x" else Axis("neuron of the state before")
    is_gated = len(names) > 1 and not asked.kind.startswith("start")
    return rows, Axis("gate · neuron", names, asked.shape[-1] // len(names)) if is_gated else NEURON


def _of_linear(asked: Asked) -> Axes:
    return _inputs(asked), _outputs(asked)


def _of_neurons(asked: Asked) -> Axes:
    """Gains and biases of a normalisation: one number for each neuron, or for each logit."""
    is_last = asked.layer is leaves(asked.model)[-1][1] and asked.shape[-1] == len(asked.characters)
    return NEURON, Axis("next character", asked.characters) if is_last else NEURON


AXES: tuple[tuple[type[Layer], Callable[[Asked], Axes]], ...] = (
    (Embedding, _of_embedding),
    (Table, _of_table),
    (PositionEmbedding, _of_position),
    (Context, _of_vector),
    (LayerNorm, _of_vector),
    (RawTensors, _of_formula),
    (FromModule, _of_formula),
    (Recurrence, _of_recurrence),
    (Linear, _of_linear),
)


def _inputs(asked: Asked) -> Axis:
    """What a Linear reads."""
    model, fan_in = asked.model, asked.shape[0]
    assert isinstance(asked.layer, Linear)
    outer = dict(model.all_layers()).get(asked.path.rpartition(".")[0])
    row = leaves(model)
    before = row[place_of(model, asked.path) - 1][1]
    if isinstance(outer, CausalConv1d):
        taps = [f"{k * outer.dilation} back" if k else "here" for k in reversed(range(outer.kernel))]
        return Axis("place · dimension", tuple(taps), fan_in // outer.kernel)
    if isinstance(before, FlattenConsecutive):
        return _side_by_side("neighbour", before.n, fan_in)
    if places := characters_into(model, asked.layer):
        return _side_by_side("place", places, fan_in)
    if isinstance(outer, CausalSelfAttention):
        heads = tuple(f"head {i + 1}" for i in range(outer.n_head))
        return DIMENSION if asked.layer is outer.qkv else Axis("head · dimension", heads, fan_in // outer.n_head)
    return NEURON if isinstance(before, Activation | Recurrence) else DIMENSION


def _outputs(asked: Asked) -> Axis:
    """What a Linear gives: logits where no other comes after it, else neurons, or what is added to each vector."""
    row = leaves(asked.model)
    linears = [leaf for _, leaf in row if isinstance(leaf, Linear)]
    outer = dict(asked.model.all_layers()).get(asked.path.rpartition(".")[0])
    width = asked.shape[-1]
    if asked.layer is linears[-1]:
        return Axis("next character", asked.characters)
    if isinstance(outer, CausalSelfAttention) and asked.layer is outer.qkv:
        names = [f"{part} {i + 1}" for part in ("query", "key", "value") for i in range(outer.n_head)]
        return Axis("query, key, value by head · dimension", tuple(names), width // len(names))
    return DIMENSION if asked.path.endswith(".output") else NEURON


def _side_by_side(noun: str, n: int, width: int) -> Axis:
    """Vectors beside each other: places of the context, −1 the latest, or neighbours that are fused."""
    names = [f"−{n - i}" if noun == "place" else f"{i + 1} of {n}" for i in range(n)]
    return Axis(f"{noun} · dimension", tuple(names), width // n)
