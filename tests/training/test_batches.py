"""Batches drawn once more are those that the trainer took."""

from dataclasses import replace

import pytest
import torch

from makemore_core.config import RunConfig
from makemore_core.errors import InputError
from makemore_core.models.mlp import MLPConfig
from makemore_core.training import batches
from makemore_core.training.batches import Batches
from makemore_core.training.marks import Mark
from makemore_core.training.trainer import Trainer


@pytest.fixture
def small(config: RunConfig) -> RunConfig:
    return replace(config, model=MLPConfig(n_hidden=8, batch_norm=True, norm_noise=0.1), engine="autograd")


@pytest.mark.parametrize("step", [0, 1, 7, 40])
def test_a_step_has_its_own_batch(step: int, small: RunConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "AT_ONCE", 100)  # several goes
    dataset = small.data.load()
    trainer = Trainer(small, dataset)
    trainer.advance(step)
    for ours, its in zip(Batches(small, dataset).of_step(step), trainer.batch(), strict=True):
        assert torch.equal(ours, its)


def test_one_may_go_back_and_ask_again(small: RunConfig) -> None:
    known = Batches(small, small.data.load())
    first, later = known.of_step(3), known.of_step(12)
    assert not torch.equal(first[0], later[0])
    for step, batch in ((12, later), (3, first), (12, later)):
        assert torch.equal(known.of_step(step)[0], batch[0])


def test_a_batch_size_that_was_changed_on_the_way(small: RunConfig) -> None:
    dataset = small.data.load()
    trainer = Trainer(small, dataset)
    trainer.advance(5)
    trainer.change({"batch_size": 50})
    trainer.advance(4)
    marks = [Mark(5, "batch size 32 → 50", {"batch_size": 50})]
    x, y = Batches(small, dataset).of_step(9, marks)
    theirs = trainer.batch()
    assert x.shape[0] == 50
    assert torch.equal(x, theirs[0])
    assert torch.equal(y, theirs[1])


def test_a_change_holds_also_for_batches_that_were_looked_at_before_it(small: RunConfig) -> None:
    dataset, marks = small.data.load(), [Mark(5, "batch size 32 → 50", {"batch_size": 50})]
    known = Batches(small, dataset)
    known.of_step(9)
    assert torch.equal(known.of_step(9, marks)[0], Batches(small, dataset).of_step(9, marks)[0])


def test_the_whole_training_set_may_be_the_batch(small: RunConfig) -> None:
    whole = replace(small, batch_size=0)
    x, _ = Batches(whole, whole.data.load()).of_step(1000)
    assert torch.equal(x, Trainer(whole, whole.data.load()).x)


def test_a_fork_with_another_seed_draws_its_own_batches_from_there_on(small: RunConfig) -> None:
    dataset = small.data.load()
    trainer = Trainer(small, dataset)
    trainer.generator.manual_seed(7)
    trainer.advance(4)
    known, marks = Batches(small, dataset), [Mark(5, "forked", {"seed": 7})]
    assert torch.equal(known.of_step(9, marks)[0], trainer.batch()[0])
    assert torch.equal(known.of_step(4, marks)[0], Batches(small, dataset).of_step(4)[0])


def test_before_a_fork_on_other_data_the_batches_were_its_parents(small: RunConfig) -> None:
    known, marks = Batches(small, small.data.load()), [Mark(5, "forked", {"data.dataset": small.data.dataset})]
    assert torch.equal(known.of_step(5, marks)[0], known.of_step(5)[0])
    with pytest.raises(InputError, match="At step 4 it was its parent, on other data"):
        known.of_step(4, marks)
