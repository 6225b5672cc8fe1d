"""Several hidden layers with batch normalisation: the second half of lecture 3, and seed 001."""

from typing import cast

from makemore_core.eject.families.common import GENERATOR, IN_A_ROW, NONLINEARITIES, OF_LAYERS
from makemore_core.eject.lecture import layers
from makemore_core.eject.part import ModelPart, block, number, source
from makemore_core.eject.subject import Subject
from makemore_core.models.deep_mlp import DeepMLPConfig

USES = ("model.n_hidden", "model.n_embd", "model.block_size", "seed")
WORDS = (
    "The layers of makemore part 3, which are those of torch.nn written out: vectors of the characters, then a Linear "
    "layer{} and a nonlinearity again and again, then the logits."
)
NORM = ", batch normalisation (Ioffe & Szegedy 2015)"


def model(subject: Subject) -> ModelPart:
    """Embedding, hidden layers, output."""
    config = cast("DeepMLPConfig", subject.config.model)
    linear = source(layers.Linear) if config.bias else source(layers.LinearWithoutBias, name="Linear")
    norm = (source(layers.BatchNorm1d),) if config.batch_norm else ()
    return ModelPart(
        "The model",
        WORDS.format(NORM if config.batch_norm else ""),
        (
            source(layers.Embedding),
            source(layers.Flatten),
            linear,
            *norm,
            source(NONLINEARITIES[config.activation]),
            _layers(config),
            IN_A_ROW,
            OF_LAYERS,
        ),
        (*(("model.n_layers",) if config.n_layers > 1 else ()), *USES),
        switches=("BatchNorm1d.training",) if config.batch_norm else (),
        state="layers",
    )


def _layers(config: DeepMLPConfig) -> str:
    """The list of layers, and their gains."""
    nonlinearity = NONLINEARITIES[config.activation].__name__
    norm = "BatchNorm1d({}), " if config.batch_norm else ""
    last_norm = ", BatchNorm1d(vocab_size)" if config.batch_norm and config.norm_output else ""
    hidden = norm.format("n_hidden") + f"{nonlinearity}()]"
    return block(
        GENERATOR,
        "layers = [Embedding(vocab_size, n_embd), Flatten()]",
        f"layers += [Linear(block_size * n_embd, n_hidden), {hidden}",
        "for _ in range(n_layers - 1):" if config.n_layers > 1 else "",
        f"    layers += [Linear(n_hidden, n_hidden), {hidden}" if config.n_layers > 1 else "",
        f"layers += [Linear(n_hidden, vocab_size){last_norm}]",
        *_gains(config, bool(last_norm)),
    )


def _gains(config: DeepMLPConfig, norm_output: bool) -> tuple[str, ...]:
    all_but_output = "" if config.gain_on_output else f"[:{-2 if norm_output else -1}]"
    gain = (
        f"for layer in layers{all_but_output}:",
        "    if isinstance(layer, Linear):",
        f"        layer.weight *= {number(config.gain)}  # the gain of the nonlinearity",
    )
    last = "gamma" if norm_output else "weight"
    sure = f"layers[-1].{last} *= {number(config.output_scale)}  # so that the first predictions are unsure"
    return (*(gain if config.gain != 1 else ()), *((sure,) if config.output_scale != 1 else ()))
