"""Which section writes which model. A new model is a file beside this one and a line in this table."""

from collections.abc import Callable

from makemore_core.eject.families import (
    bigram,
    counting,
    deep_mlp,
    mlp,
    over_sequences,
    recurrent,
    three_forms,
    transformer,
    wavenet,
)
from makemore_core.eject.part import ModelPart
from makemore_core.eject.subject import Subject

FAMILIES: dict[str, Callable[[Subject], ModelPart]] = {
    "counting": counting.model,
    "bigram": bigram.model,
    "mlp": mlp.model,
    "mlp-tensors": three_forms.raw_tensors,
    "mlp-module": three_forms.module,
    "deep-mlp": deep_mlp.model,
    "wavenet": wavenet.model,
    "sequence-mlp": over_sequences.sequence_mlp,
    "bow": over_sequences.bag_of_words,
    "rnn": recurrent.rnn,
    "gru": recurrent.gru,
    "lstm": recurrent.lstm,
    "cnn": over_sequences.causal_conv,
    "transformer": transformer.model,
}
