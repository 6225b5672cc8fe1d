"""Whom each character looks at: the attention weights of every layer and head on one text (Vaswani et al. 2017)."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from makemore_core.models.attention import AttentionWeights
from makemore_core.models.language_model import LanguageModel
from makemore_core.vocabulary import Vocabulary


@dataclass(frozen=True, eq=False)
class Attention:
    """Shares (layers, heads, T, T) of what each character (row) takes from each one up to itself (column)."""

    characters: tuple[str, ...]  # the T that the model sees, the boundary among them
    shares: NDArray[np.float32]
    cut: int  # how many characters at the start are out of the model's sight

    @property
    def layers(self) -> int:
        return len(self.shares)

    @property
    def heads(self) -> int:
        return self.shares.shape[1]


def has_attention(model: LanguageModel) -> bool:
    """Whether any layer of a model attends."""
    return any(isinstance(layer, AttentionWeights) for _, layer in model.all_layers())


def attention(model: LanguageModel, vocabulary: Vocabulary, text: str) -> Attention:
    """The attention of a model that has it, on the boundary and a text, or on as many last characters as it sees.

    An InputError names a character that the vocabulary lacks. Not for a model that others use at the same time.
    """
    prefix = np.array([vocabulary.encode(text)], dtype=np.int64).reshape(1, -1)
    x = model.layout.inputs(prefix, model.block_size)  # (1, T)
    with model.evaluating(), model.watched() as seen:
        model(torch.from_numpy(x))
    found = [seen[name][0] for name, layer in model.all_layers() if isinstance(layer, AttentionWeights)]
    shares = torch.stack(found).float().numpy()
    return Attention(tuple(vocabulary.itos[i] for i in x[0]), shares, prefix.shape[1] + 1 - x.shape[1])


def most_looked_at(shares: NDArray[np.float32]) -> tuple[int, float]:
    """Where the largest of some shares (T) is, and how large."""
    place = int(np.argmax(shares))
    return place, float(shares[place])
