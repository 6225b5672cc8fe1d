"""The diagnostics by name, in the order in which the lectures meet them."""

from collections.abc import Mapping

from makemore_core.diagnostics.activations import Activations
from makemore_core.diagnostics.batch_means import BatchMeans
from makemore_core.diagnostics.diagnostic import AnyDiagnostic
from makemore_core.diagnostics.embedding import EmbeddingMap
from makemore_core.diagnostics.gradient_norm import GradientNorm
from makemore_core.diagnostics.gradient_ratio import GradientRatio
from makemore_core.diagnostics.gradients import Gradients
from makemore_core.diagnostics.loss import Loss
from makemore_core.diagnostics.reading import Reading, Verdict
from makemore_core.diagnostics.samples import Samples
from makemore_core.diagnostics.saturation import Saturation
from makemore_core.diagnostics.step import Step
from makemore_core.diagnostics.symmetry import Symmetry
from makemore_core.diagnostics.update_ratio import UpdateRatio
from makemore_core.diagnostics.weight_gradients import WeightGradients
from makemore_core.diagnostics.weights import Weights

DIAGNOSTICS: dict[str, AnyDiagnostic] = {
    diagnostic.name: diagnostic
    for diagnostic in (
        Loss(),
        Samples(),
        EmbeddingMap(),
        Saturation(),
        Activations(),
        Gradients(),
        Weights(),
        WeightGradients(),
        UpdateRatio(),
        GradientRatio(),
        GradientNorm(),
        Symmetry(),
        BatchMeans(),
    )
}

JUDGES_THE_SAME = {"activations": "saturation"}  # outputs that are all 1 or -1 are spread evenly, and no praise is due


def measured(step: Step) -> dict[str, Reading]:
    """Every diagnostic's reading of a step, by name; none once the net has diverged."""
    return {name: diagnostic.measure(step) for name, diagnostic in DIAGNOSTICS.items()} if step.is_sound else {}


def worst_first(readings: Mapping[str, Reading]) -> list[Verdict]:
    """What each diagnostic says about the whole net, the worst first."""
    return sorted(overall(readings).values(), key=lambda verdict: -verdict.level)


def overall(readings: Mapping[str, Reading]) -> dict[str, Verdict]:
    """What each diagnostic says about the whole net, where it says something."""
    return {name: verdict for name in readings if (verdict := verdict_on(name, readings))}


def verdict_on(name: str, readings: Mapping[str, Reading]) -> Verdict | None:
    """What one diagnostic says about the whole net. Where another finds a fault, it does not praise the same."""
    found, same = (
        DIAGNOSTICS[known].verdict(readings[known]) if known in DIAGNOSTICS and known in readings else None
        for known in (name, JUDGES_THE_SAME.get(name, ""))
    )
    return None if found and _praises_a_fault(found, same) else found


def judged(readings: Mapping[str, Reading]) -> dict[str, dict[str, Verdict]]:
    """What the readings say about each layer or weight matrix, by diagnostic. Unknown diagnostics say nothing."""
    found = {name: DIAGNOSTICS[name].verdicts(reading) for name, reading in readings.items() if name in DIAGNOSTICS}
    same = {name: found.get(JUDGES_THE_SAME.get(name, ""), {}) for name in found}
    return {
        name: {layer: v for layer, v in layers.items() if not _praises_a_fault(v, same[name].get(layer))}
        for name, layers in found.items()
    }


def _praises_a_fault(verdict: Verdict, same: Verdict | None) -> bool:
    return not verdict.level and same is not None and same.level > 0
