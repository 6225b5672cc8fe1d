"""Every workload can be measured: by some engine of ours, and with a way to its peer."""

from pathlib import Path

import pytest

from benchmarks.contests import if_possible
from benchmarks.products import Product, products_of
from benchmarks.workloads import WORKLOADS, Workload, engine
from makemore_core.datasets import DataConfig, load_dataset
from makemore_core.errors import InputError
from makemore_core.models.mlp import MLPConfig
from makemore_core.training.trainer import Trainer


@pytest.mark.parametrize("workload", WORKLOADS.values(), ids=WORKLOADS)
def test_a_peer_that_is_not_there_is_named_with_the_way_to_it(workload: Workload, tmp_path: Path, data: DataConfig):
    with pytest.raises(InputError, match=f"git clone https://github.com/{workload.peer.repository}"):
        workload.peer.advance(tmp_path, data.load())


def test_an_engine_that_does_not_know_a_model_takes_no_part(data: DataConfig):
    config = WORKLOADS["W5"].config.with_values({"data.dataset": data.dataset, "model.n_layers": 1})
    able, _ = if_possible(lambda: engine(config, data.load(), "autograd"))
    unable, why = if_possible(lambda: engine(config, data.load(), "by_hand"))
    assert able
    assert unable is None
    assert "choose autograd" in why


def test_the_limit_multiplies_what_the_net_multiplies(data: DataConfig):
    dataset = load_dataset(data.dataset)
    trainer = Trainer(WORKLOADS["W1"].config.with_values({"data.dataset": data.dataset}), dataset)
    shape, B, V = MLPConfig(), 32, len(dataset.vocabulary)
    hidden = Product(B, shape.block_size * shape.n_embd, shape.n_hidden)
    output = Product(B, shape.n_hidden, V)
    assert products_of(trainer) == [*hidden.with_backward(), *output.with_backward()]


def test_attention_multiplies_in_every_head(data: DataConfig):
    changes = {"data.dataset": data.dataset, "data.split": "lectures", "model.n_layers": 1}
    trainer = Trainer(WORKLOADS["W5"].config.with_values(changes), data.load())
    B, n_head, size = 32, 4, 64 // 4
    products = products_of(trainer)
    T = next(product.m for product in products if product.count == B * n_head)  # as many places as the batch needs
    assert Product(T, size, T, B * n_head) in products  # queries with keys
    assert Product(T, T, size, B * n_head) in products  # shares of the past with values
