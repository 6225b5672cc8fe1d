"""BatchNorm folded into the Linear before it: the same logits in evaluation, and less to carry."""

import pytest
import torch

from makemore_core.config import RunConfig
from makemore_core.datasets import DataConfig
from makemore_core.errors import InputError
from makemore_core.inspection.folding import EACH_POSITION, NOTHING, folded, folding
from makemore_core.models.deep_mlp import DeepMLPConfig
from makemore_core.models.language_model import ModelConfig
from makemore_core.models.layers import BatchNorm1d
from makemore_core.models.mlp import MLPConfig
from makemore_core.models.wavenet import WaveNetConfig
from makemore_core.training.trainer import Trainer

FOLDABLE = [
    MLPConfig(n_hidden=8, batch_norm=True),  # lecture 3's own: divides by the deviation, without eps
    MLPConfig(n_hidden=8, batch_norm=True, norm_noise=0.1),  # lecture 4's: with a bias before it
    DeepMLPConfig(n_hidden=8),  # also behind the output
    WaveNetConfig(n_hidden=8, n_embd=4),
]


def trained(model: ModelConfig, data: DataConfig) -> Trainer:
    """After some steps, so that its running statistics are no longer 0 and 1."""
    trainer = Trainer(RunConfig(data, model, engine="autograd"), data.load())
    trainer.advance(30)
    return trainer


@pytest.mark.parametrize("model", FOLDABLE, ids=repr)
def test_a_folded_net_gives_the_same_logits(model: ModelConfig, data: DataConfig) -> None:
    trainer = trained(model, data)
    x, _ = trainer.batch()
    before = {name: tensor.clone() for name, tensor in trainer.model.state().items()}
    new = folded(trainer.model)
    assert not any(isinstance(layer, BatchNorm1d) for layer in new.layers.values())
    with trainer.model.evaluating():
        torch.testing.assert_close(new(x), trainer.model(x), rtol=1e-5, atol=1e-5)
    for name, tensor in trainer.model.state().items():
        assert torch.equal(tensor, before[name])


def test_its_numbers_say_so(data: DataConfig) -> None:
    trainer = trained(MLPConfig(n_hidden=8, batch_norm=True), data)
    found = folding(trainer.model, trainer.batch()[0])
    assert set(found.before) - set(found.after) == {"batch_norm"}
    assert found.parameters[0] - found.parameters[1] == 8  # gamma and beta go, a bias comes
    assert found.difference < 1e-5 < found.largest_logit


def test_while_it_trains_batch_norm_is_something_else(data: DataConfig) -> None:
    """Then it takes mean and deviation of the batch, which no weight can know."""
    trainer = trained(MLPConfig(n_hidden=8, batch_norm=True), data)
    x, _ = trainer.batch()
    new = folded(trainer.model)
    trainer.model.train(True)
    assert (new(x) - trainer.model(x)).abs().max() > 1e-3


@pytest.mark.parametrize(
    ("model", "why"),
    [
        (MLPConfig(n_hidden=8), NOTHING),
        (WaveNetConfig(n_hidden=8, n_embd=4, norm_positions=False), EACH_POSITION),
    ],
)
def test_what_cannot_be_folded_is_refused(model: ModelConfig, why: str, data: DataConfig) -> None:
    with pytest.raises(InputError) as refusal:
        folded(trained(model, data).model)
    assert str(refusal.value) == why
