"""makemore.py's simpler models over whole words: the MLP, the bag of words, and the convolutions it promises."""

from typing import cast

from makemore_core.eject.families.common import FUNCTIONS, GENERATOR, IN_A_ROW, OF_LAYERS, listed
from makemore_core.eject.lecture import blocks, layers
from makemore_core.eject.part import ModelPart, source
from makemore_core.eject.subject import Subject
from makemore_core.models.causal_conv import CausalConvConfig

SIZES = ("model.n_hidden", "model.n_embd", "model.block_size", "seed")
MLP = (
    "Bengio et al. 2003 as makemore.py writes it: an MLP at every place of a word, which sees the last block_size "
    "characters; before the word's start stands a vector of its own."
)
BAG = (
    "makemore.py's bag of words: each place sees the mean of all characters so far, in whatever order they came, and "
    "an MLP makes something of it."
)
CONV = (
    "Dilated causal convolutions after WaveNet (van den Oord et al. 2016): each block joins characters farther apart "
    "than the one before, so that a few blocks see the whole context."
)


def sequence_mlp(subject: Subject) -> ModelPart:
    """Embedding, context, one tanh layer, output."""
    pieces = (source(layers.Embedding), source(blocks.Context), source(blocks.Linear), source(layers.Tanh))
    hidden = "Linear(block_size * n_embd, n_hidden)"
    return _section(MLP, pieces, ["Context(n_embd)", hidden, "Tanh()", "Linear(n_hidden, vocab_size)"])


def bag_of_words(subject: Subject) -> ModelPart:
    """Embeddings of character and place, the bag with its MLP, output."""
    pieces = (
        source(layers.Embedding),
        source(blocks.PositionEmbedding),
        source(blocks.Linear),
        source(blocks.causal_softmax),
        source(blocks.BagBlock),
    )
    rows = ["PositionEmbedding(block_size, n_embd)", "BagBlock()", "Linear(n_embd, vocab_size)"]
    return _section(BAG, pieces, rows)


def causal_conv(subject: Subject) -> ModelPart:
    """Embedding, blocks of dilated causal convolutions, output."""
    config = cast("CausalConvConfig", subject.config.model)
    activation = FUNCTIONS[config.activation].split("({}")
    swaps = {"torch.relu(self.conv(torch.cat(taps, dim=-1)))": "(self.conv(torch.cat(taps, dim=-1))".join(activation)}
    pieces = (
        source(layers.Embedding),
        source(blocks.Linear),
        source(blocks.later),
        source(blocks.ConvBlock, swaps),
    )
    rows = [f"*[ConvBlock(dilation) for dilation in {_tuple(config.dilations)}]", "Linear(n_embd, vocab_size)"]
    return _section(CONV, pieces, rows, ("model.kernel",))


def _tuple(numbers: list[int]) -> str:
    return repr(tuple(numbers))


def _section(words: str, pieces: tuple[str, ...], rows: list[str], more: tuple[str, ...] = ()) -> ModelPart:
    return ModelPart(
        "The model",
        words,
        (
            source(blocks.uniform),
            *pieces,
            f"{GENERATOR}\n" + listed("layers", ["Embedding(vocab_size, n_embd)", *rows]),
            IN_A_ROW,
            OF_LAYERS,
        ),
        (*SIZES, *more),
        over_sequences=True,
        state="layers",
    )
