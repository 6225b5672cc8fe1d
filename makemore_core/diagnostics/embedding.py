"""The alphabet as the net sees it: each character's vector, as a point in the plane."""

import numpy as np
from numpy.typing import NDArray

from makemore_core.diagnostics.diagnostic import Diagnostic
from makemore_core.diagnostics.reading import Projection
from makemore_core.diagnostics.step import Step
from makemore_core.models.layers import Embedding


class EmbeddingMap(Diagnostic[Projection]):
    """The embedding's vectors, projected to the plane."""

    name = "embedding"
    title = "The alphabet"
    about = "Characters that the net treats alike move together: look at the vowels, and at the lonely dot."
    source = "makemore part 2, visualising the embedding; PCA after Pearson 1901"
    absent = "This model keeps no vectors, only a table of what follows what."

    def measure(self, step: Step) -> Projection:
        embedding = step.model.embedding
        if embedding is None:
            return Projection([], [], 0.0)
        points, explained = project(vectors_of(embedding))
        return Projection(list(step.vocabulary.itos), points.round(5).tolist(), explained)


def vectors_of(embedding: Embedding) -> NDArray[np.float64]:
    """The characters' vectors (V, E), as numbers of their own."""
    return embedding.weight.detach().double().cpu().numpy()


def project(vectors: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    """Vectors (V, E) to points (V, 2) with the share of variance kept: direct for E = 2, else by PCA.

    PCA leaves the rotation within its plane open. It is turned (orthogonal Procrustes) to lie as near as it can to
    the first two coordinates, which hold still, so that letters glide from step to step instead of flipping.
    """
    if vectors.shape[1] == 2:
        return vectors, 1.0
    centred = vectors - vectors.mean(0)
    u, s, _ = np.linalg.svd(centred, full_matrices=False)
    plane = u[:, :2] * s[:2]  # (V, 2)
    left, _, right = np.linalg.svd(plane.T @ centred[:, :2])
    total = float((s**2).sum())
    return plane @ (left @ right), float((s[:2] ** 2).sum()) / total if total else 1.0


def neighbours(vectors: NDArray[np.float64], i: int) -> list[tuple[int, float]]:
    """The other characters with their Euclidean distance from character i in (V, E), the nearest first."""
    distance = np.linalg.norm(vectors - vectors[i], axis=1)
    return [(int(j), float(distance[j])) for j in np.argsort(distance, kind="stable") if j != i]
