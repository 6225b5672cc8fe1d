"""The models, in the order of the lectures. A new one is a file beside this one and a name in this list."""

from makemore_core.models.counting import CountingConfig
from makemore_core.models.deep_mlp import DeepMLPConfig
from makemore_core.models.language_model import LanguageModel, ModelConfig
from makemore_core.models.mlp import MLPConfig
from makemore_core.models.three_forms import ModuleMLPConfig, TensorsMLPConfig
from makemore_core.models.wavenet import WaveNetConfig

MODELS: dict[str, type[ModelConfig]] = {
    config.name: config
    for config in (CountingConfig, MLPConfig, TensorsMLPConfig, ModuleMLPConfig, DeepMLPConfig, WaveNetConfig)
}

__all__ = ["MODELS", "LanguageModel", "ModelConfig"]
