"""When a run is looked at: log-spaced steps, as long as looking takes but a small share of the time.

The grid doubles its spacing with each octave: early steps are seen finely, late ones coarsely. It serves the loss
curve's buckets as well as evaluations and the readings that are kept.
"""

import time

BUCKETS = 512  # points of the loss curve in an octave
KEPT = 8  # evaluations, and readings that go into the store
SNAPSHOTS = 64 * 2**20  # bytes of snapshots that a run keeps, to be looked at and gone on from
LIVE = 0.25  # seconds between two looks for the live view alone
GRANT = 1.0  # seconds of looking at the first steps, whatever their share
SHARE = 0.03  # of the time may go into looking at steps that are kept
LIVE_SHARE = 0.015  # of the time may go into the live view's own looks


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


def snapshots_in_an_octave(size: int, max_steps: int) -> int:
    """How often in an octave a snapshot of `size` bytes is kept: 8, 4, 2 or 1 times; 0 keeps the first and the last."""
    octaves = max_steps.bit_length() + 2  # step 0 and the last one count as octaves of their own
    return next((n for n in (KEPT, KEPT // 2, KEPT // 4, 1) if n * octaves * size <= SNAPSHOTS), 0)


class LookBudget:
    """Decides when to look: a small net can afford every kept step, a large one at least 0, 1, 2, 4, 8, ...

    Kept steps and the live view have accounts of their own, so that neither starves the other.
    """

    def __init__(self, grant: float | None = None) -> None:
        self.grant = GRANT if grant is None else grant
        self.kept, self.live = 0.0, 0.0  # seconds spent
        self._looked_at = 0.0

    def is_due(self, step: int, seconds: float) -> bool:
        """Whether to look at a step, after so many seconds of training."""
        if is_on_grid(step, KEPT):
            return step & (step - 1) == 0 or self.kept <= self.grant + SHARE * seconds
        rested = time.monotonic() - self._looked_at >= LIVE
        return rested and self.live <= LIVE_SHARE * seconds

    def took(self, step: int, seconds: float) -> None:
        """A look at a step, and what it cost."""
        if is_on_grid(step, KEPT):
            self.kept += seconds
        else:
            self.live += seconds
        self._looked_at = time.monotonic()
