"""Who is near whom, and how much of that a picture in the plane keeps."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from makemore_core.projections.plane import Points

NEAREST = 5  # neighbours that are compared
BY_DISTANCE, BY_ANGLE = "distance", "angle"


def distances(vectors: Points) -> Points:
    """Euclidean distances (N, N) between vectors (N, E)."""
    squares = (vectors**2).sum(1)
    squared = squares[:, None] + squares - 2 * vectors @ vectors.T
    np.fill_diagonal(squared, 0)
    return np.sqrt(squared.clip(0))


def cosines(vectors: Points, point: Points) -> Points:
    """The cosine (N) of the angle between each vector and a point (E); 0 where one of them has no length."""
    lengths = np.linalg.norm(vectors, axis=1) * np.linalg.norm(point)
    return np.divide(vectors @ point, lengths, out=np.zeros(len(vectors)), where=lengths > 0)


@dataclass(frozen=True)
class Neighbours:
    """The nearest others to some vectors' mean, by row, with their distances and cosines.

    Beside them stand the median distance of any two, and the mean distances of any two and of the chosen ones (None
    where one is chosen).
    """

    rows: tuple[int, ...]
    distances: tuple[float, ...]
    cosines: tuple[float, ...]
    usual: float
    mean: float
    among: float | None


def neighbours(vectors: Points, chosen: Sequence[int], most: int, by: str = BY_DISTANCE) -> Neighbours:
    """Who lies near the mean of the chosen rows of vectors (N, E), the nearest first, by distance or by angle."""
    middle = vectors[list(chosen)].mean(0)
    apart, angle = np.linalg.norm(vectors - middle, axis=1), cosines(vectors, middle)
    order = np.argsort(apart if by == BY_DISTANCE else -angle, kind="stable")
    rows = [int(i) for i in order if i not in chosen][:most]
    every = distances(vectors)
    pairs = every[np.triu_indices(len(every), 1)] if len(every) > 1 else np.zeros(1)
    inner = every[np.ix_(chosen, chosen)][np.triu_indices(len(chosen), 1)]
    return Neighbours(
        tuple(rows),
        tuple(apart[rows].tolist()),
        tuple(angle[rows].tolist()),
        float(np.median(pairs)),
        float(pairs.mean()),
        float(inner.mean()) if len(chosen) > 1 else None,
    )


def nearest(vectors: Points, k: int) -> NDArray[np.int64]:
    """Of each vector the k others that lie nearest (N, k), the nearest first."""
    apart = distances(vectors)
    np.fill_diagonal(apart, np.inf)
    return np.argsort(apart, axis=1, kind="stable")[:, :k]


def compared(n: int) -> int:
    """How many neighbours are compared among n points: fewer than half of the others, at least 1."""
    return max(1, min(NEAREST, (n - 1) // 3))


def shared(one: NDArray[np.int64], other: NDArray[np.int64]) -> Points:
    """Of each point the share (N) of its neighbours (N, k) that are its neighbours in another picture as well."""
    return (one[:, :, None] == other[:, None, :]).any(2).mean(1)


def by_chance(n: int, k: int) -> float:
    """The share of k neighbours that two pictures of n points share if they have nothing to do with each other."""
    return k / (n - 1)


def agreement(pictures: Sequence[NDArray[np.int64]]) -> Points:
    """Of each point the share (N) of its neighbours (N, k) that two pictures have in common, over all pairs of them."""
    return np.mean([shared(one, other) for one, other in combinations(pictures, 2)], axis=0)


def trustworthiness(vectors: Points, points: Points, k: int) -> float:
    """How far neighbours in the picture (N, 2) can be believed, 1 at best: equation 3 of Venna & Kaski 2001.

    Points that the picture brings among the k nearest count the more, the farther they were; k < N / 2.
    """
    n = len(vectors)
    apart = distances(vectors)
    np.fill_diagonal(apart, -1)
    ranks = np.argsort(np.argsort(apart, axis=1, kind="stable"), axis=1)  # 0 is the point itself
    too_far = np.take_along_axis(ranks, nearest(points, k), axis=1) - k
    return float(1 - too_far.clip(0).sum() * 2 / (n * k * (2 * n - 3 * k - 1)))


def continuity(vectors: Points, points: Points, k: int) -> float:
    """How far true neighbours are kept together, 1 at best: the same the other way round (Venna & Kaski 2001)."""
    return trustworthiness(points, vectors, k)
