"""What the long forms of cross-entropy and of BatchNorm come to: lecture 4's exercises 2 and 3, step by step.

A step that stands for a value of the long form is computed as well, so that both can be compared on any batch.
"""

import inspect
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from torch import Tensor
from torch.nn.functional import one_hot

from makemore_core.backprop.line import Line, Values, run
from makemore_core.backprop.long_form import Stage
from makemore_core.backprop.walk import Walk

Over = tuple[int, ...] | int  # the dimensions of the examples


def dlogits(logits: Tensor, y: Tensor) -> Tensor:
    """Both together, and 1/n from the mean over the batch: what the net expects, less what came."""
    return (logits.softmax(1) - one_hot(y, logits.shape[1])) / len(y)


def dbnvar(bngain: Tensor, bnvar_inv: Tensor, bnraw: Tensor, dhpreact: Tensor, *, over: Over) -> Tensor:
    """All n examples reach the variance; the slope of a power, and x - μ is x̂ / s."""
    return -0.5 * bngain * bnvar_inv**2 * (bnraw * dhpreact).sum(over, keepdim=True)


def dbnmeani(bngain: Tensor, bnvar_inv: Tensor, dhpreact: Tensor, *, over: Over) -> Tensor:
    """The way through the variance falls away, because differences from the mean add up to 0."""
    return -bngain * bnvar_inv * dhpreact.sum(over, keepdim=True)


def dhprebn(bngain: Tensor, bnvar_inv: Tensor, bnraw: Tensor, dhpreact: Tensor, *, over: Over, n: int) -> Tensor:
    """Put in, all that is left: the gradient itself, less its mean, less its share along the normalised values."""
    return bngain * bnvar_inv * (dhpreact - dhpreact.mean(over) - bnraw * (bnraw * dhpreact).sum(over) / (n - 1))


@dataclass(frozen=True)
class Step:
    """A formula of a derivation, why it holds, and the line that computes it where the long form has the same value."""

    formula: str
    words: str
    compute: Callable[..., Tensor] | None = None


CROSS_ENTROPY = (
    Step(
        r"L_i = -\log p_{iy}, \qquad p_{ij} = \frac{e^{l_{ij}}}{\sum_k e^{l_{ik}}}",
        "An example's loss is minus the logarithm of what the right character got; l are the logits.",
    ),
    Step(
        r"L_i = -l_{iy} + \log \sum_k e^{l_{ik}}",
        "The logarithm of a quotient is a difference. What is taken from all logits alike drops out: no maximum here.",
    ),
    Step(
        r"\frac{\partial}{\partial l_{ij}} (-l_{iy}) = -[j = y]",
        "The first part knows the right character alone: slope -1 there, 0 elsewhere.",
    ),
    Step(
        r"\frac{\partial}{\partial l_{ij}} \log \sum_k e^{l_{ik}} = \frac{e^{l_{ij}}}{\sum_k e^{l_{ik}}} = p_{ij}",
        "The second part's slope is the softmax itself.",
    ),
    Step(
        r"dlogits_{ij} = \tfrac1n\,(p_{ij} - [j = y_i])",
        inspect.getdoc(dlogits) or "",
        dlogits,
    ),
)

BATCH_NORM = (
    Step(
        r"\hat x_i = (x_i - \mu)\,s, \qquad s = bnvar\_inv, \qquad d\hat x_i = \gamma\,g_i",
        "One neuron: x is what goes in, g the gradient that comes back. The gain passes it on to the normalised value.",
    ),
    Step(
        r"d\sigma^2 = -\tfrac12 s^3 \sum_k (x_k - \mu)\,\gamma g_k = -\tfrac12 \gamma s^2 \sum_k \hat x_k g_k",
        inspect.getdoc(dbnvar) or "",
        dbnvar,
    ),
    Step(
        r"d\mu = -s \sum_k \gamma g_k - \tfrac{2\,d\sigma^2}{n-1} \sum_k (x_k - \mu) = -\gamma s \sum_k g_k",
        inspect.getdoc(dbnmeani) or "",
        dbnmeani,
    ),
    Step(
        r"dx_i = s\,\gamma g_i + \tfrac{2}{n-1} (x_i - \mu)\,d\sigma^2 + \tfrac1n\,d\mu",
        "Three ways lead from an input to the loss: itself, the variance and the mean. Their gradients add up.",
    ),
    Step(
        r"dx_i = \gamma s\,\Big(g_i - \tfrac1n \sum_k g_k - \tfrac{1}{n-1}\,\hat x_i \sum_k \hat x_k g_k\Big)",
        inspect.getdoc(dhprebn) or "",
        dhprebn,
    ),
)

DERIVATIONS = {"Cross-entropy": CROSS_ENTROPY, "BatchNorm": BATCH_NORM}  # by kind of stage


@dataclass(frozen=True)
class Compared:
    """A step of a derivation on a batch: its code there, and how far it is from the long form's value."""

    step: Step
    line: Line | None
    max_diff: float
    largest: float  # of the long form's numbers


@dataclass(frozen=True)
class Race:
    """One way back through a stage in both forms: lines, and seconds for one way (medians, taken in turns)."""

    lines: int
    long: float
    short: float


def stages_with_short_form(walk: Walk) -> list[Stage]:
    """The loss first, then the layers from back to front."""
    return [stage for stage in reversed(walk.form.stages) if stage.kind in DERIVATIONS]


def compared(walk: Walk, stage: Stage) -> list[Compared]:
    """A stage's derivation, with the numbers of a batch."""
    return [_compared(walk, stage, step) for step in DERIVATIONS[stage.kind]]


def race(walk: Walk, stage: Stage, rounds: int = 30) -> Race:
    """Both forms from the gradient behind a stage to the one before it."""
    known = _known(walk)
    lines = [line for line in stage.backward if line.at not in stage.parameters]
    short = [line for step in DERIVATIONS[stage.kind][-1:] if (line := _line(walk, stage, step))]
    run(lines, known)  # what is called for the first time takes longer
    run(short, known)
    took = [(_seconds(lines, known), _seconds(short, known)) for _ in range(rounds)]
    return Race(len(lines), median(long for long, _ in took), median(short for _, short in took))


def _compared(walk: Walk, stage: Stage, step: Step) -> Compared:
    line = _line(walk, stage, step)
    if line is None:
        return Compared(step, None, 0.0, 0.0)
    long = walk.gradients[line.at]
    return Compared(step, line, (line.of(_known(walk)) - long).abs().max().item(), long.abs().max().item())


def _line(walk: Walk, stage: Stage, step: Step) -> Line | None:
    """A step's line in this network: over which dimensions it sums, and how many examples that are."""
    if step.compute is None:
        return None
    like = stage.backward[-1]
    line = Line(step.compute, step.formula).among(like.names, like.letters, {})
    if stage.kind == "Cross-entropy":
        return line
    spread = walk.values[line.names["bnvar"]]
    raw = walk.values[line.names["bnraw"]]
    over = tuple(i for i, size in enumerate(spread.shape) if size == 1 and i < raw.ndim - 1)
    many = raw.numel() // spread.numel()
    return line.among(like.names, like.letters, {"over": over[0] if len(over) == 1 else over, "n": many})


def _known(walk: Walk) -> Values:
    return {**walk.values, **{f"d{at}": gradient for at, gradient in walk.gradients.items()}}


def _seconds(lines: Sequence[Line], known: Values) -> float:
    begun = time.perf_counter()
    run(lines, known)
    return time.perf_counter() - begun
