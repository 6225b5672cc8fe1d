"""GPT-2 in small, with all that its settings ask for."""

from typing import cast

from makemore_core.eject.families.common import GENERATOR, IN_A_ROW, OF_LAYERS, listed
from makemore_core.eject.lecture import blocks, layers, transformer
from makemore_core.eject.part import ModelPart, block, source
from makemore_core.eject.subject import Subject
from makemore_core.models.transformer import TransformerConfig

USES = ("model.n_layers", "model.n_head", "model.n_embd", "model.block_size", "seed")
WORDS = (
    "GPT-2 in small (Vaswani et al. 2017, Radford et al. 2019), as in makemore.py and in lecture 7: in each block the "
    "characters first talk to each other (attention), then each thinks by itself (MLP)."
)
ACTIVATIONS = {"gelu": 'F.gelu(self.hidden(x), approximate="tanh")', "relu": "torch.relu(self.hidden(x))"}
GPT2 = (
    "# GPT-2's start: all weights anew from N(0, .02), all biases 0",
    "for p in (p for layer in layers for p in layer.parameters() if p.ndim == 2):",
    "    p.normal_(0, 0.02, generator=g)",
)


def model(subject: Subject) -> ModelPart:
    """Embeddings of character and place, blocks, LayerNorm, output."""
    config = cast("TransformerConfig", subject.config.model)
    drops = config.dropout > 0
    return ModelPart(
        "The model",
        WORDS,
        (
            source(blocks.uniform),
            source(layers.Embedding),
            source(blocks.PositionEmbedding),
            _linear(config),
            source(blocks.LayerNorm),
            *((source(blocks.Dropout), source(blocks.causal_softmax)) if drops else ()),
            _attention(config),
            _mlp(config),
            source(transformer.Block),
            _layers(config),
            IN_A_ROW,
            OF_LAYERS,
        ),
        (*USES, *(("model.dropout",) if drops else ())),
        over_sequences=True,
        switches=("Dropout.training",) if drops else (),
        state="layers",
    )


def _linear(config: TransformerConfig) -> str:
    all_biased = config.qkv_bias and config.head_bias
    return source(blocks.Linear) if all_biased else source(blocks.LinearBiasOrNot, name="Linear")


def _attention(config: TransformerConfig) -> str:
    kind = transformer.AttentionWithDropout if config.dropout else transformer.CausalSelfAttention
    swaps = {} if config.qkv_bias else {"Linear(n_embd, 3 * n_embd)": "Linear(n_embd, 3 * n_embd, bias=False)"}
    return source(kind, swaps, "CausalSelfAttention")


def _mlp(config: TransformerConfig) -> str:
    kind = transformer.MLPWithDropout if config.dropout else transformer.MLP
    return source(kind, {ACTIVATIONS["gelu"]: ACTIVATIONS[config.activation]}, "MLP")


def _layers(config: TransformerConfig) -> str:
    rows = [
        "Embedding(vocab_size, n_embd)",
        "PositionEmbedding(block_size, n_embd)",
        "*[Block() for _ in range(n_layers)]",
        "LayerNorm(n_embd)",
        f"Linear(n_embd, vocab_size{'' if config.head_bias else ', bias=False'})",
    ]
    return block(GENERATOR, listed("layers", rows), *(_as_gpt2(config) if config.init == "normal" else ()))


def _as_gpt2(config: TransformerConfig) -> tuple[str, ...]:
    qkv = "b.attention.qkv, " if config.qkv_bias else ""
    return (
        *GPT2,
        "for b in layers[2:-2]:",
        f"    for linear in ({qkv}b.attention.output, b.mlp.hidden, b.mlp.output):",
        "        linear.bias.zero_()",
        "layers[-1].bias.zero_()" if config.head_bias else "",
    )
