"""What the commands share: their options, their settings, and the store they work on."""

import os
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from makemore_core.catalogue import CATALOGUE, SHIPPED, is_here, is_named
from makemore_core.config import RunConfig
from makemore_core.datasets import Dataset
from makemore_core.errors import InputError
from makemore_core.places import store_path
from makemore_core.training.manager import RunManager
from makemore_core.training.store import RunStore
from makemore_core.workers import all_workers

PROGRAM = "python -m makemore_core"
FAILED, BAD_INPUT, INTERRUPTED = 1, 2, 130  # exit codes; 130 = 128 + SIGINT


def knob_option(path: str, flag: str, metavar: str) -> Any:
    """A flag for the knob at a path: the knob knows the help, and reads the text."""
    return typer.Option(flag, metavar=metavar, help=RunConfig().knob_at(path).help, show_default=False)


PresetName = Annotated[str, typer.Argument(metavar="PRESET", help="A name that `presets` lists.")]
RunName = Annotated[str, typer.Argument(metavar="RUN", help="A name that `runs list` lists.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
DataName = Annotated[str | None, knob_option("data.dataset", "--data", "NAME|FILE")]


@contextmanager
def open_manager() -> Generator[RunManager]:
    """The manager of the default store; what still trains at the end is stopped with a checkpoint."""
    store = RunStore(store_path())
    manager = RunManager(store, all_workers())
    try:
        yield manager
    finally:
        manager.close()
        store.close()


@contextmanager
def open_run(run: str) -> Generator[tuple[RunManager, str]]:
    """The manager and a run's id, which may be asked for by the name it was given."""
    with open_manager() as manager:
        yield manager, manager.row(run).id


def configured(config: RunConfig, texts: Mapping[str, str]) -> RunConfig:
    """A copy with settings given as text. A file's path becomes absolute: a run may be resumed from any folder."""
    changed = config.with_texts(texts)
    path = os.path.expanduser(changed.data.dataset)
    if is_named(changed.data.dataset) or not os.path.isfile(path):
        return changed
    return changed.with_values({"data.dataset": str(Path(path).resolve())})


def load(config: RunConfig) -> Dataset:
    """The data set of a config; where one of the catalogue is missing, the error names the flag that helps."""
    source = CATALOGUE.get(config.data.dataset)
    try:
        return config.data.load()
    except InputError as error:
        if source is None or is_here(source):
            raise
        raise InputError(f"{str(error).removesuffix('.')} with `--data {SHIPPED}`.") from None


def given(flags: Mapping[str, str | None]) -> dict[str, str]:
    """The flags that were given, with their texts."""
    return {flag: text for flag, text in flags.items() if text is not None}
