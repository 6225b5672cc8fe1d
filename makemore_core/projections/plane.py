"""The plane that keeps most of the variance, and how one picture is turned to lie on another."""

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]


def project(vectors: Points) -> tuple[Points, float]:
    """Vectors (N, E) to points (N, 2) with the share of variance kept: direct for E = 2, else by PCA (Pearson 1901).

    PCA leaves the rotation within its plane open. It is turned (orthogonal Procrustes) to lie as near as it can to
    the first two coordinates, which hold still, so that letters glide from step to step instead of flipping.
    """
    if vectors.shape[1] == 2:
        return vectors, 1.0
    centred = vectors - vectors.mean(0)
    u, s, _ = np.linalg.svd(centred, full_matrices=False)
    plane = np.zeros((len(vectors), 2))
    plane[:, : len(s[:2])] = u[:, :2] * s[:2]
    total = float((s**2).sum())
    return plane @ rotation(plane, centred[:, :2]), float((s[:2] ** 2).sum()) / total if total else 1.0


def rotation(points: Points, onto: Points) -> Points:
    """The rotation or reflection (2, 2) that brings points (N, 2) nearest to others: Schönemann 1966."""
    left, _, right = np.linalg.svd(points.T @ onto)
    return left @ right


def aligned(frames: Points) -> Points:
    """A movie's frames (F, N, 2), each turned and moved to lie as near as it can to the one behind it.

    The last frame stays as it is. Nothing is stretched: what grows in the movie has grown.
    """
    turned = frames.copy()
    for i in range(len(frames) - 2, -1, -1):
        behind = turned[i + 1]
        centred, goal = frames[i] - frames[i].mean(0), behind - behind.mean(0)
        turned[i] = centred @ rotation(centred, goal) + behind.mean(0)
    return turned
