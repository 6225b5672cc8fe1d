"""A small trained net of every family, so that its probabilities are uneven, as they are on the pages."""

from functools import cache

from makemore_core.config import RunConfig
from makemore_core.datasets import DataConfig, Dataset
from makemore_core.models import MODELS, LanguageModel
from makemore_core.models.bigram import BigramConfig
from makemore_core.models.counting import CountingConfig
from makemore_core.models.language_model import ModelConfig
from makemore_core.models.three_forms import ModuleMLPConfig, TensorsMLPConfig
from makemore_core.optimizers import AdamConfig
from makemore_core.training.trainer import Trainer
from tests.inspection.nets import SMALL

FAMILIES: dict[str, ModelConfig] = SMALL | {
    "counting": CountingConfig(),
    "bigram": BigramConfig(),
    "mlp-tensors": TensorsMLPConfig(n_hidden=12, n_embd=4),
    "mlp-module": ModuleMLPConfig(n_hidden=12, n_embd=4),
}
assert {config.name for config in FAMILIES.values()} == set(MODELS)
STEPS = 60


@cache
def trained(name: str, data: DataConfig) -> tuple[LanguageModel, Dataset]:
    """A net after a few steps, in evaluation."""
    config = RunConfig(data, FAMILIES[name], optimizer=AdamConfig(0.01), max_steps=STEPS, seed=3)
    trainer = Trainer(config, data.load())
    trainer.advance(STEPS)
    trainer.model.train(False)
    return trainer.model, trainer.dataset
