"""The lectures' runs, from counting pairs to the WaveNet, with the numbers that their notebooks print."""

from makemore_core.config import RunConfig
from makemore_core.datasets import DataConfig
from makemore_core.models.counting import CountingConfig
from makemore_core.models.deep_mlp import DeepMLPConfig
from makemore_core.models.mlp import MLPConfig
from makemore_core.models.wavenet import WaveNetConfig
from makemore_core.optimizers import SGDConfig
from makemore_core.presets.preset import Preset, Published
from makemore_core.sampling import SamplingConfig
from makemore_core.schedules import ConstantConfig, DropConfig

NAMES = DataConfig("names")
LECTURE_1 = "makemore part 1 (bigrams)"
LECTURE_2 = "makemore part 2 (MLP)"
LECTURE_3 = "makemore part 3 (activations, gradients, BatchNorm)"
LECTURE_4 = "makemore part 4 (becoming a backprop ninja)"
LECTURE_5 = "makemore part 5 (WaveNet)"
PLAIN = MLPConfig(kaiming=False, hidden_bias_scale=1.0, output_scale=1.0, output_bias_scale=1.0)

BATCH_NORM_BY_HAND = MLPConfig(
    batch_norm=True, norm_noise=0.1, hidden_bias_scale=0.1, output_scale=0.1, output_bias_scale=0.1
)
LECTURE_5_DROP = DropConfig(drop_at=150_000)

LECTURES = (
    Preset(
        "lecture1-counting",
        "Count which character follows which: no net, no gradient, one step.",
        LECTURE_1,
        RunConfig(
            DataConfig("names", split="whole"),
            CountingConfig(alpha=1.0),
            SGDConfig(),
            ConstantConfig(),
            batch_size=0,
            max_steps=1,
        ),
        Published(train=2.454577),
    ),
    Preset(
        "counting-bigram",
        "The same on the split: the yardstick that every net has to beat.",
        LECTURE_1,
        RunConfig(NAMES, CountingConfig(alpha=0.3), SGDConfig(), ConstantConfig(), batch_size=0, max_steps=1),
        Published(2.4543, 2.4530, 2.4580, is_own=True),
    ),
    Preset(
        "counting-4-gram",
        "Contexts of three characters, counted in one step: better than most MLPs below.",
        LECTURE_1,
        RunConfig(
            NAMES, CountingConfig(block_size=3, alpha=0.1), SGDConfig(), ConstantConfig(), batch_size=0, max_steps=1
        ),
        Published(1.9187, 2.1018, 2.1044, is_own=True),
    ),
    Preset(
        "lecture2-mlp",
        "Bengio's MLP, every weight plain randn.",
        LECTURE_2,
        RunConfig(DataConfig("names", shuffles=4), PLAIN),
        Published(2.1260, 2.1701),
    ),
    Preset(
        "lecture3-original",
        "The same net; its first loss of 27 is a confidently wrong guess, far above ln 27 = 3.30.",
        LECTURE_3,
        RunConfig(NAMES, PLAIN),
        Published(2.12454, 2.16820, loss_at={0: 27.8817}),
    ),
    Preset(
        "lecture3-softmax-fix",
        "Small output weights: the net starts unsure, and the hockey stick in the loss is gone.",
        LECTURE_3,
        RunConfig(NAMES, MLPConfig(kaiming=False, hidden_bias_scale=1.0)),
        Published(2.07, 2.13, loss_at={0: 3.3221}),
    ),
    Preset(
        "lecture3-tanh-fix",
        "Smaller hidden weights: the tanh leaves its flat tails, and gradients get through.",
        LECTURE_3,
        RunConfig(NAMES, MLPConfig(kaiming=False, hidden_scale=0.2)),
        Published(2.03560, 2.10268, loss_at={0: 3.3135}),
    ),
    Preset(
        "lecture3-kaiming",
        "The magic .2 derived: (5/3) / sqrt(fan_in) keeps the spread of the activations.",
        LECTURE_3,
        RunConfig(NAMES, MLPConfig()),
        Published(2.03766, 2.10699, loss_at={0: 3.3179}),
    ),
    Preset(
        "lecture3-batchnorm",
        "Batch normalisation by hand: the spread is set at every step instead of hoped for.",
        LECTURE_3,
        RunConfig(NAMES, MLPConfig(batch_norm=True)),
        Published(2.0674145, 2.1056838, loss_at={0: 3.3239}),
    ),
    Preset(
        "lecture3-deep",
        "Six layers of Linear, BatchNorm and tanh; 1,001 steps, then the diagnostics are read.",
        LECTURE_3,
        RunConfig(
            NAMES,
            DeepMLPConfig(),
            SGDConfig(0.1),
            ConstantConfig(),
            SamplingConfig(draw="multinomial", seed=2147483647 + 10),
            max_steps=1_001,
        ),
        Published(
            2.4002976417541504,
            2.3982467651367188,
            loss_at={0: 3.2870},
            names=("carpah", "qarlileif", "jmrix", "thty", "sacansa", "jazhnte"),
        ),
    ),
    Preset(
        "lecture4-manual",
        "BatchNorm spelled out, with a bias before it and noise on its gain: its gradients are found by hand.",
        LECTURE_4,
        RunConfig(NAMES, BATCH_NORM_BY_HAND),
        Published(2.0705, 2.1099),
    ),
    Preset(
        "lecture5-flat",
        "Eight characters of context, squashed all at once.",
        LECTURE_5,
        RunConfig(NAMES, WaveNetConfig(n_hidden=200, n_embd=10, fuse=8), schedule=LECTURE_5_DROP, seed=42),
        Published(1.918, 2.027),
        "The lecture's log names no seed: with 43, 44 and 45 ours comes to 2.026 to 2.031 on val.",
    ),
    Preset(
        "lecture5-hierarchical-bug",
        "Fused in pairs, but BatchNorm forgets that positions are examples too.",
        LECTURE_5,
        RunConfig(NAMES, WaveNetConfig(n_hidden=68, n_embd=10, norm_positions=False), schedule=LECTURE_5_DROP, seed=42),
        Published(1.941, 2.029),
    ),
    Preset(
        "lecture5-hierarchical",
        "Fused in pairs, with BatchNorm over batch and positions.",
        LECTURE_5,
        RunConfig(NAMES, WaveNetConfig(n_hidden=68, n_embd=10), schedule=LECTURE_5_DROP, seed=42),
        Published(1.912, 2.022),
    ),
    Preset(
        "lecture5-wavenet",
        "The same, larger: the first net of the lectures below 2.0.",
        LECTURE_5,
        RunConfig(NAMES, WaveNetConfig(), schedule=LECTURE_5_DROP, seed=42),
        Published(1.7690284, 1.9936515, loss_at={0: 3.3167}),
    ),
)
