"""Does the spread survive its way through the layers? The rule that activations and gradients share."""

from collections.abc import Sequence

from makemore_core.diagnostics.reading import Histogram, Verdict

EVEN = 2.0  # a change of the deviation by this factor is worth watching; by its square, sick


def along(what: str, layers: Sequence[Histogram]) -> dict[str, Verdict]:
    """Judge every layer on a signal's way against the one where it starts."""
    return {layer.name: evenness(what, layers[0], layer) if i else start(what, layer) for i, layer in enumerate(layers)}


def start(what: str, layer: Histogram) -> Verdict:
    """The first layer on the way has nothing to be compared with: its signal has to have a spread at all."""
    if not layer.deviation:
        return Verdict(2, f"The {what} at {layer.name} are all the same: they carry no signal. Draw random weights.")
    return Verdict(0, f"The {what} start at {layer.name} with a deviation of {layer.deviation:.2g}.")


def evenness(what: str, start: Histogram, end: Histogram) -> Verdict:
    """Judge how the deviation changes from the layer where a signal starts to a later one."""
    ratio = end.deviation / start.deviation if start.deviation else 0.0
    way = f"from {start.name} ({start.deviation:.2g}) to {end.name} ({end.deviation:.2g})"
    if ratio < 1 / EVEN**2:
        return Verdict(2, f"The {what} fade {way}. Raise the gain, or add BatchNorm.")
    if ratio > EVEN**2:
        return Verdict(2, f"The {what} explode {way}. Lower the gain, or add BatchNorm.")
    if not 1 / EVEN <= ratio <= EVEN:
        return Verdict(1, f"The {what} change their spread {way}. If that grows with depth, mend the gain.")
    return Verdict(0, f"The {what} keep their spread {way}.")


def of_the_whole(verdicts: Sequence[Verdict]) -> Verdict | None:
    """The worst on the way, the farthest of those; None where there is no way, and nothing wrong where it starts."""
    worst = max(reversed(verdicts), key=lambda verdict: verdict.level, default=None)
    return worst if worst and (worst.level or len(verdicts) > 1) else None
