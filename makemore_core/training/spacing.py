"""Log-spaced steps: a grid that doubles its spacing with each octave: early steps are seen finely, late ones coarsely.

One rule serves the loss curve's buckets, the observed steps and the evaluations. It depends on the step's number
alone, so an interrupted run and an uninterrupted one look at the same steps.
"""

BUCKETS = 512  # points of the loss curve in an octave
OBSERVED = 32  # diagnostics in an octave, for the live view
KEPT = 8  # evaluations, and readings that go into the store


def spacing(step: int, per_octave: int) -> int:
    """Distance of the grid's lines at a step: 1 up to per_octave, then 1, 2, 4, ... in each further octave."""
    return 1 << max(0, step.bit_length() - per_octave.bit_length())


def is_on_grid(step: int, per_octave: int) -> bool:
    """Whether a step is one of the grid's lines."""
    return step % spacing(step, per_octave) == 0


def next_on_grid(step: int, per_octave: int) -> int:
    """The first step of the grid that is not before a step."""
    width = spacing(step, per_octave)
    return -(-step // width) * width
