"""The map of the alphabet, as a run keeps it."""

import numpy as np

from makemore_core.config import RunConfig
from makemore_core.datasets import DataConfig
from makemore_core.diagnostics.embedding import EmbeddingMap
from makemore_core.models.mlp import MLPConfig
from makemore_core.training.trainer import Trainer


def test_every_character_has_its_point(data: DataConfig) -> None:
    step = Trainer(RunConfig(model=MLPConfig(n_embd=2)), data.load()).step()
    reading = EmbeddingMap().measure(step)
    assert reading.labels == list(data.load().vocabulary.itos)
    embedding = step.model.embedding
    assert embedding is not None
    np.testing.assert_allclose(reading.points, embedding.weight.detach(), atol=1e-5)
