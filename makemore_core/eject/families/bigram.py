"""The neural bigram of lecture 1, over pairs of characters or over whole words."""

from typing import cast

from makemore_core.eject.families.common import GENERATOR, learned
from makemore_core.eject.lecture import bigram
from makemore_core.eject.part import ModelPart, source
from makemore_core.eject.subject import Subject
from makemore_core.models.bigram import BigramConfig

WORDS = (
    "The neural bigram of makemore part 1: one row of logits for each character, learned by gradients until it says "
    "what the counts say. Taking a row is the same as multiplying the table with a one-hot vector."
)
L2 = " l2 pulls all logits towards 0, the gradient's way of smoothing counts."
ZEROS = "W = torch.zeros((vocab_size, vocab_size))"
NORMAL = "W = torch.randn((vocab_size, vocab_size), generator=g)"


def model(subject: Subject) -> ModelPart:
    """A table of V x V logits."""
    config = cast("BigramConfig", subject.config.model)
    over_sequences = config.layout == "sequences"
    loss, pieces = _loss(subject) if not over_sequences else ("", ())
    usual = "F.cross_entropy(model(xb), yb)"
    if over_sequences:
        usual = "F.cross_entropy(model(xb).flatten(0, 1), yb.flatten(), ignore_index=-1)"
    table = source(bigram.model_over_sequences, name="model") if over_sequences else source(bigram.model)
    l2 = " + l2 * (W**2).mean()" if config.l2 else ""
    return ModelPart(
        "The model",
        WORDS + (L2 if config.l2 else ""),
        (f"{GENERATOR}\n{ZEROS if config.init == 'zeros' else NORMAL}", learned("[W]"), table, *pieces),
        ("model.block_size", "seed", *(("model.l2",) if config.l2 else ())),
        over_sequences=over_sequences,
        loss=f"loss = {loss or usual}{l2}" if loss or l2 else "",
    )


def _loss(subject: Subject) -> tuple[str, tuple[str, ...]]:
    """How the loss is computed, where a batch has more examples than there are pairs of characters."""
    examples = len(subject.dataset.tokens("train"))
    sizes = [int(size) or examples for size in subject.values("batch_size")]
    many = [size > subject.vocab_size**2 for size in sizes]
    if all(many):
        return "loss_of_pairs(xb, yb)", (source(bigram.loss_of_pairs),)
    if any(many):
        return "loss_of_many_or_few(xb, yb)", (source(bigram.loss_of_pairs), source(bigram.loss_of_many_or_few))
    return "", ()
