"""One map to be made: what the page asks of the process that makes it, as a line of JSON between the two."""

import io
from dataclasses import dataclass

import numpy as np

from makemore_core.projections.plane import Points

FROM_PLANE, AT_RANDOM = "plane", "random"


@dataclass(frozen=True)
class Job:
    """A map of one frame of the vectors.

    It begins from the plane of PCA (Kobak & Berens 2019), at random, or from the points of an earlier job, by number.
    """

    method: str
    neighbours: int
    frame: int = 0
    begin: str | int = FROM_PLANE
    seed: int = 1


def npy(array: Points) -> bytes:
    """An array as it goes through a pipe, where np.save() cannot write by itself."""
    file = io.BytesIO()
    np.save(file, array.astype(np.float64))
    return file.getvalue()
