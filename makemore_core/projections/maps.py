"""One map: by PCA with the trails behind it, at once; or by t-SNE or UMAP, with how much of the truth it keeps."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from makemore_core.projections.job import Job
from makemore_core.projections.neighbourhoods import compared, nearest, shared
from makemore_core.projections.plane import Points, aligned, project
from makemore_core.projections.process import make_maps
from makemore_core.projections.recipe import Recipe
from makemore_core.tasks import Report


@dataclass(frozen=True, eq=False)
class SlowMap:
    """Points (N, 2), and the share of each one's k nearest that are its nearest on the map."""

    points: Points
    kept: float
    k: int


def with_trails(frames: Sequence[Points]) -> tuple[Points, float]:
    """Frames (N, E) in their order as points (F, N, 2), laid on the last; and the share of the variance that it keeps.

    Two numbers each are their own points.
    """
    projected = [project(vectors) for vectors in frames]
    points = np.stack([points for points, _ in projected])
    return points if frames[-1].shape[1] == 2 else aligned(points), projected[-1][1]


def slow_map(vectors: Points, recipe: Recipe, report: Report) -> SlowMap:
    """Vectors (N, E) by t-SNE or UMAP, in a process of their own."""
    recipe.check(len(vectors))
    (points,) = make_maps(vectors[None], [Job(recipe.method, recipe.neighbours)], report)
    k = compared(len(vectors))
    kept = float(shared(nearest(vectors, k), nearest(points, k)).mean())
    return SlowMap(points - points.mean(0), kept, k)
