"""What there is to see of a net before its first step: the same as a run shows at step 0."""

import pytest
import torch

from makemore_core.config import RunConfig
from makemore_core.diagnostics import DIAGNOSTICS
from makemore_core.training.curve import LAST
from makemore_core.training.trainer import Trainer
from makemore_core.training.untrained import untrained_model, untrained_snapshot


def test_the_first_look_is_step_0_of_a_run(config: RunConfig) -> None:
    snapshot = untrained_snapshot(config)
    (loss,) = Trainer(config, config.data.load()).advance(1)
    assert snapshot.losses[:, LAST].tolist() == pytest.approx([loss], rel=1e-6)
    assert snapshot.progress.step == 0
    assert snapshot.shown is not None
    assert snapshot.shown.readings.keys() == DIAGNOSTICS.keys()


def test_the_untrained_net_is_as_it_was_drawn(config: RunConfig) -> None:
    trained = untrained_model(config)
    drawn = config.model.build(len(trained.dataset.vocabulary), torch.Generator().manual_seed(config.seed))
    assert all(map(torch.equal, trained.model.parameters(), drawn.parameters()))
    assert not any(layer.training for layer in trained.model.layers.values())
