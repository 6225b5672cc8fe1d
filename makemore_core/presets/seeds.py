"""The seeds' runs: what readers of the lectures built from them, bugs and all, with the numbers that they printed."""

from dataclasses import replace

from makemore_core.config import RunConfig
from makemore_core.datasets import DataConfig
from makemore_core.models.deep_mlp import DeepMLPConfig
from makemore_core.models.layers import LeakyReLU
from makemore_core.models.mlp import MLPConfig
from makemore_core.models.three_forms import ModuleMLPConfig, TensorsMLPConfig
from makemore_core.models.wavenet import WaveNetConfig
from makemore_core.optimizers import AdamConfig, SGDConfig
from makemore_core.presets.lectures import BATCH_NORM_BY_HAND, NAMES, PLAIN
from makemore_core.presets.preset import Preset, Published
from makemore_core.schedules import ConstantConfig, DropConfig

SMALL_BY_HAND = replace(BATCH_NORM_BY_HAND, n_hidden=64)
FORM = RunConfig(NAMES, MLPConfig(), SGDConfig(0.152), ConstantConfig(), max_steps=1_000, engine="autograd")
FORM_REMARK = "The author's three forms differ in depth, init and optimizer; ours are one network, so one curve."

SEEDS = (
    Preset(
        "seed000-raw",
        "The lecture's net as five raw tensors; 1,000 steps at lr .152 are enough for a first look.",
        "seed 000",
        replace(FORM, model=TensorsMLPConfig()),
        Published(train=2.5),
        FORM_REMARK,
    ),
    Preset(
        "seed000-layers",
        "The lecture's net built from our own layer classes; 1,000 steps at lr .152 are enough for a first look.",
        "seed 000",
        FORM,
        Published(train=2.5),
        FORM_REMARK,
    ),
    Preset(
        "seed000-parameters",
        "The same net as an nn.Module with nn.Parameters.",
        "seed 000",
        replace(FORM, model=ModuleMLPConfig()),
        Published(train=2.5),
        FORM_REMARK,
    ),
    Preset(
        "seed000-author-raw",
        "The author's own first form: every weight plain randn.",
        "seed 000",
        replace(FORM, model=PLAIN),
        Published(train=2.7),
        "Printed as about 2.7, with neither length nor split; after our 1,000 steps plain randn is still far from it.",
    ),
    Preset(
        "seed000-author-layers",
        "The author's second form: deep, with BatchNorm.",
        "seed 000",
        replace(FORM, model=DeepMLPConfig(n_hidden=200, n_layers=4, bias=True)),
        Published(train=2.40),
        "Rebuilt from its number of parameters, 133,751; ours has 134,151, one BatchNorm more.",
    ),
    Preset(
        "seed000-author-parameters",
        "The author's third form: two hidden layers with BatchNorm.",
        "seed 000",
        replace(FORM, model=DeepMLPConfig(n_hidden=200, n_layers=2, bias=True, norm_output=False)),
        Published(train=3.0),
        "Rebuilt from its number of parameters, 52,897. The author's optimizer did worse than SGD at the same rate.",
    ),
    Preset(
        "seed000-manual",
        "A small net whose gradients are found by hand.",
        "seed 000",
        RunConfig(
            NAMES,
            SMALL_BY_HAND,
            SGDConfig(0.01),
            DropConfig(drop_at=3_000, drop_to=0.1),
            max_steps=5_000,
        ),
        Published(val=2.85),
        "The author's gradient of the embedding was one step old, so its vectors hardly learned; ours is right.",
    ),
    Preset(
        "seed001-deep",
        "Five layers of 100 with BatchNorm and LeakyReLU, trained by our own Adam.",
        "seed 001",
        RunConfig(
            NAMES,
            DeepMLPConfig(activation="leaky-relu", gain=LeakyReLU.gain, gain_on_output=True, bias=True),
            AdamConfig(1e-3),
            ConstantConfig(),
            batch_size=64,
            max_steps=20_000,
        ),
        Published(2.09, 2.13),
    ),
    Preset(
        "seed002-manual",
        "Lecture 4's exercise with 64 neurons: trained without backward().",
        "seed 002",
        RunConfig(NAMES, SMALL_BY_HAND),
        Published(2.1559, 2.1754),
        "Ours is better, why is not known. The seeds 1 to 12 give 2.146 to 2.151 / 2.163 to 2.170; their mean, 2.148 / "
        "2.166, is within .01 of both.",
    ),
    Preset(
        "seed003-mlp",
        "Eight characters of context in one flat layer with BatchNorm.",
        "seed 003",
        RunConfig(
            NAMES,
            WaveNetConfig(n_hidden=200, n_embd=15, fuse=8, bias=True),
            schedule=DropConfig(drop_at=60_000),
            max_steps=100_000,
            seed=42,
        ),
        Published(1.92039, 2.02210),
    ),
    Preset(
        "seed003-wavenet",
        "The same context fused in pairs, 200 neurons wide.",
        "seed 003",
        RunConfig(
            NAMES,
            WaveNetConfig(n_hidden=200, n_embd=15, bias=True),
            schedule=DropConfig(drop_at=60_000),
            batch_size=64,
            max_steps=100_000,
            seed=42,
        ),
        Published(1.69461, 1.99764),
    ),
    Preset(
        "seed004-mlp",
        "Four characters of context, plain randn.",
        "seed 004",
        RunConfig(NAMES, replace(PLAIN, block_size=4), batch_size=64),
        Published(2.14838, 2.18700),
        "Ours is better, 2.160 to 2.175 on val with four seeds; the author's initialisation and length are not known.",
    ),
    Preset(
        "seed004-wavenet",
        "Words that were never shuffled: only rare boys' names are left to validate on.",
        "seed 004",
        RunConfig(
            DataConfig("names", shuffles=0),
            WaveNetConfig(n_hidden=68, output_bias=False),
            schedule=DropConfig(drop_at=20_000),
            max_steps=30_000,
        ),
        Published(1.967, 2.265, 2.282),
    ),
)
