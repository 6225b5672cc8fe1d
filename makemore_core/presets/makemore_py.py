"""makemore.py's models at its defaults, what its readme promises beside them, and the GPTs on Shakespeare."""

from dataclasses import replace

from makemore_core.config import RunConfig
from makemore_core.datasets import DataConfig
from makemore_core.models.bag_of_words import BagOfWordsConfig
from makemore_core.models.bigram import BigramConfig
from makemore_core.models.causal_conv import CausalConvConfig
from makemore_core.models.recurrent import GRUConfig, LSTMConfig, RNNConfig
from makemore_core.models.sequence_mlp import SequenceMLPConfig
from makemore_core.models.transformer import TransformerConfig
from makemore_core.optimizers import AdamWConfig, SGDConfig
from makemore_core.presets.preset import Preset, Published
from makemore_core.schedules import ConstantConfig

MAKEMORE = "makemore.py"
SPLIT = DataConfig("names", split="makemore")
ADAMW = AdamWConfig(5e-4, beta1=0.9, beta2=0.99, weight_decay=0.01)
DEFAULTS = RunConfig(SPLIT, TransformerConfig(), ADAMW, ConstantConfig(), max_steps=10_000, seed=3407)
WHOLE = RunConfig(
    DataConfig("names", split="whole"), BigramConfig(), SGDConfig(50.0), ConstantConfig(), batch_size=0, max_steps=100
)
SHAKESPEARE = DataConfig("tinyshakespeare")
GPT = TransformerConfig(
    n_layers=6,
    n_head=6,
    n_embd=384,
    block_size=256,
    dropout=0.2,
    activation="relu",
    qkv_bias=False,
    head_bias=True,
    init="normal",
)

MAKEMORE_PY = (
    Preset(
        "lecture1-neural",
        "The same table learned by gradients: 100 steps over all pairs come close to the counts.",
        "makemore part 1 (bigrams)",
        WHOLE,
        Published(loss_at={0: 3.758953, 99: 2.472876}, is_own=True),
    ),
    Preset(
        "lecture1-neural-l2",
        "With .01 times the mean square of the table, the gradient's way of smoothing counts.",
        "makemore part 1 (bigrams)",
        replace(WHOLE, model=BigramConfig(l2=0.01)),
        Published(loss_at={0: 3.768619, 99: 2.490130}, is_own=True),
    ),
    Preset(
        "makemore-bigram",
        "A table of logits that starts at 0.",
        MAKEMORE,
        replace(DEFAULTS, model=BigramConfig(init="zeros", layout="sequences", block_size=16)),
    ),
    Preset(
        "makemore-mlp",
        "Bengio's MLP over 16 characters, with a blank before the word's start.",
        MAKEMORE,
        replace(DEFAULTS, model=SequenceMLPConfig()),
    ),
    Preset(
        "makemore-rnn",
        "One hidden state that is rewritten by each character.",
        MAKEMORE,
        replace(DEFAULTS, model=RNNConfig()),
    ),
    Preset(
        "makemore-gru",
        "The same with gates that decide what is forgotten.",
        MAKEMORE,
        replace(DEFAULTS, model=GRUConfig()),
    ),
    Preset(
        "makemore-lstm",
        "A second state behind gates; makemore's readme names it, makemore.py never had it.",
        MAKEMORE,
        replace(DEFAULTS, model=LSTMConfig()),
    ),
    Preset(
        "makemore-bow",
        "The mean of all characters so far: a bag of words.",
        MAKEMORE,
        replace(DEFAULTS, model=BagOfWordsConfig()),
    ),
    Preset(
        "makemore-cnn",
        "Dilated causal convolutions; makemore's readme names them, makemore.py never had them.",
        MAKEMORE,
        replace(DEFAULTS, model=CausalConvConfig()),
    ),
    Preset(
        "makemore-transformer",
        "Each character asks those before it what they know: GPT-2 in small.",
        MAKEMORE,
        DEFAULTS,
        Published(test=1.966, is_own=True),
        "makemore.py reaches 1.966 at about 10,000 steps and overfits then; its readme's 1.92 did not reproduce.",
    ),
    Preset(
        "makemore-transformer-dropout",
        "The same with dropout, which stops when val no longer falls and keeps the best.",
        "ours",
        replace(DEFAULTS, model=TransformerConfig(dropout=0.1), max_steps=20_000, patience=5_000),
    ),
    Preset(
        "seed003-gpt",
        "Ten million parameters on Shakespeare. For a GPU: a step takes seconds on a laptop.",
        "seed 003",
        RunConfig(
            SHAKESPEARE,
            GPT,
            AdamWConfig(1e-4),
            ConstantConfig(),
            batch_size=64,
            max_steps=7_200,
        ),
        Published(val=1.5155),
        "Published at step 5,000: 1.3718 / 1.5945, and the best val 1.5155 at step 7,200.",
    ),
    Preset(
        "seed003-gpt-small",
        "The same idea for a laptop's processor: 4 layers, 128 wide, 64 characters of context.",
        "ours",
        RunConfig(
            SHAKESPEARE,
            replace(GPT, n_layers=4, n_head=4, n_embd=128, block_size=64, dropout=0.0),
            AdamWConfig(1e-3),
            ConstantConfig(),
            max_steps=2_000,
        ),
    ),
)
