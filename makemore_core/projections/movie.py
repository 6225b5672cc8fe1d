"""How vectors moved through the training: a map of each kept step, every one laid on the next."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from makemore_core.projections.job import FROM_PLANE, Job
from makemore_core.projections.plane import Points, aligned, project
from makemore_core.projections.process import make_maps
from makemore_core.projections.recipe import Recipe
from makemore_core.tasks import Report


@dataclass(frozen=True, eq=False)
class Movie:
    """Points (F, N, 2) of the same N things after each of F steps."""

    steps: tuple[int, ...]
    points: NDArray[np.float32]


def movie(steps: tuple[int, ...], frames: Points, recipe: Recipe, report: Report) -> Movie:
    """Every frame (F, N, E) mapped alike, t-SNE and UMAP from the map before it, then aligned (Schönemann 1966)."""
    recipe.check(frames.shape[1])
    if recipe.is_slow:
        jobs = [Job(recipe.method, recipe.neighbours, i, i - 1 if i else FROM_PLANE) for i in range(len(frames))]
        points = _of_one_size(make_maps(frames, jobs, report))
    else:
        points = np.stack([project(vectors)[0] for vectors in frames])
    report(1.0, "laying each map on the next")
    direct = frames.shape[2] == 2 and not recipe.is_slow
    return Movie(steps, (points if direct else aligned(points)).astype(np.float32))


def _of_one_size(frames: Points) -> Points:
    """All as large as the last: how large t-SNE and UMAP draw a map says nothing of the vectors."""
    sizes = np.sqrt(frames.var(axis=1).sum(axis=1))  # (F)
    return frames * (sizes[-1] / np.maximum(sizes, 1e-12))[:, None, None]
