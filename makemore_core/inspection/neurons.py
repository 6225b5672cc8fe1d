"""One neuron: the contexts that fire it most and least, what it listens to, and what it votes for."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from makemore_core.inspection.wiring import characters_into, factor, leaves, linear_after, linear_before
from makemore_core.models.blocks import LayerNorm
from makemore_core.models.language_model import LanguageModel
from makemore_core.models.layers import Linear
from makemore_core.models.recurrent import Recurrence
from makemore_core.vocabulary import Vocabulary

GATES = {
    "RNN": ("state",),
    "GRU": ("reset", "update", "candidate"),
    "LSTM": ("input", "forget", "output", "candidate"),
}  # in the order in which their weights lie side by side


@dataclass(frozen=True, eq=False)
class Effect:
    """Numbers (R, C) with the names of rows and columns; `of_characters` says that the columns are characters."""

    title: str
    about: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: NDArray[np.float32]
    of_characters: bool = False


def most_and_least(values: NDArray[np.float32], k: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The numbers of the k largest of N values, the largest first, and of the k smallest; of equals the first ones."""
    return np.argsort(-values, kind="stable")[:k], np.argsort(values, kind="stable")[:k]


def listens_to(model: LanguageModel, layer: str, neuron: int, vocabulary: Vocabulary) -> list[Effect]:
    """What comes into a neuron, before its nonlinearity."""
    here = dict(model.all_layers())[layer]
    if isinstance(here, Recurrence):
        return _into_recurrence(model, here, neuron, vocabulary)
    linear, norm = linear_before(model, layer)
    if linear is None:
        return []
    weight = (linear.weight.detach() * factor(norm))[:, neuron]
    positions = characters_into(model, linear)
    if not positions or model.embedding is None:
        return [
            Effect(
                "Listens to",
                "Its weight on each number that comes in.",
                ("weight",),
                _numbers(len(weight)),
                plain(weight[None]),
            )
        ]
    effect = weight.view(positions, -1) @ model.embedding.weight.detach().T  # (positions, V)
    rows = tuple(f"−{positions - i}" for i in range(positions))
    about = "What each character adds to it at each place of the context; −1 is the latest."
    return [Effect("Listens to", about, rows, vocabulary.itos, plain(effect), of_characters=True)]


def _into_recurrence(model: LanguageModel, here: Recurrence, neuron: int, vocabulary: Vocabulary) -> list[Effect]:
    """By gate: what each character adds, and what each neuron of the state before does."""
    gates = GATES[type(here).__name__]
    of_x, of_h = (w.detach().unflatten(1, (len(gates), -1))[:, :, neuron].T for w in (here.weight_x, here.weight_h))
    about = "Its weight on each neuron of the state before."
    effects = [Effect("Remembers", about, gates, _numbers(of_h.shape[1]), plain(of_h))]
    if model.embedding is not None:
        effect = of_x @ model.embedding.weight.detach().T  # (gates, V)
        about = "What the latest character adds to it."
        effects.insert(0, Effect("Listens to", about, gates, vocabulary.itos, plain(effect), of_characters=True))
    return effects


def votes_for(model: LanguageModel, layer: str, neuron: int, vocabulary: Vocabulary) -> Effect | None:
    """What goes out of a neuron that says 1: to the characters' logits, or to the next layer; None if nothing reads it.

    From within a residual block it is the direct way to the logits, past all later blocks ("logit lens",
    nostalgebraist 2020); where a LayerNorm follows it is known up to that norm's division by the deviation.
    """
    found = linear_after(model, layer)
    if found is None:
        return None
    name, linear, norm = found
    row = linear.weight.detach().unflatten(0, (-1, width(model, layer)))[:, neuron] * factor(norm)  # (neighbours, out)
    *_, (last, output) = ((n, leaf) for n, leaf in leaves(model) if isinstance(leaf, Linear))
    if name == last:
        return Effect(
            "Votes for",
            "What it adds to each character's logit when it says 1.",
            ("logit",),
            vocabulary.itos,
            plain(row),
            True,
        )
    if "." in name and output.weight.shape[0] == row.shape[1]:
        about = "What it adds to each character's logit when it says 1, on the direct way past all later blocks."
        return Effect("Votes for", about, ("logit",), vocabulary.itos, plain(_straight_out(model, row, output)), True)
    rows = tuple(f"{i + 1} of {len(row)}" for i in range(len(row)))  # where it stands among neighbours that are fused
    about = f"Its weight in each neuron of {name}" + ("." if len(row) == 1 else ", by its place among those fused.")
    return Effect("Speaks to", about, rows, _numbers(row.shape[1]), plain(row))


def _straight_out(model: LanguageModel, row: Tensor, output: Linear) -> Tensor:
    """A vector (1, E) of the residual stream in the logits (1, V)."""
    before = [leaf for _, leaf in leaves(model)][-2]
    if isinstance(before, LayerNorm):
        row = (row - row.mean()) * before.gamma.detach()
    return row @ output.weight.detach()


def width(model: LanguageModel, layer: str) -> int:
    """How many neurons a layer has."""
    here = dict(model.all_layers())[layer]
    if isinstance(here, Recurrence):
        return len(here.start)
    linear, _ = linear_before(model, layer)
    return linear.weight.shape[1] if linear else 0


def _numbers(n: int) -> tuple[str, ...]:
    return tuple(map(str, range(n)))


def plain(values: Tensor) -> NDArray[np.float32]:
    """A tensor's numbers, as a copy of their own."""
    return values.detach().contiguous().numpy().astype(np.float32, copy=True)
