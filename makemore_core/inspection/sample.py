"""Contexts out of a data set on which a net is asked what its neurons say: each distinct one once, always the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from makemore_core.datasets import Dataset
from makemore_core.inspection.wiring import stages
from makemore_core.layouts import WINDOWS, Tokens, distinct_contexts
from makemore_core.models.language_model import LanguageModel
from makemore_core.models.layers import Layer, nested

MOST_CONTEXTS, FEWEST = 20_000, 200
NOTHING = -1  # before the first character that a sequence shows to its model


class Part(NamedTuple):
    """Inputs x (U, T), and the numbers (n) of the places among theirs that belong to the sample."""

    x: Tensor
    among: Tensor


@dataclass(frozen=True, eq=False)
class Sample:
    """N distinct contexts (N, T), the latest character last, and what follows each most often (N)."""

    contexts: Tokens
    following: Tokens
    parts: tuple[Part, ...]


def affordable(layers: Mapping[str, Layer], budget: float, most: int = MOST_CONTEXTS) -> int:
    """How many characters layers may be asked about for a budget of multiplications; at least 200."""
    weights = sum(p.numel() for _, layer in nested(dict(layers)) for p in layer.parameters().values())
    return int(min(most, max(FEWEST, budget // max(1, weights))))


def sample_of(model: LanguageModel, dataset: Dataset, most: int = MOST_CONTEXTS) -> Sample:
    """The contexts of about `most` characters of the training set, thinned evenly over its words or cut from a text."""
    tokens = dataset.tokens("train", most)
    parts: list[tuple[Tensor, Tokens]] = []
    contexts: list[Tokens] = []
    targets: list[Tokens] = []
    for x, among, here in model.layout.batches(tokens, model.block_size, dataset.is_text):
        parts.append((x, among))
        contexts.append(x.numpy()[among] if model.layout is WINDOWS else _ended(x.numpy(), among, model.block_size))
        targets.append(tokens[here])
    rows = np.concatenate(contexts)
    first, number = distinct_contexts(rows - NOTHING)
    order = np.argsort(first)
    first = first[order]
    ends = np.cumsum([0, *(len(among) for _, among in parts)])
    kept = [
        Part(x, torch.from_numpy(among[first[(first >= start) & (first < stop)] - start]))
        for (x, among), start, stop in zip(parts, ends[:-1], ends[1:], strict=True)
    ]
    following = _commonest(number, np.concatenate(targets))[order]
    return Sample(rows[first], following, tuple(kept))


def _ended(x: Tokens, among: Tokens, block_size: int) -> Tokens:
    """What each place of sequences x (U, T) has seen, as rows (n, block_size) that end there."""
    padded = np.full((len(x), block_size + x.shape[1] - 1), NOTHING)
    padded[:, block_size - 1 :] = x
    windows = np.lib.stride_tricks.sliding_window_view(padded, block_size, axis=1)  # (U, T, block_size)
    return windows[among // x.shape[1], among % x.shape[1]]


def _commonest(number: Tokens, target: Tokens) -> Tokens:
    """The target that comes most often with each number, the smallest of equals."""
    base = int(target.max(initial=0)) + 1
    pairs, counts = np.unique(number * base + target, return_counts=True)
    best = np.lexsort((pairs % base, -counts, pairs // base))
    _, place = np.unique((pairs // base)[best], return_index=True)
    return (pairs % base)[best][place]


def outputs(model: LanguageModel, layer: str, sample: Sample) -> Tensor:
    """What a layer says after each context (N, H); of several positions in a context, at the last."""
    with model.evaluating():
        return torch.cat([at_the_end(model, output_of(model, layer, part.x))[part.among] for part in sample.parts])


def at_the_end(model: LanguageModel, out: Tensor) -> Tensor:
    """A layer's output, one row for each place that predicts a character: (places, H)."""
    return out[:, -1] if model.layout is WINDOWS and out.ndim == 3 else out.flatten(0, -2)


def output_of(model: LanguageModel, layer: str, x: Tensor) -> Tensor:
    """A layer's output for inputs x (U, T); what comes after it is not computed. Not for a model that others use."""
    seen: list[Tensor] = []
    watched = dict(model.all_layers())[layer]
    watched.note = seen.append
    try:
        for stage in stages(model).values():
            x = stage(x)
            if seen:
                break
    finally:
        watched.note = None
    return seen[0]
