"""The named runs: each published run of the lectures and seeds as one frozen config, with its published numbers."""

from dataclasses import dataclass, field

from makemore_core.config import RunConfig
from makemore_core.datasets import DataConfig
from makemore_core.errors import choose_one_of
from makemore_core.models.deep_mlp import DeepMLPConfig
from makemore_core.models.layers import LeakyReLU
from makemore_core.models.mlp import MLPConfig
from makemore_core.optimizers import AdamConfig, SGDConfig
from makemore_core.sampling import SamplingConfig
from makemore_core.schedules import ConstantConfig


@dataclass(frozen=True)
class Published:
    """Numbers that the author printed; losses in nats."""

    train: float | None = None
    val: float | None = None
    loss_at: dict[int, float] = field(default_factory=dict[int, float])
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Preset:
    """A config with a name, a sentence about what it teaches, and what was published."""

    name: str
    about: str
    source: str
    config: RunConfig
    published: Published = Published()


NAMES = DataConfig("names")
LECTURE_2 = "makemore part 2 (MLP)"
LECTURE_3 = "makemore part 3 (activations, gradients, BatchNorm)"
PLAIN = MLPConfig(kaiming=False, hidden_bias_scale=1.0, output_scale=1.0, output_bias_scale=1.0)

PRESETS = {
    preset.name: preset
    for preset in (
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
            Published(2.12454, 2.16820, {0: 27.8817}),
        ),
        Preset(
            "lecture3-softmax-fix",
            "Small output weights: the net starts unsure, and the hockey stick in the loss is gone.",
            LECTURE_3,
            RunConfig(NAMES, MLPConfig(kaiming=False, hidden_bias_scale=1.0)),
            Published(2.07, 2.13, {0: 3.3221}),
        ),
        Preset(
            "lecture3-tanh-fix",
            "Smaller hidden weights: the tanh leaves its flat tails, and gradients get through.",
            LECTURE_3,
            RunConfig(NAMES, MLPConfig(kaiming=False, hidden_scale=0.2)),
            Published(2.03560, 2.10268, {0: 3.3135}),
        ),
        Preset(
            "lecture3-kaiming",
            "The magic .2 derived: (5/3) / sqrt(fan_in) keeps the spread of the activations.",
            LECTURE_3,
            RunConfig(NAMES, MLPConfig()),
            Published(2.03766, 2.10699, {0: 3.3179}),
        ),
        Preset(
            "lecture3-batchnorm",
            "Batch normalisation by hand: the spread is set at every step instead of hoped for.",
            LECTURE_3,
            RunConfig(NAMES, MLPConfig(batch_norm=True)),
            Published(2.0674145, 2.1056838, {0: 3.3239}),
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
                {0: 3.2870},
                ("carpah", "qarlileif", "jmrix", "thty", "sacansa", "jazhnte"),
            ),
        ),
        Preset(
            "seed000-layers",
            "The lecture's net built from our own layer classes; 1,000 steps at lr .152 are enough for a first look.",
            "seed 000",
            RunConfig(NAMES, MLPConfig(), SGDConfig(0.152), ConstantConfig(), max_steps=1_000),
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
    )
}


def preset_named(name: str) -> Preset:
    """A preset of the table, or an InputError that lists the names."""
    if name not in PRESETS:
        raise choose_one_of("preset", name, PRESETS)
    return PRESETS[name]
