"""Lecture 1's table of counts, which learns without a gradient."""

from typing import cast

from makemore_core.eject.lecture import counting
from makemore_core.eject.part import ModelPart, source
from makemore_core.eject.subject import Subject
from makemore_core.models.counting import CountingConfig

WORDS = (
    "The table of makemore part 1: how often each character followed each context, as shares of the row. Its one kind "
    "of learning is to count."
)
SMOOTH = " alpha is added to every count, so that nothing is impossible."
EMPTY = {
    "            context = [*context[1:], ix]  # the oldest goes\n": "",
    "torch.tensor(X)": "torch.zeros((len(X), 0), dtype=torch.long)",
}


def model(subject: Subject) -> ModelPart:
    """Counts after contexts of block_size characters."""
    config = cast("CountingConfig", subject.config.model)
    smooth = config.alpha > 0
    table = source(counting.model) if smooth else source(counting.model_without_smoothing, name="model")
    judge = "" if config.block_size else source(counting.mean_loss_without_context, name="mean_loss")
    draws = subject.last_config.batch_size or subject.config.batch_size
    return ModelPart(
        "The model",
        WORDS + (SMOOTH if smooth else ""),
        (
            "N = torch.zeros((vocab_size**block_size, vocab_size), dtype=torch.int32)"
            + ("\ng = torch.Generator().manual_seed(seed)  # of the batches" if draws else ""),
            source(counting.row),
            table,
        ),
        ("model.block_size", *(("model.alpha",) if smooth else ()), *(("seed",) if draws else ())),
        state="[N]",
        counts=True,
        mean_loss=judge,
        fixes={} if config.block_size else EMPTY,
    )
