"""A look at a net before its first step: what there is to show of settings that nobody has trained yet."""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from makemore_core.config import RunConfig
from makemore_core.datasets import Dataset
from makemore_core.diagnostics import measured
from makemore_core.models.language_model import LanguageModel
from makemore_core.training.curve import bucketed
from makemore_core.training.estimate import check_fits
from makemore_core.training.recorder import Observation, Progress, Snapshot
from makemore_core.training.trainer import Trainer

GLANCE = 2_000_000_000  # parameters times characters in one step; a second or so
MOST_EXAMPLES = 8192


@dataclass(frozen=True)
class TrainedModel:
    """A model in evaluation that no thread writes to, and the data set whose characters it knows."""

    model: LanguageModel
    dataset: Dataset


def untrained_snapshot(config: RunConfig) -> Snapshot:
    """Every diagnostic of step 0 on the first batch, as a run of these settings would show them."""
    return _snapshot(config, config.data.load().sha256)


@lru_cache(maxsize=16)
def _snapshot(config: RunConfig, sha256: str) -> Snapshot:
    """Remembered by what the data are: another data set may come to have the same name."""
    check_fits(replace(config, batch_size=2), config.data.load())
    trainer = Trainer(replace(config, engine="autograd"), config.data.load())
    trainer.config = replace(trainer.config, batch_size=_affordable(trainer))
    step = trainer.step()
    progress = Progress().within(config)
    losses = bucketed(0, np.array([step.loss]))
    return Snapshot(f"untrained {hash((config, sha256))}", 0, progress, losses, (), (Observation(0, measured(step)),))


def untrained_model(config: RunConfig) -> TrainedModel:
    """The net as it is drawn, before any step."""
    return _model(config, config.data.load().sha256)


@lru_cache(maxsize=16)
def _model(config: RunConfig, sha256: str) -> TrainedModel:
    check_fits(replace(config, batch_size=2), config.data.load())
    trainer = Trainer(config, config.data.load())
    trainer.model.train(False)
    return TrainedModel(trainer.model, trainer.dataset)


def _affordable(trainer: Trainer) -> int:
    """As many examples as a page has time for: all of a small net's batch, two of a large GPT's."""
    numbers = sum(parameter.numel() for parameter in trainer.model.parameters()) * trainer.model.block_size
    most = min(MOST_EXAMPLES, max(2, GLANCE // max(1, numbers)))
    return min(trainer.config.batch_size or most, most)
