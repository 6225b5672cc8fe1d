"""The alphabet as the net sees it: each character's vector, as a point in the plane."""

import numpy as np
from numpy.typing import NDArray

from makemore_core.diagnostics.diagnostic import Diagnostic
from makemore_core.diagnostics.reading import Projection
from makemore_core.diagnostics.step import Step
from makemore_core.models.layers import Embedding
from makemore_core.projections.plane import project


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
