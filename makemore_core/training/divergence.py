"""Why a loss stopped being a number: the last steps once more, slowly, with all eyes open."""

import math

from makemore_core.diagnostics.step import Step
from makemore_core.diagnostics.update_ratio import GOOD
from makemore_core.training.trainer import Trainer

FIRST = "The very first loss is no number: {where}. Lower the gain of the initial weights."
LATER = (
    "At step {step:,} the loss was no longer a number: {where}. One step before it was {loss:,.4g}, and {name} moved "
    "by {ratio} its own size, where {good:g} of it is a good pace. Lower the learning rate."
)
SAVED_THERE = "At step {step:,} the loss was no longer a number: {where}. Lower the learning rate."
NOT_REPEATED = "At step {step:,} the loss was no longer a number; a second try did not show where it broke."
UNEXPLAINED = "At step {step:,} the loss was no longer a number. Lower the learning rate."
AFTERWARDS = NOT_REPEATED + " Lower the learning rate."


def explain(trainer: Trainer, broken_at: int) -> str:
    """Which tensor and which layer ran off, and at what pace, in words.

    `trainer` stands at the last checkpoint before step `broken_at`, whose loss was the first that is no number; it is
    left at the last step that was sound.
    """
    if trainer.number < broken_at:
        if unseen := broken_at - 1 - trainer.number:
            trainer.advance(unseen)
        sound = {name: tensor.clone() for name, tensor in trainer.state().items()}
        last = trainer.step()
        where = _first_broken(trainer)
        trainer.load(sound)
        return _in_words(last, broken_at, where)
    where = _first_broken(trainer)
    if not where:
        return NOT_REPEATED.format(step=broken_at)
    return (SAVED_THERE if broken_at else FIRST).format(step=broken_at, where=where)


def _in_words(last: Step, broken_at: int, where: str) -> str:
    if not where:
        return AFTERWARDS.format(step=broken_at)
    name, ratio = _fastest(last)
    times = f"{ratio:,.3g} times" if math.isfinite(ratio) else "more than"
    return LATER.format(step=broken_at, where=where, loss=last.loss, name=name, ratio=times, good=GOOD)


def _first_broken(trainer: Trainer) -> str:
    """The first tensor in the order of the forward pass that holds something else than numbers; empty if none."""
    broken = [name for name, p in trainer.parameters.items() if not p.isfinite().all()]
    if broken:
        return f"the parameter {broken[0]} overflowed"
    outputs, _ = trainer.look()
    sound = ""
    for name, output in outputs.items():
        if not output.isfinite().all():
            return f"the outputs of {name} overflowed{sound}"
        sound = f", after those of {name} had reached {output.abs().max().item():.2g}"
    return ""


def _fastest(step: Step) -> tuple[str, float]:
    """The weight matrix that moved most for its size, and how far: update:data of lecture 3."""
    ratios = {
        name: (step.updates[name].double().std() / (weight - step.updates[name]).double().std()).item()
        for name, weight in step.weights().items()
    }
    return max(ratios.items(), key=lambda item: math.inf if math.isnan(item[1]) else item[1])
