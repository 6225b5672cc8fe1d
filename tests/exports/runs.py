"""Short runs to be exported: of any model, on any words, and what they have kept."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from makemore_core.config import RunConfig
from makemore_core.datasets import DataConfig
from makemore_core.exports.kept import Kept, gather
from makemore_core.models import MODELS
from makemore_core.training.manager import RunManager

TEXT = "To be, or not to be, that is the question:\nWhether 'tis nobler in the mind to suffer\n" * 20
MARKUP = ("<script>x</script>", 'a"b', "c'd", "e&f;", "łódź", "щука", "🙂🙃", "</style>", "<b>g</b>", "a\u202eb") * 4
SMALL = {"n_hidden": 8, "n_embd": 4, "n_layers": 2, "n_embd2": 8, "block_size": 4}


def trained(manager: RunManager, config: RunConfig, **how: Any) -> Kept:
    """A run that was trained to its end."""
    run = manager.start(config, **how)
    run.join(None)
    return gather(manager, run.id)


def reading(kept: Kept, place: int, diagnostic: str) -> Any:
    """What a diagnostic measured at one of the kept steps."""
    return kept.snapshot.observations[place].readings[diagnostic]


def small(model: str, data: DataConfig, max_steps: int = 12) -> RunConfig:
    """A tiny net of any family."""
    config = RunConfig(data, max_steps=max_steps, batch_size=16).with_values({"model": model})
    known = {path for path in config.settings() if path.startswith("model.")}
    wanted = {f"model.{name}": value for name, value in SMALL.items() if f"model.{name}" in known}
    return config.with_values(wanted if model not in ("counting", "bigram", "wavenet") else {})


def on(path: Path, text: str, kind: str = "words") -> DataConfig:
    """A data set of one's own, in a file."""
    path.write_text(text, encoding="utf-8")
    return replace(DataConfig(str(path)), kind=kind)


FAMILIES = tuple(MODELS)
