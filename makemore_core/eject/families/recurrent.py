"""RNN, GRU and LSTM: a hidden state that is carried from character to character."""

from makemore_core.eject.families.common import GENERATOR, IN_A_ROW, OF_LAYERS
from makemore_core.eject.lecture import blocks, layers, recurrent
from makemore_core.eject.part import ModelPart, source
from makemore_core.eject.subject import Subject

USES = ("model.n_hidden", "model.n_embd", "model.block_size", "seed")
RNN = "The recurrent net (Elman 1990) as in makemore.py: one hidden state, which each character rewrites."
GRU = (
    "The gated recurrent unit (Cho et al. 2014) as in makemore.py: gates decide what of the hidden state is looked at, "
    "and how much of it is replaced by what a character brings."
)
LSTM = (
    "The long short-term memory (Hochreiter & Schmidhuber 1997, with the forget gate of Gers et al. 2000): beside the "
    "hidden state runs a cell that is only forgotten and added to, so that gradients last longer."
)


def rnn(subject: Subject) -> ModelPart:
    """Embedding, recurrence, output."""
    return _section(recurrent.RNN, RNN)


def gru(subject: Subject) -> ModelPart:
    """The same with gates."""
    return _section(recurrent.GRU, GRU)


def lstm(subject: Subject) -> ModelPart:
    """The same with a cell."""
    return _section(recurrent.LSTM, LSTM, ("model.forget_bias",))


def _section(cell: type, words: str, more: tuple[str, ...] = ()) -> ModelPart:
    row = f"Embedding(vocab_size, n_embd), {cell.__name__}(n_embd, n_hidden), Linear(n_hidden, vocab_size)"
    return ModelPart(
        "The model",
        words,
        (
            source(blocks.uniform),
            source(layers.Embedding),
            source(cell),
            source(blocks.Linear),
            f"{GENERATOR}\nlayers = [{row}]",
            IN_A_ROW,
            OF_LAYERS,
        ),
        (*USES, *more),
        over_sequences=True,
        state="layers",
    )
