"""How a beginning may go on: endings that the dice draw, and the likeliest of all that a beam search finds."""

import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from makemore_core.inspection.expectations import bits_after
from makemore_core.models.language_model import LanguageModel
from makemore_core.sampling import SamplingConfig, sample

WIDTH = 32  # beginnings that the search keeps at each length


@dataclass(frozen=True)
class Completion:
    """A prefix with what follows it, as tokens without the boundary.

    bits: the net's own surprise at what follows the prefix, at its end too where it has one; p = 2**-bits.
    """

    tokens: tuple[int, ...]
    bits: float
    ended: bool


def drawn(model: LanguageModel, prefix: list[int], n: int, config: SamplingConfig) -> tuple[Completion, ...]:
    """n completions as sample() draws them; one that is cut at config.longest has no end."""
    start = len(prefix)
    found: list[Completion] = []
    for tokens in sample(model, n, config, prefix):
        ended = len(tokens) < start + config.longest
        found.append(Completion(tuple(tokens), bits_after(model, tokens, start, ended), ended))
    return tuple(found)


def likeliest(
    model: LanguageModel, prefix: list[int], n: int = 1, longest: int = 20, width: int = WIDTH
) -> tuple[Completion, ...]:
    """The n likeliest completions, the first the likeliest, by a beam search (Lowerre 1976).

    A name only loses probability with each letter, so the search may stop once no unfinished one can still win. What
    it misses began too unlikely to stay among the `width` best. Without any end within `longest` characters, the
    likeliest beginnings.
    """
    beam, bits = np.array([prefix], dtype=np.int64).reshape(1, -1), np.zeros(1)
    finished: list[Completion] = []
    with model.evaluating():
        for _ in range(longest):
            total = bits[:, None] + _surprise(model, beam)  # (B, V)
            finished += _completions(beam, total[:, 0], ended=True)
            finished = sorted(finished, key=lambda c: c.bits)[:n]
            beam, bits = _best(beam, total, width)
            if not len(beam) or (len(finished) == n and finished[-1].bits <= bits[0]):
                break
    return tuple(finished) or tuple(_completions(beam[:n], bits[:n], ended=False))


def _surprise(model: LanguageModel, prefixes: NDArray[np.int64]) -> NDArray[np.float64]:
    """The bits (B, V) of each next character."""
    return -torch.log_softmax(model.after(prefixes).double(), dim=-1).cpu().numpy() / math.log(2)


def _best(
    beam: NDArray[np.int64], total: NDArray[np.float64], width: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The least surprising ways to go on by one letter, the boundary left out."""
    letters = total[:, 1:]
    order = np.argsort(letters, axis=None, kind="stable")[:width]
    order = order[np.isfinite(letters.ravel()[order])]
    row, letter = np.unravel_index(order, letters.shape)
    return np.column_stack((beam[row], letter + 1)), letters[row, letter]


def _completions(beam: NDArray[np.int64], bits: NDArray[np.float64], ended: bool) -> list[Completion]:
    rows = zip(beam.tolist(), bits.tolist(), strict=True)
    return [Completion(tuple(row), b, ended) for row, b in rows if math.isfinite(b)]
