"""Train a preset: the one command that everything else looks at."""

import math
import signal
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType
from typing import Annotated

import typer

from makemore_core.cli import reports
from makemore_core.cli.options import (
    FAILED,
    INTERRUPTED,
    PROGRAM,
    AsJson,
    DataName,
    PresetName,
    configured,
    given,
    knob_option,
    load,
    open_manager,
)
from makemore_core.cli.terminal import complain, progress_bar, show_table, write_json
from makemore_core.config import parse_setting
from makemore_core.engines import note_on
from makemore_core.errors import InputError
from makemore_core.presets import PRESETS, preset_named
from makemore_core.training.manager import RunManager
from makemore_core.training.reader import AnyRun
from makemore_core.training.recorder import RunState
from makemore_core.training.run import Command

GLANCE = 0.25  # seconds between two moves of the progress bar


def presets(json: AsJson = False) -> None:
    """List the published runs that can be trained by name."""
    if json:
        return write_json([reports.preset_document(preset) for preset in PRESETS.values()])
    rows = [
        (p.name, p.config.model.name, p.config.max_steps, p.published.train, p.published.val, p.about)
        for p in PRESETS.values()
    ]
    return show_table(("preset", "model", "steps", "published train", "val", "about"), rows)


def train(
    preset: PresetName,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="PATH=VALUE", help="Any setting: model.n_hidden=300.")
    ] = None,
    data: DataName = None,
    steps: Annotated[str | None, knob_option("max_steps", "--steps", "N")] = None,
    seconds: Annotated[
        float, typer.Option(metavar="S", help="Stop after this time; the run can be resumed.", show_default=False)
    ] = math.inf,
    seed: Annotated[str | None, knob_option("seed", "--seed", "N")] = None,
    engine: Annotated[str | None, knob_option("engine", "--engine", "E")] = None,
    loss_at: Annotated[str, typer.Option(metavar="0,1000", help="Report the batch losses of these steps.")] = "",
    name: Annotated[str, typer.Option(metavar="TEXT", help="What the run is called.")] = "",
    where: Annotated[str, typer.Option(metavar="processes|ray", help="Train in a worker, as sweeps do.")] = "",
    json: AsJson = False,
) -> None:
    """Train a preset, as it was published or with other settings."""
    published = preset_named(preset)
    flags = {"data.dataset": data, "max_steps": steps, "seed": seed, "engine": engine}
    config = configured(published.config, dict(map(parse_setting, settings or ())) | given(flags))
    wanted = _steps_in(loss_at, config.max_steps)
    if not seconds > 0:
        raise InputError(f"`0 < seconds` must hold, but got seconds={seconds}.")
    load(config)
    if note := note_on(config.engine):
        complain(note)
    shown = tuple(step for step in published.published.loss_at if step < config.max_steps)
    with open_manager() as manager:
        as_published = preset if config == published.config else ""
        run = manager.start(config, preset=as_published, name=name, loss_at=wanted + shown, where=where)
        train_on(manager, run, seconds)
        report(manager, run, preset, wanted, json)


def train_on(manager: RunManager, run: AnyRun, seconds: float) -> None:
    """Wait for the run's end, or stop it after some seconds; leaves the program if it failed or was interrupted."""
    deadline = time.monotonic() + seconds
    with signals_stop(lambda: run.send(Command.STOP)), progress_bar(run) as move:
        while run.is_alive and time.monotonic() < deadline:
            run.join(min(GLANCE, deadline - time.monotonic()))
            move()
        stopped_by_us = run.is_alive
        run.send(Command.STOP)
        run.join(None)
        move()
    progress = manager.row(run.id).progress
    if progress.state in (RunState.FAILED, RunState.DIVERGED):
        way_back = f" `{PROGRAM} runs rewind {run.id}` goes back to where it was well, and does."
        complain(progress.message + (way_back if progress.state == RunState.DIVERGED else ""))
        raise typer.Exit(FAILED)
    if progress.state == RunState.STOPPED and progress.message:
        complain(progress.message)
        raise typer.Exit(FAILED)
    if progress.state == RunState.STOPPED:
        complain(f"Stopped after {progress.step:,} steps; go on with `{PROGRAM} runs resume {run.id}`.")
        if not stopped_by_us:
            raise typer.Exit(INTERRUPTED)


@contextmanager
def signals_stop(end: Callable[[], None]) -> Generator[None]:
    """Ctrl-C and SIGTERM stop what runs, with a checkpoint; a second one ends the program at once.

    No KeyboardInterrupt: before Python 3.13 one that hits Thread.join() makes a living thread look dead.
    """
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def stop(number: int, frame: FrameType | None) -> None:
        signal.signal(number, before[signal.Signals(number)])
        end()

    for number in before:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def report(manager: RunManager, run: AnyRun, preset: str, loss_at: tuple[int, ...], json: bool) -> None:
    """The losses and names of a run that has just trained."""
    document = reports.training_document(manager.row(run.id), run, preset, loss_at)
    if json:
        return write_json(document)
    reports.show_run(document)
    reports.show_losses(document["loss"], preset, run.loss_at)
    reports.show_differences(run.config, preset)
    return reports.show_names(document["samples"], preset)


def _steps_in(text: str, max_steps: int) -> tuple[int, ...]:
    """`0,1000` as numbers of steps, each of which the run does."""
    try:
        steps = tuple(int(part) for part in text.split(",") if part.strip())
    except ValueError:
        raise InputError(f"`--loss-at` takes steps with commas between, as in 0,1000, but got {text!r}.") from None
    for step in steps:
        if not 0 <= step < max_steps:
            raise InputError(f"`0 <= loss-at < {max_steps}` must hold, but got {step}; the run has no such step.")
    return steps
