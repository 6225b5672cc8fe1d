"""The one loss of all lectures: how surprised the logits are by what came next."""

from makemore_core.minitorch.kernels import Array, log_sum_exp
from makemore_core.minitorch.tensor import Tensor, apply


def cross_entropy(logits: Tensor, targets: Array, ignore_index: int = -1) -> Tensor:
    """Mean surprise in nats under logits (..., V) of the targets (...) other than ignore_index: one number."""
    vocab_size = logits.shape[-1]
    if targets.shape != logits.shape[:-1]:
        raise ValueError(
            f"Logits {logits.shape} want targets {logits.shape[:-1]}, but got {targets.shape}; reshape them."
        )
    is_scored = targets != ignore_index
    if not is_scored.all():
        logits, targets = logits[is_scored], targets[is_scored]
    if not targets.size:
        raise ValueError(f"cross_entropy needs one target at least, but all {is_scored.size} are {ignore_index}.")
    if not 0 <= targets.min() <= targets.max() < vocab_size:
        wrong = int(targets.min() if targets.min() < 0 else targets.max())
        raise ValueError(f"`0 <= target < {vocab_size}` must hold, but got {wrong}; use the logits' vocabulary.")
    if logits.ndim != 2:
        logits, targets = logits.reshape(targets.size, vocab_size), targets.ravel()
    return apply("cross_entropy", logits, targets=targets, log_sum=log_sum_exp(logits.data))
