"""Which letter mattered for what comes next: put something else in its place, and see how the probabilities change.

Zeiler & Fergus 2014 cover parts of a picture, Li et al. 2016 erase parts of a text. The model is only asked, never
opened, so the same question goes to a count table and to a Transformer.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from makemore_core.datasets import Dataset
from makemore_core.models.language_model import LanguageModel

Weights = NDArray[np.float64]
AT_ONCE = 1024  # prefixes that a model is asked about in one call
SMALLEST = 1e-12  # what is less likely counts as this likely: about 40 bits


@dataclass(frozen=True, eq=False)
class Occlusion:
    """What each letter (L) of a prefix does for each next character, against something else in its place.

    change (L, V) in bits: log2 p with the letter - log2 p without it, above 0 where the letter speaks for it.
    divergence (L) in bits: from the probabilities with it to those without it (Kullback & Leibler 1951).
    """

    own: Weights  # (V), with all letters
    change: Weights
    divergence: Weights
    sight: int  # so many letters at the end can matter; the model does not see those before


def boundary(dataset: Dataset) -> Weights:
    """Nothing in the place of a letter: the boundary (V)."""
    return np.eye(1, len(dataset.vocabulary))[0]


def average(dataset: Dataset) -> Weights:
    """Any letter in its place (V), as often as it stands in the training set. Inside a name is no boundary."""
    counts = np.bincount(dataset.tokens("train"), minlength=len(dataset.vocabulary)).astype(np.float64)
    if not dataset.is_text:
        counts[0] = 0
    return counts / counts.sum()


STAND_INS: dict[str, Callable[[Dataset], Weights]] = {"the boundary": boundary, "an average letter": average}


def occlusion(
    model: LanguageModel, prefix: list[int], stand_ins: Weights, report: Callable[[float], object] = lambda share: None
) -> Occlusion:
    """Each letter of a prefix (L) replaced by what stands in for it (V weights that sum to 1), one at a time.

    Where several characters stand in, it is their mean probability that counts.
    """
    L, V = len(prefix), len(stand_ins)
    sight = min(L, model.block_size)
    tokens = np.flatnonzero(stand_ins)
    rows = np.tile(np.array(prefix, dtype=np.int64), (1 + sight * len(tokens), 1))  # the first is the prefix itself
    place = np.repeat(np.arange(L - sight, L), len(tokens))
    rows[np.arange(1, len(rows)), place] = np.tile(tokens, sight)
    p = _probabilities(model, rows, report)
    without = (p[1:].reshape(sight, len(tokens), V) * stand_ins[tokens][None, :, None]).sum(1)  # (sight, V)
    own, other = np.maximum(p[0], SMALLEST), np.maximum(without, SMALLEST)
    change, divergence = np.zeros((L, V)), np.zeros(L)
    change[L - sight :] = np.log2(own) - np.log2(other)
    divergence[L - sight :] = np.maximum(0, (p[0] * change[L - sight :]).sum(1))
    return Occlusion(p[0], change, divergence, sight)


def price(model: LanguageModel, prefix: list[int], stand_ins: Weights) -> float:
    """About how many multiplications the question costs."""
    seen = min(len(prefix), model.block_size)
    parameters = sum(parameter.numel() for parameter in model.parameters())
    return float(parameters * seen * np.count_nonzero(stand_ins) * max(1, seen))


def _probabilities(model: LanguageModel, rows: NDArray[np.int64], report: Callable[[float], object]) -> Weights:
    """What comes next (N, V) after prefixes (N, L), in float64."""
    parts: list[Weights] = []
    with model.evaluating():
        for start in range(0, len(rows), AT_ONCE):
            report(start / len(rows))
            parts.append(torch.softmax(model.after(rows[start : start + AT_ONCE]).double(), dim=-1).cpu().numpy())
    return np.concatenate(parts)
