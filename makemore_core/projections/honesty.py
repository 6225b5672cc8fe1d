"""How much of a map is true: the same vectors mapped from several random beginnings, at several perplexities.

After Wattenberg et al. 2016, "How to Use t-SNE Effectively". What all beginnings agree on is in the vectors; the rest
is chance. Beside it stands how much of the true neighbourhoods each map keeps (Venna & Kaski 2001).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from makemore_core.projections.job import AT_RANDOM, Job
from makemore_core.projections.neighbourhoods import (
    agreement,
    by_chance,
    compared,
    continuity,
    nearest,
    shared,
    trustworthiness,
)
from makemore_core.projections.plane import Points, rotation
from makemore_core.projections.process import make_maps
from makemore_core.projections.recipe import Recipe, spread_of_neighbours
from makemore_core.tasks import Report

SEEDS = (1, 2, 3)
NUMBERS = 3  # of neighbours, from few to many


@dataclass(frozen=True, eq=False)
class HonestMap:
    """One map (N, 2): the share of true neighbours among those it shows, its trustworthiness and continuity."""

    seed: int
    points: Points
    kept: float
    trustworthiness: float
    continuity: float


@dataclass(frozen=True, eq=False)
class HonestRow:
    """Maps that differ in their random beginning alone; `agreed` (N) is the share of neighbours that they share."""

    neighbours: int
    maps: tuple[HonestMap, ...]
    agreed: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Honesty:
    """All rows; `k` neighbours are compared, of which unrelated maps would share `chance`."""

    method: str
    k: int
    chance: float
    rows: tuple[HonestRow, ...]


def honesty(vectors: Points, method: str, report: Report, seeds: tuple[int, ...] = SEEDS) -> Honesty:
    """Vectors (N, E) mapped from each seed at a few numbers of neighbours; an InputError where that cannot be."""
    n = len(vectors)
    numbers = spread_of_neighbours(n, NUMBERS)
    for number in numbers:
        Recipe(method, number).check(n)
    jobs = [Job(method, number, begin=AT_RANDOM, seed=seed) for number in numbers for seed in seeds]
    made = make_maps(vectors[None], jobs, report)
    k = compared(n)
    rows = [
        _row(number, made[i * len(seeds) : (i + 1) * len(seeds)], seeds, vectors, k) for i, number in enumerate(numbers)
    ]
    return Honesty(method, k, by_chance(n, k), tuple(rows))


def _row(number: int, made: Points, seeds: tuple[int, ...], vectors: Points, k: int) -> HonestRow:
    truth = nearest(vectors, k)
    near = [nearest(points, k) for points in made]
    first = made[0] - made[0].mean(0)
    maps = [
        HonestMap(
            seed,
            _laid_on(first, points),
            float(shared(truth, here).mean()),
            trustworthiness(vectors, points, k),
            continuity(vectors, points, k),
        )
        for seed, points, here in zip(seeds, made, near, strict=True)
    ]
    return HonestRow(number, tuple(maps), agreement(near))


def _laid_on(first: Points, points: Points) -> Points:
    """Turned to lie on the first of its row, so that what differs is not the mere rotation."""
    centred = points - points.mean(0)
    return centred @ rotation(centred, first)
