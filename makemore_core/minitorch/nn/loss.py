"""The one loss of all lectures: how surprised the logits are by what came next."""

import numpy as np

from makemore_core.minitorch.kernels import Array
from makemore_core.minitorch.tensor import Tensor, apply


def cross_entropy(logits: Tensor, targets: Array, ignore_index: int = -1) -> Tensor:
    """Mean surprise in nats under logits (..., V) of the targets (...) other than ignore_index: one number."""
    vocab_size = logits.shape[-1]
    if targets.shape != logits.shape[:-1]:
        raise ValueError(
            f"Logits {logits.shape} want targets {logits.shape[:-1]}, but got {targets.shape}; reshape them."
        )
    places = np.flatnonzero(targets != ignore_index)
    if not places.size:
        raise ValueError(f"cross_entropy needs one target at least, but all {targets.size} are {ignore_index}.")
    kept = targets.ravel()[places]
    if not 0 <= kept.min() <= kept.max() < vocab_size:
        wrong = int(kept.min() if kept.min() < 0 else kept.max())
        raise ValueError(f"`0 <= target < {vocab_size}` must hold, but got {wrong}; use the logits' vocabulary.")
    return apply("cross_entropy", logits, places=places, targets=kept)
