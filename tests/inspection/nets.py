"""Small nets of every kind that has neurons, at random weights: what is true of them is true of trained ones."""

import torch

from makemore_core.datasets import DataConfig, Dataset
from makemore_core.inspection.sample import Sample, sample_of
from makemore_core.models import MODELS, LanguageModel
from makemore_core.models.bag_of_words import BagOfWordsConfig
from makemore_core.models.causal_conv import CausalConvConfig
from makemore_core.models.deep_mlp import DeepMLPConfig
from makemore_core.models.language_model import ModelConfig
from makemore_core.models.mlp import MLPConfig
from makemore_core.models.recurrent import GRUConfig, LSTMConfig, RNNConfig
from makemore_core.models.sequence_mlp import SequenceMLPConfig
from makemore_core.models.transformer import TransformerConfig
from makemore_core.models.wavenet import WaveNetConfig

SMALL: dict[str, ModelConfig] = {
    "mlp": MLPConfig(n_hidden=12, n_embd=4, output_scale=1.0),
    "mlp, batch norm": MLPConfig(n_hidden=12, n_embd=4, output_scale=1.0, batch_norm=True),
    "deep-mlp": DeepMLPConfig(n_hidden=12, n_layers=2, n_embd=4),
    "leaky deep-mlp": DeepMLPConfig(n_hidden=12, n_layers=2, n_embd=4, activation="leaky-relu", batch_norm=False),
    "wavenet": WaveNetConfig(n_hidden=12, n_embd=4, block_size=4),
    "sequence-mlp": SequenceMLPConfig(n_hidden=12, n_embd=4, block_size=4),
    "bow": BagOfWordsConfig(n_hidden=12, n_embd=4, block_size=6),
    "rnn": RNNConfig(n_hidden=12, n_embd=4, block_size=6),
    "gru": GRUConfig(n_hidden=12, n_embd=4, block_size=6),
    "lstm": LSTMConfig(n_hidden=12, n_embd=4, block_size=6),
    "cnn": CausalConvConfig(n_hidden=12, n_embd=4, block_size=4, n_layers=2),
    "transformer": TransformerConfig(n_layers=2, n_head=2, n_embd=8, block_size=6),
}
WITHOUT_NEURONS = ("counting", "bigram", "mlp-tensors", "mlp-module")
assert {config.name for config in SMALL.values()} == set(MODELS) - set(WITHOUT_NEURONS)


def built(config: ModelConfig, dataset: Dataset) -> LanguageModel:
    """A net in evaluation whose running statistics have seen a batch."""
    generator = torch.Generator().manual_seed(3)
    model = config.build(len(dataset.vocabulary), generator)
    x, _ = model.layout.examples(dataset.tokens("train"), model.block_size, dataset.is_text)
    with torch.no_grad():
        for _ in range(20):
            model(x[:64])
    model.train(False)
    return model


def asked(name: str, data: DataConfig) -> tuple[LanguageModel, Dataset, Sample]:
    """A small net, its data, and contexts to ask it about."""
    dataset = data.load()
    model = built(SMALL[name], dataset)
    return model, dataset, sample_of(model, dataset)
