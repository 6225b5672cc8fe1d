"""The attention that is shown is the attention that the model uses."""

import numpy as np
import pytest
import torch

from makemore_core.datasets import DataConfig
from makemore_core.errors import InputError
from makemore_core.inspection.attention import attention, has_attention, most_looked_at
from makemore_core.models import MODELS
from makemore_core.models.attention import CausalSelfAttention
from tests.inspection.nets import asked, built


def test_the_shares_times_the_values_are_the_layers_output(data: DataConfig) -> None:
    """The model itself computes with torch's fused function, which gives no shares."""
    model, dataset, _ = asked("transformer", data)
    seen = attention(model, dataset.vocabulary, "bala")
    x = torch.tensor([[0, *dataset.vocabulary.encode("bala")]])
    with model.evaluating(), model.watched() as outputs:
        model(x)
    for i in range(2):
        layer = dict(model.all_layers())[f"blocks.{i}.attention"]
        assert isinstance(layer, CausalSelfAttention)
        with torch.no_grad():
            v = layer._heads(layer.qkv(outputs[f"blocks.{i}.norm1"]).chunk(3, dim=-1)[2])
            mixed = (torch.from_numpy(seen.shares[i]) @ v).transpose(1, 2).flatten(2)
            torch.testing.assert_close(layer.output(mixed), outputs[f"blocks.{i}.attention"], atol=1e-5, rtol=1e-5)


def test_rows_sum_to_one_and_nobody_looks_ahead(data: DataConfig) -> None:
    model, dataset, _ = asked("transformer", data)
    shares = attention(model, dataset.vocabulary, "bala").shares
    assert shares.shape == (2, 2, 5, 5)
    assert shares.sum(-1) == pytest.approx(1, abs=1e-6)
    assert not np.triu(shares, 1).any()
    assert shares[:, :, 0, 0] == pytest.approx(1)


def test_a_text_that_is_too_long_is_cut_at_its_start(data: DataConfig) -> None:
    model, dataset, _ = asked("transformer", data)  # sees 6 characters
    seen = attention(model, dataset.vocabulary, "balandolin")
    assert seen.characters == tuple("ndolin")
    assert seen.cut == 5
    assert seen.shares.shape[-1] == 6
    whole = attention(model, dataset.vocabulary, "balan")
    assert whole.characters == (".", *"balan")
    assert whole.cut == 0


def test_no_text_leaves_the_boundary_alone(data: DataConfig) -> None:
    model, dataset, _ = asked("transformer", data)
    seen = attention(model, dataset.vocabulary, "")
    assert seen.characters == (".",)
    assert seen.shares.tolist() == [[[[1.0]], [[1.0]]]] * 2


def test_a_strange_character_is_named(data: DataConfig) -> None:
    model, dataset, _ = asked("transformer", data)
    with pytest.raises(InputError, match="has no 'Z'"):
        attention(model, dataset.vocabulary, "Z")


def test_only_the_transformer_has_it(data: DataConfig) -> None:
    dataset = data.load()
    assert [name for name in MODELS if has_attention(built(MODELS[name](), dataset))] == ["transformer"]


def test_most_looked_at() -> None:
    assert most_looked_at(np.array([0.1, 0.6, 0.3], dtype=np.float32)) == (1, pytest.approx(0.6))
