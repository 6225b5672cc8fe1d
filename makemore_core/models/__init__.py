"""The models by name, in the order of the lectures."""

from makemore_core.models.deep_mlp import DeepMLPConfig
from makemore_core.models.language_model import LanguageModel, ModelConfig
from makemore_core.models.mlp import MLPConfig

MODELS: dict[str, type[ModelConfig]] = {config.name: config for config in (MLPConfig, DeepMLPConfig)}

__all__ = ["MODELS", "LanguageModel", "ModelConfig"]
