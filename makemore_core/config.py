"""A run's whole specification, frozen: from a dict, from a URL, from the command line, and back."""

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from makemore_core.datasets import DataConfig
from makemore_core.devices import DEVICES, PRECISIONS
from makemore_core.engines import ENGINES
from makemore_core.errors import InputError, choose_one_of, quoted
from makemore_core.knobs import Config, Knob, Value, knob, knobs_of
from makemore_core.models import MODELS, ModelConfig
from makemore_core.models.mlp import MLPConfig
from makemore_core.optimizers import OPTIMIZERS, OptimizerConfig, SGDConfig
from makemore_core.sampling import SamplingConfig
from makemore_core.schedules import SCHEDULES, DropConfig, ScheduleConfig

CHOICES: dict[str, Mapping[str, type[Config]]] = {
    "model": MODELS,
    "optimizer": OPTIMIZERS,
    "schedule": SCHEDULES,
}


@dataclass(frozen=True)
class RunConfig(Config):
    """What is trained on what, and how. Equal configs give equal runs, bit for bit."""

    data: DataConfig = field(default_factory=DataConfig)
    model: ModelConfig = field(default_factory=MLPConfig)
    optimizer: OptimizerConfig = field(default_factory=SGDConfig)
    schedule: ScheduleConfig = field(default_factory=DropConfig)
    sampling: SamplingConfig = field(default_factory=SamplingConfig)
    batch_size: int = knob(32, low=0, high=8192, log=True, help="Examples in a step; more = calmer. 0 takes all.")
    max_steps: int = knob(200_000, low=1, high=100_000_000, log=True, help="Steps after which the run is finished.")
    max_seconds: float = knob(0.0, low=0, high=1e7, help="Seconds of training after which it is finished; 0 = no end.")
    seed: int = knob(2147483647, low=0, high=2**63 - 1, help="Starts the one generator of weights and batches.")
    clip: float = knob(0.0, low=0, high=100, help="Largest norm of all gradients together; 0 leaves them as they are.")
    patience: int = knob(
        0, low=0, high=100_000_000, help="Stop once val is no better for so many steps, and keep the best; 0 never."
    )
    engine: str = knob("auto", options=tuple(ENGINES), help="How a step is computed; auto takes the fastest.")
    device: str = knob("cpu", options=DEVICES, help="Where; small nets are fastest on the CPU.")
    threads: int = knob(1, low=1, high=64, help="Threads of torch; more than 1 pays for large nets alone.")
    precision: str = knob("float32", options=PRECISIONS, help="bfloat16 is quicker for large nets on a GPU.")

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "RunConfig":
        """The config that to_dict() wrote."""
        flat = dict(flattened(values))
        return cls().with_values({path: value for path, value in flat.items() if path in CHOICES}).with_values(flat)

    def settings(self) -> dict[str, Value]:
        """Every knob by its path: `model.n_hidden`, `batch_size`; a choice stands under its part: `model`."""
        return dict(flattened(self.to_dict()))

    def with_texts(self, texts: Mapping[str, str]) -> "RunConfig":
        """A copy with settings given as text, as a URL or a command line spells them."""
        config = self._with_choices({path: text for path, text in texts.items() if path in CHOICES})
        rest = {path: text for path, text in texts.items() if path not in CHOICES}
        return config.with_values({path: config.knob_at(path).parse(text) for path, text in rest.items()})

    def with_values(self, values: Mapping[str, Value]) -> "RunConfig":
        """A copy with settings by path. Choosing another model brings that model's defaults with it."""
        config = self._with_choices({path: str(value) for path, value in values.items() if path in CHOICES})
        parts: dict[str, dict[str, Value]] = {}
        own: dict[str, Any] = {}
        for path, value in values.items():
            if path in CHOICES:
                continue
            part, _, name = path.rpartition(".")
            config.knob_at(path)
            (parts.setdefault(part, {}) if part else own)[name] = value
        for part, changes in parts.items():
            own[part] = dataclasses.replace(getattr(config, part), **changes)
        return dataclasses.replace(config, **own)

    def knob_at(self, path: str) -> Knob:
        """The knob at a path, or an InputError that lists the paths there are."""
        part, _, name = path.rpartition(".")
        owner = getattr(self, part, None) if part else self
        if isinstance(owner, Config):
            for k in knobs_of(owner):
                if k.name == name:
                    return k
        known = [p for p in self.settings() if p not in CHOICES]
        raise choose_one_of("setting", path, known)

    def differences(self, other: "RunConfig") -> dict[str, Value]:
        """What turns another config into this one, by with_values(): what a URL and a legend show."""
        mine, theirs = self.settings(), other.settings()
        choices = {path: mine[path] for path in CHOICES if mine[path] != theirs[path]}
        near = other.with_values(choices).settings()  # a choice brings its own defaults
        return choices | {path: value for path, value in mine.items() if near[path] != value}

    def _with_choices(self, names: Mapping[str, str]) -> "RunConfig":
        changes: dict[str, Any] = {}
        for part, name in names.items():
            if name not in CHOICES[part]:
                raise choose_one_of(part, name, CHOICES[part])
            if name != getattr(self, part).name:
                changes[part] = CHOICES[part][name]()
        return dataclasses.replace(self, **changes)


def flattened(values: Any) -> Iterator[tuple[str, Value]]:
    """{"model": {"name": "mlp", "n_hidden": 9}} -> ("model", "mlp"), ("model.n_hidden", 9)."""
    if not isinstance(values, Mapping):
        raise InputError(f"Settings are names with their values, but got {quoted(values)}.")
    for part, value in values.items():
        if not isinstance(value, Mapping):
            yield str(part), cast("Value", value)
            continue
        for name, inner in cast("Mapping[str, Value]", value).items():
            yield (part if name == "name" else f"{part}.{name}"), inner


def parse_setting(text: str) -> tuple[str, str]:
    """`model.n_hidden=300` as path and text."""
    path, equals, value = text.partition("=")
    if not equals:
        raise InputError(f"A setting is written path=value, as in model.n_hidden=300, but got {quoted(text)}.")
    return path.strip(), value.strip()
