"""What happened to a run on its way: a setting was changed, it was resumed, it was rewound. Flags on its curve."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from makemore_core.config import RunConfig
from makemore_core.errors import InputError, choose_one_of
from makemore_core.knobs import Value

FORKED = "forked from"  # how a fork's mark begins
CHANGEABLE = ("optimizer.learning_rate", "batch_size", "max_steps", "max_seconds", "patience")  # while it trains


@dataclass(frozen=True)
class Mark:
    """Settings that hold from a step on, and why, in a few words. A plain resume changes none."""

    step: int
    text: str
    settings: dict[str, Value] = field(default_factory=dict[str, Value])


def check_trainable(config: RunConfig) -> None:
    """Refuse, with an InputError, what no single knob can know to be impossible."""
    config.model.check()
    if config.batch_size == 1 and config.model.normalises_batch:
        raise InputError("`2 <= batch_size` must hold where batch_norm measures a spread, but got batch_size=1.")


def changed(config: RunConfig, settings: Mapping[str, Value]) -> RunConfig:
    """A run's config with other settings of those that it can change on its way; InputError for any other."""
    for path in settings:
        if path not in CHANGEABLE:
            raise choose_one_of("setting that a run can change", path, CHANGEABLE)
    new = config.with_values(settings)
    check_trainable(new)
    return new


def config_after(config: RunConfig, marks: Iterable[Mark]) -> RunConfig:
    """The config that a run has after all these marks."""
    for mark in marks:
        config = config.with_values(mark.settings)
    return config


def in_words(config: RunConfig, settings: Mapping[str, Value]) -> str:
    """`learning rate 0.1 → 0.01`, for each setting that is another than before; of a file its name."""
    before = config.settings()
    words = {path: path.rpartition(".")[2].replace("_", " ") for path in settings}
    was = {path: f"{_value_in_words(before[path])} → " if path in before else "" for path in settings}
    return ", ".join(f"{words[path]} {was[path]}{_value_in_words(value)}" for path, value in settings.items())


def _value_in_words(value: Value) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return Path(value).name if isinstance(value, str) else f"{value:,}"
