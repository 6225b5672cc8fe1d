"""The same runs from the command line: train, evaluate, sample and score without a browser.

With `--json` a command prints one JSON document on stdout; progress and complaints go to stderr.
"""

import math
import os
import signal
import sqlite3
import sys
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from types import FrameType
from typing import Annotated, Any

import torch
import typer

from makemore_core import ngrams, reports, sampling, scoring
from makemore_core.config import RunConfig, parse_setting
from makemore_core.datasets import CATALOGUE, SHIPPED, Dataset, fetch, is_here
from makemore_core.errors import InputError, choose_one_of
from makemore_core.presets import PRESETS, preset_named
from makemore_core.terminal import complain, progress_bar, say, show_table, write_json
from makemore_core.training.manager import RunManager
from makemore_core.training.recorder import RunState
from makemore_core.training.run import Command, Run
from makemore_core.training.store import RunStore, default_path

PROGRAM = "python -m makemore_core"
MOST_NAMES = 100_000
GLANCE = 0.25  # seconds between two moves of the progress bar
FAILED, BAD_INPUT, INTERRUPTED = 1, 2, 130  # exit codes; 130 = 128 + SIGINT


def show_help(context: typer.Context) -> None:
    """Without a command: say which there are."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def _commands(about: str) -> typer.Typer:
    return typer.Typer(
        help=about,
        callback=show_help,
        invoke_without_command=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )


app = _commands("Train makemore's character models, and look at what they learned.")
runs_app = _commands("The runs that the store remembers.")
data_app = _commands("The data sets of the catalogue.")
app.add_typer(runs_app, name="runs")
app.add_typer(data_app, name="data")


def _knob_option(path: str, flag: str, metavar: str) -> Any:
    """A flag for the knob at a path: the knob knows the help, and reads the text."""
    return typer.Option(flag, metavar=metavar, help=RunConfig().knob_at(path).help, show_default=False)


PresetName = Annotated[str, typer.Argument(metavar="PRESET", help="A name that `presets` lists.")]
RunName = Annotated[str, typer.Argument(metavar="RUN", help="A name that `runs list` lists.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
DataName = Annotated[str | None, _knob_option("data.dataset", "--data", "NAME|FILE")]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code: 0 worked, 1 failed, 2 bad input, 130 interrupted."""
    torch.set_num_threads(1)
    texts = list(sys.argv[1:] if arguments is None else arguments)
    try:
        _check_unicode(texts)
        return app(texts, prog_name=PROGRAM, standalone_mode=False) or 0
    except InputError as error:
        complain(str(error))
        return BAD_INPUT
    except typer.TyperException as error:
        complain(error.format_message())
        return BAD_INPUT
    except (OSError, sqlite3.Error) as error:
        complain(f"{type(error).__name__}: {error}")
        return FAILED


@app.command()
def presets(json: AsJson = False) -> None:
    """List the published runs that can be trained by name."""
    if json:
        return write_json([reports.preset_document(preset) for preset in PRESETS.values()])
    rows = [
        (p.name, p.config.model.name, p.config.max_steps, p.published.train, p.published.val, p.about)
        for p in PRESETS.values()
    ]
    return show_table(("preset", "model", "steps", "published train", "val", "about"), rows)


@app.command()
def train(
    preset: PresetName,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="PATH=VALUE", help="Any setting: model.n_hidden=300.")
    ] = None,
    data: DataName = None,
    steps: Annotated[str | None, _knob_option("max_steps", "--steps", "N")] = None,
    seconds: Annotated[
        float, typer.Option(metavar="S", help="Stop after this time; the run can be resumed.", show_default=False)
    ] = math.inf,
    seed: Annotated[str | None, _knob_option("seed", "--seed", "N")] = None,
    engine: Annotated[str | None, _knob_option("engine", "--engine", "E")] = None,
    loss_at: Annotated[str, typer.Option(metavar="0,1000", help="Report the batch losses of these steps.")] = "",
    name: Annotated[str, typer.Option(metavar="TEXT", help="What the run is called.")] = "",
    json: AsJson = False,
) -> None:
    """Train a preset, as it was published or with other settings."""
    published = preset_named(preset)
    flags = {"data.dataset": data, "max_steps": steps, "seed": seed, "engine": engine}
    config = _configured(published.config, dict(map(parse_setting, settings or ())) | _given(flags))
    wanted = _steps_in(loss_at, config.max_steps)
    if not seconds > 0:
        raise InputError(f"`0 < seconds` must hold, but got seconds={seconds}.")
    _load(config)
    shown = tuple(step for step in published.published.loss_at if step < config.max_steps)
    with _manager() as manager:
        as_published = preset if config == published.config else ""
        run = manager.start(config, preset=as_published, name=name, loss_at=wanted + shown)
        _train_on(manager, run, seconds)
        _report(manager, run, preset, wanted, json)


@app.command()
def evaluate(run: RunName, json: AsJson = False) -> None:
    """The losses of train, val and test after a run's last checkpoint."""
    with _manager() as manager:
        row, trainer = manager.row(run), manager.trainer(run)
    losses = reports.split_losses(trainer)
    if json:
        return write_json({"run": run, "preset": row.preset, "steps": trainer.number, "loss": losses})
    say(f"{run} after {trainer.number:,} steps on {trainer.dataset.name}")
    return reports.show_losses(losses, row.preset)


@app.command()
def sample(
    run: RunName,
    n: Annotated[int, typer.Option("-n", min=0, max=MOST_NAMES, help="How many names.")] = reports.NAMES_SHOWN,
    prefix: Annotated[str, typer.Option(metavar="TEXT", help="What each name starts with.")] = "",
    temperature: Annotated[str | None, _knob_option("sampling.temperature", "--temperature", "T")] = None,
    top_k: Annotated[str | None, _knob_option("sampling.top_k", "--top-k", "K")] = None,
    top_p: Annotated[str | None, _knob_option("sampling.top_p", "--top-p", "P")] = None,
    seed: Annotated[str | None, _knob_option("sampling.seed", "--seed", "N")] = None,
    json: AsJson = False,
) -> None:
    """Names that a trained model invents, drawn as its run draws them."""
    with _manager() as manager:
        trainer = manager.trainer(run)
    flags = {"temperature": temperature, "top_k": top_k, "top_p": top_p, "seed": seed}
    config = trainer.config.with_texts({f"sampling.{flag}": text for flag, text in _given(flags).items()})
    vocabulary = trainer.dataset.vocabulary
    drawn = sampling.sample(trainer.model, n, config.sampling, vocabulary.encode(prefix))
    names = [vocabulary.decode(tokens) for tokens in drawn]
    if json:
        return write_json({"run": run, "steps": trainer.number, "samples": names})
    for name in names:
        say(name)
    return None


@app.command()
def score(
    run: RunName,
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help="What to score.")],
    json: AsJson = False,
) -> None:
    """How much names surprise a model: in bits, and in percent of the words that surprise it less."""
    with _manager() as manager:
        trainer = manager.trainer(run)
    words = scoring.surprise_of_words(trainer.model, trainer.dataset)
    scores = [scoring.surprise(name, trainer.model, trainer.dataset.vocabulary, words) for name in names]
    if json:
        return write_json([asdict(s) for s in scores])
    rows = [
        (s.name, s.bits, f"{s.percentile:.1f} %", " ".join(f"{c} {bits:.2f}" for c, bits in s.per_character))
        for s in scores
    ]
    return show_table(("name", "bits", "percentile", "bits per character"), rows)


@app.command()
def ngram(
    context: Annotated[int, typer.Option(help="After how many characters the next one is counted.")] = 3,
    alpha: Annotated[float, typer.Option(help="What is added to each count.")] = 0.1,
    whole: Annotated[bool, typer.Option("--all", help="Fit and score all words, as lecture 1 does.")] = False,
    data: DataName = None,
    json: AsJson = False,
) -> None:
    """The losses of a count table: a yardstick for the nets."""
    dataset = _load(_configured(RunConfig(), _given({"data.dataset": data})))
    if whole:
        losses = {"all": ngrams.loss_on_all(dataset, context, alpha)}
    else:
        losses = ngrams.split_losses(dataset, context, alpha)
    if json:
        return write_json(losses)
    say(f"{context + 1}-gram with alpha {alpha:g} on {dataset.name}")
    return reports.show_losses(losses)


@runs_app.command("list")
def runs_list(json: AsJson = False) -> None:
    """List all runs, the newest first."""
    with _manager() as manager:
        runs = [reports.run_document(row, manager.store.evaluations(row.id)) for row in manager.runs()]
    if json:
        return write_json(runs)
    rows = [
        (
            *(r["run"], r["preset"], r["state"], r["steps"]),
            *(r["loss"]["train"], r["loss"]["val"], r["published"]["train"], r["published"]["val"]),
        )
        for r in runs
    ]
    return show_table(("run", "preset", "state", "steps", "train", "val", "published", "val"), rows)


@runs_app.command("show")
def runs_show(run: RunName, json: AsJson = False) -> None:
    """Show a run: its losses, the last names it invented, and all its settings."""
    with _manager() as manager:
        row, evaluations = manager.row(run), manager.store.evaluations(run)
        snapshot = manager.snapshot(run)
    details = {
        "config": row.config,
        "evaluations": [asdict(evaluation) for evaluation in evaluations],
        "samples": reports.last_names(snapshot),
    }
    document: reports.Document = reports.run_document(row, evaluations) | details
    if json:
        return write_json(document)
    reports.show_run(document)
    say(f"{document['state']}: {document['message']}" if document["message"] else document["state"])
    reports.show_losses(document["loss"], row.preset)
    reports.show_names(document["samples"], row.preset)
    return show_table(
        ("setting", "value"), [(k, str(v)) for k, v in RunConfig.from_dict(row.config).settings().items()]
    )


@runs_app.command("resume")
def runs_resume(run: RunName, json: AsJson = False) -> None:
    """Train a stopped or interrupted run on to its end, exactly from where its checkpoint was taken."""
    with _manager() as manager:
        resumed = manager.resume(run)
        _train_on(manager, resumed, math.inf)
        _report(manager, resumed, manager.row(run).preset, (), json)


@runs_app.command("delete")
def runs_delete(run: RunName, json: AsJson = False) -> None:
    """Forget a run with all that belongs to it."""
    with _manager() as manager:
        if manager.row(run).progress.is_alive:
            raise InputError(f"The run {run!r} is training in another process; stop it there first.")
        manager.delete(run)
    if json:
        return write_json({"run": run, "deleted": True})
    return say(f"Deleted {run}.")


@data_app.command("list")
def data_list(json: AsJson = False) -> None:
    """List the data sets that are known by name."""
    documents = [reports.data_document(source) for source in CATALOGUE.values()]
    if json:
        return write_json(documents)
    rows = [(d["name"], "yes" if d["here"] else "no", d["words"], d["vocab"], d["about"]) for d in documents]
    return show_table(("name", "here", "words", "vocab", "about"), rows)


@data_app.command("fetch")
def data_fetch(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A name that `data list` lists.")], json: AsJson = False
) -> None:
    """Bring a data set from its public address onto this machine, checked by its SHA-256."""
    if name not in CATALOGUE:
        raise choose_one_of("data set", name, CATALOGUE)
    path = fetch(CATALOGUE[name])
    if json:
        return write_json({"name": name, "path": str(path), "sha256": CATALOGUE[name].sha256})
    return say(f"{name} is here: {path}")


@contextmanager
def _manager() -> Generator[RunManager]:
    store = RunStore(default_path())
    manager = RunManager(store)
    try:
        yield manager
    finally:
        manager.close()
        store.close()


def _train_on(manager: RunManager, run: Run, seconds: float) -> None:
    """Wait for the run's end, or stop it after some seconds; leaves the program if it failed or was interrupted."""
    deadline = time.monotonic() + seconds
    with _signals_stop(run), progress_bar(run) as move:
        while run.is_alive and time.monotonic() < deadline:
            run.join(min(GLANCE, deadline - time.monotonic()))
            move()
        stopped_by_us = run.is_alive
        run.send(Command.STOP)
        run.join(None)
        move()
    progress = manager.row(run.id).progress
    if progress.state == RunState.FAILED:
        complain(progress.message)
        raise typer.Exit(FAILED)
    if progress.state == RunState.STOPPED:
        complain(f"Stopped after {progress.step:,} steps; go on with `{PROGRAM} runs resume {run.id}`.")
        if not stopped_by_us:
            raise typer.Exit(INTERRUPTED)


@contextmanager
def _signals_stop(run: Run) -> Generator[None]:
    """Ctrl-C and SIGTERM stop the run, with a checkpoint; a second one ends the program at once.

    No KeyboardInterrupt: before Python 3.13 one that hits Thread.join() makes a living thread look dead.
    """
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def stop(number: int, frame: FrameType | None) -> None:
        signal.signal(number, before[signal.Signals(number)])
        run.send(Command.STOP)

    for number in before:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _report(manager: RunManager, run: Run, preset: str, loss_at: tuple[int, ...], json: bool) -> None:
    """The losses and names of a run that has just trained."""
    document = reports.training_document(manager.row(run.id), run, preset, loss_at)
    if json:
        return write_json(document)
    reports.show_run(document)
    reports.show_losses(document["loss"], preset, run.loss_at)
    reports.show_differences(run.trainer.config, preset)
    return reports.show_names(document["samples"], preset)


def _configured(config: RunConfig, texts: Mapping[str, str]) -> RunConfig:
    """A copy with settings given as text. A file's path becomes absolute: a run may be resumed from any folder."""
    changed = config.with_texts(texts)
    path = os.path.expanduser(changed.data.dataset)
    if path in CATALOGUE or not os.path.isfile(path):
        return changed
    return changed.with_values({"data.dataset": str(Path(path).resolve())})


def _load(config: RunConfig) -> Dataset:
    """The data set of a config; where one of the catalogue is missing, the error names the flag that helps."""
    source = CATALOGUE.get(config.data.dataset)
    try:
        return config.data.load()
    except InputError as error:
        if source is None or is_here(source):
            raise
        raise InputError(f"{str(error).removesuffix('.')} with `--data {SHIPPED}`.") from None


def _given(flags: Mapping[str, str | None]) -> dict[str, str]:
    return {flag: text for flag, text in flags.items() if text is not None}


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


def _check_unicode(texts: Sequence[str]) -> None:
    """Bytes that are no UTF-8 arrive as lone surrogates, which neither the store nor JSON can hold."""
    for text in texts:
        if not text.isascii() and text.encode("utf-8", "replace").decode() != text:
            raise InputError(f"An argument is not UTF-8 text: {text!r}.")
