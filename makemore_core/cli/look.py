"""Look at a trained run: its losses, the names it invents, how much a name surprises it. And what counting gives."""

from dataclasses import asdict
from typing import Annotated

import typer

from makemore_core import gradcheck as gradients
from makemore_core import ngrams, sampling, scoring
from makemore_core import novelty as novelties
from makemore_core.cli import reports
from makemore_core.cli.options import (
    AsJson,
    DataName,
    PresetName,
    RunName,
    configured,
    given,
    knob_option,
    load,
    open_run,
)
from makemore_core.cli.terminal import say, show_table, write_json
from makemore_core.config import RunConfig
from makemore_core.count_losses import smoothing
from makemore_core.engines import ENGINES
from makemore_core.errors import choose_one_of
from makemore_core.presets import preset_named
from makemore_core.training.trainer import Trainer

MOST_NAMES = 100_000


def evaluate(run: RunName, json: AsJson = False) -> None:
    """The losses of train, val and test after a run's last checkpoint."""
    with open_run(run) as (manager, run):
        row, trainer = manager.row(run), manager.trainer(run)
    losses = reports.split_losses(trainer)
    if json:
        return write_json({"run": run, "preset": row.preset, "steps": trainer.number, "loss": losses})
    say(f"{run} after {trainer.number:,} steps on {trainer.dataset.name}")
    return reports.show_losses(losses, row.preset)


def sample(
    run: RunName,
    n: Annotated[int, typer.Option("-n", min=0, max=MOST_NAMES, help="How many names.")] = reports.NAMES_SHOWN,
    prefix: Annotated[str, typer.Option(metavar="TEXT", help="What each name starts with.")] = "",
    temperature: Annotated[str | None, knob_option("sampling.temperature", "--temperature", "T")] = None,
    top_k: Annotated[str | None, knob_option("sampling.top_k", "--top-k", "K")] = None,
    top_p: Annotated[str | None, knob_option("sampling.top_p", "--top-p", "P")] = None,
    seed: Annotated[str | None, knob_option("sampling.seed", "--seed", "N")] = None,
    json: AsJson = False,
) -> None:
    """Names that a trained model invents, drawn as its run draws them."""
    with open_run(run) as (manager, run):
        trainer = manager.trainer(run)
    flags = {"temperature": temperature, "top_k": top_k, "top_p": top_p, "seed": seed}
    config = trainer.config.with_texts({f"sampling.{flag}": text for flag, text in given(flags).items()})
    vocabulary = trainer.dataset.vocabulary
    drawn = sampling.sample(trainer.model, n, config.sampling, vocabulary.encode(prefix))
    names = [vocabulary.decode(tokens) for tokens in drawn]
    if json:
        return write_json({"run": run, "steps": trainer.number, "samples": names})
    for name in names:
        say(name)
    return None


def score(
    run: RunName,
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help="What to score.")],
    json: AsJson = False,
) -> None:
    """How much names surprise a model: in bits, and in percent of the words that surprise it less."""
    with open_run(run) as (manager, run):
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


def novelty(
    run: RunName,
    n: Annotated[int, typer.Option("-n", min=1, max=MOST_NAMES, help="How many names.")] = 1_000,
    seed: Annotated[str | None, knob_option("sampling.seed", "--seed", "N")] = None,
    json: AsJson = False,
) -> None:
    """How much of what a model invents stands in train, in val or test, or nowhere; and what counting invents."""
    with open_run(run) as (manager, run):
        trainer = manager.trainer(run)
    config = trainer.config.with_texts({"sampling.draw": "cumulative", **given({"sampling.seed": seed})}).sampling
    found = novelties.invented(trainer.model, trainer.dataset, n, config)
    counting = novelties.invented_by_counting(trainer.dataset, n, config)
    if json:
        about = {"run": run, "steps": trainer.number, "samples": n, "repeats": found.repeats}
        return write_json({**about, "shares": found.shares, "4-gram": counting.shares})
    rows = [(kind, found.shares[kind], counting.shares[kind]) for kind in novelties.KINDS]
    show_table((f"share of {n:,}", run, "4-gram"), rows)
    return say(f"{found.repeats:,} of them repeat an earlier one.")


def ngram(
    context: Annotated[int, typer.Option(help="After how many characters the next one is counted.")] = 3,
    alpha: Annotated[float, typer.Option(help="What is added to each count.")] = 0.1,
    whole: Annotated[bool, typer.Option("--all", help="Fit and score all words, as lecture 1 does.")] = False,
    tune: Annotated[bool, typer.Option("--tune", help="Take the alpha that val likes best.")] = False,
    data: DataName = None,
    json: AsJson = False,
) -> None:
    """The losses of a count table: a yardstick for the nets."""
    settings = given({"data.dataset": data, "data.split": "whole" if whole else None})
    dataset = load(configured(RunConfig(), settings))
    if tune:
        alpha = smoothing(dataset, context).best
    losses = ngrams.split_losses(dataset, context, alpha)
    losses = {"all": losses["train"]} if whole else losses
    if json:
        return write_json({"alpha": alpha, **losses} if tune else losses)
    say(f"{context + 1}-gram with alpha {alpha:g} on {dataset.name}")
    return reports.show_losses(losses)


def gradcheck(
    preset: PresetName,
    engine: Annotated[str, typer.Option(metavar="E", help="by_hand, minitorch or compiled.")] = "by_hand",
    dtype: Annotated[str, typer.Option(metavar="T", help="float32 or float64.")] = "float64",
    json: AsJson = False,
) -> None:
    """Compare an engine's gradients with autograd's on a preset's first batch: lecture 4's table."""
    config = preset_named(preset).config
    if engine not in ENGINES:
        raise choose_one_of("engine", engine, ENGINES)
    if dtype not in gradients.DTYPES:
        raise choose_one_of("dtype", dtype, gradients.DTYPES)
    trainer = Trainer(config.with_values({"engine": "autograd"}), load(config))
    rows = gradients.gradcheck(ENGINES[engine], trainer.model, *trainer.batch(), gradients.DTYPES[dtype])
    if json:
        return write_json([asdict(row) for row in rows])
    yes = {True: "yes", False: "no"}
    return show_table(
        ("gradient", "exact", "close", "largest difference"),
        [(row.name, yes[row.exact], yes[row.close], f"{row.max_diff:.1e}") for row in rows],
    )
