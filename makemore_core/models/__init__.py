"""The models, in the order of the lectures. A new one is a file beside this one and a name in this list."""

from makemore_core.models.bag_of_words import BagOfWordsConfig
from makemore_core.models.bigram import BigramConfig
from makemore_core.models.causal_conv import CausalConvConfig
from makemore_core.models.counting import CountingConfig
from makemore_core.models.deep_mlp import DeepMLPConfig
from makemore_core.models.language_model import LanguageModel, ModelConfig
from makemore_core.models.mlp import MLPConfig
from makemore_core.models.recurrent import GRUConfig, LSTMConfig, RNNConfig
from makemore_core.models.sequence_mlp import SequenceMLPConfig
from makemore_core.models.three_forms import ModuleMLPConfig, TensorsMLPConfig
from makemore_core.models.transformer import TransformerConfig
from makemore_core.models.wavenet import WaveNetConfig

MODELS: dict[str, type[ModelConfig]] = {
    config.name: config
    for config in (
        CountingConfig,
        BigramConfig,
        MLPConfig,
        TensorsMLPConfig,
        ModuleMLPConfig,
        DeepMLPConfig,
        WaveNetConfig,
        SequenceMLPConfig,
        BagOfWordsConfig,
        RNNConfig,
        GRUConfig,
        LSTMConfig,
        CausalConvConfig,
        TransformerConfig,
    )
}

__all__ = ["MODELS", "LanguageModel", "ModelConfig"]
