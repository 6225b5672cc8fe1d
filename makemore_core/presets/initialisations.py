"""Part 3's story of initialisation: the settings of each of its cells, with the numbers that they give before step 1.

They belong to the first batch of names.txt with the lectures' seed, as reference-runs.md has them.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from makemore_core.config import RunConfig
from makemore_core.knobs import Value
from makemore_core.models.deep_mlp import DeepMLPConfig
from makemore_core.models.mlp import MLPConfig
from makemore_core.presets import preset_named


@dataclass(frozen=True)
class StartingPoint:
    """A preset with some of its knobs turned.

    `shares` of saturated outputs by layer, beyond the border of BORDERS, and `own_loss` where no preset has it.
    """

    name: str
    preset: str
    changes: Mapping[str, Value] = field(default_factory=dict[str, Value])
    shares: tuple[float, ...] = ()
    own_loss: float | None = None

    @cached_property
    def config(self) -> RunConfig:
        """The run that begins so."""
        return preset_named(self.preset).config.with_values(self.changes)

    @cached_property
    def loss(self) -> float | None:
        """The known loss of the first batch in nats: the preset's, if nothing is changed."""
        preset = preset_named(self.preset)
        return preset.published.loss_at.get(0) if self.config == preset.config else self.own_loss


ZEROS: dict[str, Value] = {f"model.{name}_scale": 0.0 for name in ("hidden", "hidden_bias", "output", "output_bias")}
BORDERS = {MLPConfig.name: 0.99, DeepMLPConfig.name: 0.97}  # beyond it the lecture calls a tanh saturated


def _deep(name: str, gain: float, batch_norm: bool, *shares: float) -> StartingPoint:
    """Five tanh layers of 100, with BatchNorm in place of biases or without."""
    changes: dict[str, Value] = {"model.gain": gain, "model.batch_norm": batch_norm, "model.bias": not batch_norm}
    return StartingPoint(name, "lecture3-deep", changes, shares)


STARTING_POINTS = (
    StartingPoint("plain randn", "lecture3-original", shares=(0.6095,)),
    StartingPoint("W2*.1, b2*0", "lecture3-softmax-fix", {"model.output_scale": 0.1}, (0.6095,), 4.2326),
    StartingPoint("W2*.01, b2*0", "lecture3-softmax-fix", shares=(0.6095,)),
    StartingPoint("and W1*.2, b1*.01", "lecture3-tanh-fix", shares=(0.0098,)),
    StartingPoint("W1*(5/3)/sqrt(30)", "lecture3-kaiming", shares=(0.0814,)),
    StartingPoint("and BatchNorm", "lecture3-batchnorm"),
    StartingPoint("all 0", "lecture3-kaiming", ZEROS, (0.0,), math.log(27)),  # the exercise under part 3's video
    _deep("gain 5/3", 5 / 3, False, 0.2025, 0.0838, 0.0662, 0.0547, 0.0612),
    _deep("gain 1", 1.0, False, 0.0350, 0.0003, 0.0006, 0.0, 0.0),
    _deep("gain 3", 3.0, False),
    _deep("gain .5", 0.5, False),
    _deep("gain 5/3 + BN", 5 / 3, True),
    _deep("gain 1 + BN", 1.0, True),
    _deep("gain 3 + BN", 3.0, True),
    _deep("gain .5 + BN", 0.5, True),
)
