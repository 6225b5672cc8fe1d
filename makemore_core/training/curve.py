"""A loss curve that grows for ever and stays small: buckets on the log-spaced grid, with lowest and highest loss.

A million steps are about 6,000 buckets, of which a chart draws at most 1,000.
"""

import numpy as np
from numpy.typing import NDArray

from makemore_core.training.spacing import BUCKETS

COLUMNS = ("step", "steps", "low", "high", "total", "last")
STEP, STEPS, LOW, HIGH, TOTAL, LAST = range(len(COLUMNS))
CHUNK = 1024
Rows = NDArray[np.float64]  # (N, 6), one bucket a row


class Curve:
    """Losses by step, kept as buckets. Only whole runs of consecutive steps can be added."""

    def __init__(self, rows: Rows | None = None) -> None:
        self._rows = np.empty((0, len(COLUMNS))) if rows is None else rows.copy()
        self._filled = len(self._rows)

    def extend(self, first_step: int, losses: NDArray[np.float64]) -> None:
        """Add the losses (k) of the steps first_step, first_step + 1, ..."""
        if len(losses):
            self._append(bucketed(first_step, losses))

    def adopt(self, rows: Rows) -> None:
        """Add buckets of another copy of this curve, of which the first may be the last one here, grown."""
        if len(rows):
            self._filled = int(np.searchsorted(self._rows[: self._filled, STEP], rows[0, STEP]))
            self._append(rows)

    def rows(self, since: int = 0) -> Rows:
        """A copy of the buckets from the given row on; the last of them may still be filling."""
        return self._rows[since : self._filled].copy()

    def __len__(self) -> int:
        return self._filled

    def _append(self, new: Rows) -> None:
        if self._filled and self._rows[self._filled - 1, STEP] == new[0, STEP]:
            self._filled -= 1
            new[0] = _merged(np.stack([self._rows[self._filled], new[0]]), np.array([0]))[0]
        if self._filled + len(new) > len(self._rows):
            room = np.empty((max(CHUNK, len(self._rows), len(new)), len(COLUMNS)))
            self._rows = np.concatenate([self._rows, room])
        self._rows[self._filled : self._filled + len(new)] = new
        self._filled += len(new)


def bucketed(first_step: int, losses: NDArray[np.float64]) -> Rows:
    """The buckets (N, 6) of the losses (k) of consecutive steps. The first may continue an earlier bucket."""
    steps = np.arange(first_step, first_step + len(losses), dtype=np.float64)
    rows = np.stack([steps, np.ones_like(steps), losses, losses, losses, losses], axis=1)
    return regridded(rows, BUCKETS)


def regridded(rows: Rows, per_octave: int) -> Rows:
    """The same curve in buckets of a coarser grid: at most per_octave points for each doubling of the step."""
    if not len(rows):
        return rows
    steps = rows[:, STEP].astype(np.int64)
    octave = np.frexp(np.maximum(steps, 1).astype(np.float64))[1]  # = bit_length
    width = 1 << np.maximum(0, octave - per_octave.bit_length())
    starts = steps - steps % width
    first = np.flatnonzero(np.diff(starts, prepend=-1))
    merged = _merged(rows, first)
    merged[:, STEP] = starts[first]
    return merged


def _merged(rows: Rows, first: NDArray[np.int64]) -> Rows:
    """Neighbouring rows merged into one each; `first` holds where each group begins."""
    ends = np.append(first[1:], len(rows)) - 1
    return np.stack(
        [
            rows[first, STEP],
            np.add.reduceat(rows[:, STEPS], first),
            np.minimum.reduceat(rows[:, LOW], first),
            np.maximum.reduceat(rows[:, HIGH], first),
            np.add.reduceat(rows[:, TOTAL], first),
            rows[ends, LAST],
        ],
        axis=1,
    )
