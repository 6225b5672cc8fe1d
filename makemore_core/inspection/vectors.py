"""The vectors that a model keeps, by what they stand for: characters, places, and the characters that may follow."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from makemore_core.models.bigram import Table
from makemore_core.models.blocks import PositionEmbedding
from makemore_core.models.language_model import LanguageModel
from makemore_core.models.layers import Linear
from makemore_core.models.three_forms import FromModule, RawTensors

CHARACTERS, POSITIONS, OUTPUT, ROWS, COLUMNS = (
    "Characters", "Positions", "Output weights", "Rows of the table", "Columns of the table",
)  # fmt: skip
ABOUT = {
    CHARACTERS: "What each character is to the net when it is read.",
    POSITIONS: "What each place of the context is to the net; it is added to the character's vector.",
    OUTPUT: "What the last layer must say for each character to follow: the columns of its weights.",
    ROWS: "The scores of all that may follow each character: its one-hot vector times the table.",
    COLUMNS: "The scores of each character after all others.",
}
NONE = "This model keeps no vectors, only a table of what follows what."


def vectors_by_kind(model: LanguageModel) -> dict[str, Tensor]:
    """All vectors (N, E) that a model has, each N of them one below the other: of characters, or of places."""
    found = {kind: find(model) for kind, find in FINDERS.items()}
    return {kind: tensor for kind, tensor in found.items() if tensor is not None}


def plain_vectors(model: LanguageModel, kind: str) -> NDArray[np.float64]:
    """The vectors of one kind (N, E), as numbers of their own."""
    return vectors_by_kind(model)[kind].detach().double().cpu().numpy()


def _characters(model: LanguageModel) -> Tensor | None:
    return model.embedding.weight if model.embedding else _lectures_tensor(model, "C")


def _positions(model: LanguageModel) -> Tensor | None:
    return next((layer.weight for _, layer in model.all_layers() if isinstance(layer, PositionEmbedding)), None)


def _output(model: LanguageModel) -> Tensor | None:
    """The last Linear of the model's own row: what comes behind it only scales each character's score."""
    linear = next((layer for layer in reversed(model.layers.values()) if isinstance(layer, Linear)), None)
    weight = linear.weight if linear else _lectures_tensor(model, "W2")
    return None if weight is None else weight.T


def _lectures_tensor(model: LanguageModel, name: str) -> Tensor | None:
    """A tensor by the lectures' name, of a net that is written without layers."""
    nets = (layer for layer in model.layers.values() if isinstance(layer, RawTensors | FromModule))
    return next((net.parameters()[name] for net in nets), None)


def _table(model: LanguageModel) -> Tensor | None:
    return next((layer.weight for layer in model.layers.values() if isinstance(layer, Table)), None)


def _columns(model: LanguageModel) -> Tensor | None:
    table = _table(model)
    return None if table is None else table.T


FINDERS: dict[str, Callable[[LanguageModel], Tensor | None]] = {
    CHARACTERS: _characters,
    POSITIONS: _positions,
    OUTPUT: _output,
    ROWS: _table,
    COLUMNS: _columns,
}
