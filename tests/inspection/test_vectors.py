"""Which vectors each model has: they are its own parameters, one row for each character or place."""

import numpy as np
import pytest
import torch

from makemore_core.datasets import DataConfig
from makemore_core.inspection.vectors import (
    ABOUT,
    CHARACTERS,
    COLUMNS,
    OUTPUT,
    POSITIONS,
    ROWS,
    plain_vectors,
    vectors_by_kind,
)
from makemore_core.models import MODELS

WITH_POSITIONS = ("bow", "transformer")
TABLES = {"counting": [], "bigram": [ROWS, COLUMNS]}


@pytest.mark.parametrize("name", MODELS)
def test_a_model_has_the_vectors_of_its_kind(name: str, data: DataConfig) -> None:
    V = len(data.load().vocabulary)
    model = MODELS[name]().build(V, torch.Generator().manual_seed(1))
    usual = [CHARACTERS, POSITIONS, OUTPUT] if name in WITH_POSITIONS else [CHARACTERS, OUTPUT]
    found = vectors_by_kind(model)
    assert list(found) == TABLES.get(name, usual)
    for kind, tensor in found.items():
        assert len(tensor) == (model.block_size if kind == POSITIONS else V)
        assert any(tensor.data_ptr() == p.data_ptr() for p in model.parameters())
        assert kind in ABOUT


@pytest.mark.parametrize("name", ["mlp", "mlp-tensors", "mlp-module"])
def test_the_output_weights_move_each_characters_own_score(name: str, data: DataConfig) -> None:
    model = MODELS[name]().build(len(data.load().vocabulary), torch.Generator().manual_seed(1))
    x = torch.zeros((1, model.block_size), dtype=torch.long)
    with torch.no_grad():
        before = model(x)
        vectors_by_kind(model)[OUTPUT][3] += 1.0
        moved = (model(x) - before)[0]
    assert moved[3].abs() > 1e-3
    assert moved[:3].abs().max() == moved[4:].abs().max() == 0


def test_the_vectors_are_numbers_of_their_own(data: DataConfig) -> None:
    model = MODELS["mlp"]().build(len(data.load().vocabulary), torch.Generator().manual_seed(1))
    vectors = plain_vectors(model, CHARACTERS)
    vectors += 1
    assert model.embedding is not None
    np.testing.assert_allclose(vectors - 1, model.embedding.weight.detach(), atol=1e-6)
