"""Lecture 5's tree: neighbours are fused layer by layer."""

from typing import cast

from makemore_core.eject.families.common import GENERATOR, IN_A_ROW, OF_LAYERS
from makemore_core.eject.lecture import layers
from makemore_core.eject.part import ModelPart, block, source
from makemore_core.eject.subject import Subject
from makemore_core.models.wavenet import WaveNetConfig

USES = ("model.n_hidden", "model.n_embd", "model.block_size", "model.fuse", "seed")
TREE = (
    "The hierarchy of makemore part 5, in the shape of WaveNet (van den Oord et al. 2016): neighbouring characters are "
    "fused first, then pairs of pairs, until one vector is left."
)
FLAT = "The net of makemore part 5 before it became a tree: all characters of the context are fused at once."
BUG = " BatchNorm normalises each place by itself, over the batch alone: the bug that the lecture finds and mends."
PLACES = {
    "mean, var = x.mean(0), x.var(0)": (
        "examples = tuple(range(x.ndim - 1))  # the batch, and all places\n"
        "            mean, var = x.mean(examples), x.var(examples)"
    )
}


def model(subject: Subject) -> ModelPart:
    """Embedding, fused layers, output."""
    config = cast("WaveNetConfig", subject.config.model)
    is_flat = config.depth == 1
    return ModelPart(
        "The model",
        (FLAT if is_flat else TREE) + ("" if is_flat or config.norm_positions else BUG),
        (
            source(layers.Embedding),
            source(layers.FlattenConsecutive),
            _linear(config),
            source(layers.BatchNorm1d, PLACES if config.norm_positions and not is_flat else {}),
            source(layers.Tanh),
            _layers(config),
            IN_A_ROW,
            OF_LAYERS,
        ),
        USES,
        switches=("BatchNorm1d.training",),
        state="layers",
    )


def _linear(config: WaveNetConfig) -> str:
    if config.bias and config.depth > 1:
        return source(layers.LinearOfManyPlaces, name="Linear")
    if config.bias and config.output_bias:
        return source(layers.Linear)
    return source(
        layers.LinearBiasOrNot if config.bias or config.output_bias else layers.LinearWithoutBias, name="Linear"
    )


def _layers(config: WaveNetConfig) -> str:
    said = config.bias != config.output_bias or (config.bias and config.depth > 1)  # whether Linear has the choice
    lines = ["layers = [Embedding(vocab_size, n_embd)]"]
    for i in range(config.depth):
        width = "n_hidden" if i else "n_embd"
        linear = f"Linear({width} * fuse, n_hidden{_without(config.bias, said)})"
        lines.append(f"layers += [FlattenConsecutive(fuse), {linear}, BatchNorm1d(n_hidden), Tanh()]")
    lines.append(f"layers += [Linear(n_hidden, vocab_size{_without(config.output_bias, said)})]")
    return block(GENERATOR, *lines, "layers[-1].weight *= 0.1  # so that the first predictions are nearly uniform")


def _without(bias: bool, said: bool) -> str:
    return ", bias=False" if said and not bias else ""
