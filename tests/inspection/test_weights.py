"""Every parameter of every model is a table whose axes have a meaning, and a large one is reduced by true means."""

import numpy as np
import pytest
import torch

from makemore_core.datasets import DataConfig
from makemore_core.inspection.weights import MOST_CELLS, matrix, reduced
from makemore_core.models import MODELS
from makemore_core.models.attention import CausalSelfAttention
from tests.inspection.nets import asked, built


@pytest.mark.parametrize("name", MODELS)
def test_every_parameter_is_a_table_with_named_axes(name: str, data: DataConfig) -> None:
    dataset = data.load()
    model = built(MODELS[name](), dataset)
    for parameter, tensor in model.named_parameters().items():
        table = matrix(model, parameter, dataset.vocabulary)
        assert table.columns.meaning
        assert table.is_vector or table.rows.meaning
        assert np.array_equal(table.values.ravel(), tensor.detach().numpy().ravel())
        for axis, n in zip((table.rows, table.columns), table.values.shape, strict=True):
            assert not axis.groups or len(axis.groups) * axis.each == n
        row, column = (n - 1 for n in table.values.shape)
        assert tensor[table.index(row, column)].item() == table.values[row, column]


@pytest.mark.parametrize(
    ("name", "parameter", "rows", "columns"),
    [
        ("mlp", "embedding.weight", ("a", 1), ("2", 2)),
        ("mlp", "hidden.weight", ("−3 · 1", 1), ("7", 7)),
        ("mlp", "hidden.weight", ("−1 · 3", 11), ("7", 7)),
        ("mlp", "output.weight", ("4", 4), ("a", 1)),
        ("wavenet", "linear2.weight", ("2 of 2 · 0", 12), ("7", 7)),
        ("gru", "gru.weight_x", ("3", 3), ("update · 1", 13)),
        ("cnn", "blocks.1.conv.linear.weight", ("2 back · 3", 3), ("7", 7)),
        ("transformer", "blocks.0.attention.qkv.weight", ("5", 5), ("key 2 · 1", 13)),
        ("transformer", "blocks.0.attention.output.weight", ("head 2 · 0", 4), ("5", 5)),
    ],
)
def test_rows_and_columns_say_what_they_join(
    name: str, parameter: str, rows: tuple[str, int], columns: tuple[str, int], data: DataConfig
) -> None:
    model, dataset, _ = asked(name, data)
    table = matrix(model, parameter, dataset.vocabulary)
    assert table.rows.label(rows[1]) == rows[0]
    assert table.columns.label(columns[1]) == columns[0]


def test_the_key_columns_of_a_head_make_its_keys(data: DataConfig) -> None:
    """The label `key 2` stands over the columns that the second head's keys come from."""
    model, dataset, _ = asked("transformer", data)
    table = matrix(model, "blocks.0.attention.qkv.weight", dataset.vocabulary)
    x = torch.randn(1, 3, 8, generator=torch.Generator().manual_seed(1))
    attention = dict(model.all_layers())["blocks.0.attention"]
    assert isinstance(attention, CausalSelfAttention)
    with model.evaluating():
        _, k, _ = attention.qkv(x).chunk(3, dim=-1)
        second = attention._heads(k)[0, 1]
    columns = [i for i in range(24) if table.columns.label(i).startswith("key 2")]
    bias = model.named_parameters()["blocks.0.attention.qkv.bias"].detach()
    torch.testing.assert_close(x[0] @ torch.from_numpy(table.values[:, columns]) + bias[columns], second)


def test_the_summary_is_numpys(data: DataConfig) -> None:
    model, dataset, _ = asked("mlp", data)
    table = matrix(model, "hidden.weight", dataset.vocabulary)
    weight = model.named_parameters()["hidden.weight"].detach()
    assert table.summary == (
        f"12 × 12 · mean {weight.mean():+.3g} · deviation {weight.std(correction=0):.3g} · norm {weight.norm():.3g}"
    )
    assert matrix(model, "hidden.bias", dataset.vocabulary).summary.startswith("12 · mean")


@pytest.mark.parametrize("shape", [(384, 1152), (65, 5000), (7000, 30), (201, 201)])
def test_a_large_matrix_is_reduced_to_true_means(shape: tuple[int, int]) -> None:
    values = np.random.default_rng(1).normal(size=shape).astype(np.float32)
    small, (r, c) = reduced(values)
    assert small.size <= MOST_CELLS
    assert small[0, 0] == pytest.approx(values[:r, :c].mean(), abs=1e-6)
    assert small[-1, -1] == pytest.approx(
        values[(small.shape[0] - 1) * r :, (small.shape[1] - 1) * c :].mean(), abs=1e-6
    )


def test_a_matrix_that_fits_is_itself() -> None:
    values = np.random.default_rng(1).normal(size=(200, 200)).astype(np.float32)
    small, block = reduced(values)
    assert block == (1, 1)
    assert np.array_equal(small, values)
