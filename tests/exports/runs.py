"""Short runs to be exported: of any model, on any words, and what they have kept."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from makemore_core.config import RunConfig
from makemore_core.data.own import keep
from makemore_core.datasets import DataConfig
from makemore_core.exports.archive import archive_of
from makemore_core.exports.kept import Kept, gather
from makemore_core.models import MODELS
from makemore_core.models.mlp import MLPConfig
from makemore_core.optimizers import AdamConfig
from makemore_core.training.manager import RunManager
from makemore_core.training.store import RunStore
from tests.conftest import WORDS

TEXT = "To be, or not to be, that is the question:\nWhether 'tis nobler in the mind to suffer\n" * 20
MARKUP = ("<script>x</script>", 'a"b', "c'd", "e&f;", "łódź", "щука", "🙂🙃", "</style>", "<b>g</b>", "a\u202eb") * 4
TINY = MLPConfig(n_hidden=4, n_embd=2)
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


def tiny_archive(folder: Path) -> bytes:
    """A tiny run with its own words, as a file; what it was made of lies in the folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MAKEMORE_STORE", str(folder / "runs.sqlite"))
        keep("own", "\n".join(WORDS), "words", "typed")
        store = RunStore(folder / "runs.sqlite")
        manager = RunManager(store)
        trained(manager, RunConfig(DataConfig("own"), TINY, AdamConfig(), max_steps=4), name="otter")
        content = archive_of(store, ["otter"], with_data=True)
        manager.close()
        store.close()
    return content


def on(path: Path, text: str, kind: str = "words") -> DataConfig:
    """A data set of one's own, in a file."""
    path.write_text(text, encoding="utf-8")
    return replace(DataConfig(str(path)), kind=kind)


FAMILIES = tuple(MODELS)
