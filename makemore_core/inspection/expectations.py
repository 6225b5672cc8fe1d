"""What a model expects at each step of a text: the probabilities of every next character, from the first on."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from makemore_core.layouts import WINDOWS, Tokens
from makemore_core.models.language_model import LanguageModel
from makemore_core.sampling import SamplingConfig, probabilities

P = NDArray[np.float32]
AS_IT_IS = SamplingConfig()  # temperature 1, nothing cut


@dataclass(frozen=True, eq=False)
class Expectations:
    """Probabilities (L + 1, V) before each of L tokens and after the last: the net's own, and what is drawn from.

    They differ by temperature, top-k and top-p. All rows sum to 1.
    """

    tokens: tuple[int, ...]
    own: P
    drawn: P

    @cached_property
    def bits(self) -> NDArray[np.float64]:
        """How much each token (L) surprises the net: -log2 p."""
        came = self.own[np.arange(len(self.tokens)), list(self.tokens)].astype(np.float64)
        with np.errstate(divide="ignore"):
            return -np.log2(came)

    @cached_property
    def expected_bits(self) -> NDArray[np.float64]:
        """The entropy of the net's own probabilities at each step (L + 1): the surprise that it expects."""
        return entropy(self.own)


def expectations(model: LanguageModel, tokens: list[int], config: SamplingConfig) -> Expectations:
    """What a model expects along some tokens (L), and what a sampler makes of it."""
    with model.evaluating():
        logits = scores_along(model, tokens)
        own, drawn = (probabilities(logits, c).float().numpy() for c in (AS_IT_IS, config))
    return Expectations(tuple(tokens), own, drawn)


def bits_after(model: LanguageModel, tokens: list[int], start: int, ended: bool) -> float:
    """The bits of a name's tokens from place `start` on, and of its end where it has one."""
    seen = expectations(model, tokens, AS_IT_IS)
    end = -np.log2(np.float64(seen.own[-1, 0])) if ended else 0.0
    return float(seen.bits[start:].sum() + end)


def entropy(p: P) -> NDArray[np.float64]:
    """The mean surprise in bits of what is drawn from probabilities (..., V): Shannon 1948."""
    wide = p.astype(np.float64)
    return -(wide * np.log2(wide, where=wide > 0, out=np.zeros_like(wide))).sum(-1)


def scores_along(model: LanguageModel, tokens: list[int]) -> Tensor:
    """The scores (L + 1, V) of what comes next before each token (L) and after the last."""
    begun = np.array([0, *tokens], dtype=np.int64)
    if model.layout is WINDOWS:
        padded = np.concatenate((np.zeros(model.block_size, dtype=np.int64), begun[1:]))
        return _run(model, _windows(padded, model.block_size, len(begun)))
    T = model.block_size
    first = _run(model, begun[None, :T])[0]  # no place looks ahead, so one pass gives all
    if len(begun) <= T:
        return first
    return torch.cat((first, _run(model, _windows(begun[1:], T, len(begun) - T))[:, -1]))


def _windows(row: Tokens, size: int, n: int) -> Tokens:
    """The n rows (n, size) that begin at the places 0 to n - 1 of a row."""
    return row[np.arange(n)[:, None] + np.arange(size)]


def _run(model: LanguageModel, x: Tokens) -> Tensor:
    return model(torch.from_numpy(x).to(model.device)).cpu()
