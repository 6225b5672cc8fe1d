"""Does the spread survive its way through the layers? The rule that activations and gradients share."""

from makemore_core.diagnostics.reading import Histogram, Verdict

EVEN = 2.0  # a change of the deviation by this factor is worth watching; by its square, sick


def evenness(what: str, start: Histogram, end: Histogram) -> Verdict:
    """Judge how the deviation changes from the layer where a signal starts to the layer where it ends."""
    ratio = end.deviation / start.deviation if start.deviation else 0.0
    way = f"from {start.name} ({start.deviation:.2g}) to {end.name} ({end.deviation:.2g})"
    if ratio < 1 / EVEN**2:
        return Verdict(2, f"The {what} fade {way}. Raise the gain, or add BatchNorm.")
    if ratio > EVEN**2:
        return Verdict(2, f"The {what} explode {way}. Lower the gain, or add BatchNorm.")
    if not 1 / EVEN <= ratio <= EVEN:
        return Verdict(1, f"The {what} change their spread {way}.")
    return Verdict(0, f"The {what} keep their spread {way}.")
