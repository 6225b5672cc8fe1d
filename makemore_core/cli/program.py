"""The program: which commands there are, and how each ends.

With `--json` a command prints one JSON document on stdout; progress and complaints go to stderr.
"""

import sqlite3
import sys
from collections.abc import Callable, Sequence

import torch
import typer

from makemore_core.cli import data, eject, finder, look, reference, runs, serve, sweep, sweeps, train
from makemore_core.cli.options import BAD_INPUT, FAILED, PROGRAM
from makemore_core.cli.terminal import complain
from makemore_core.errors import InputError, check_unicode


def show_help(context: typer.Context) -> None:
    """Without a command: say which there are."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def _group(about: str, commands: dict[str, Callable[..., None]]) -> typer.Typer:
    group = typer.Typer(
        help=about,
        callback=show_help,
        invoke_without_command=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    for name, command in commands.items():
        group.command(name)(command)
    return group


app = _group(
    "Train makemore's character models, and look at what they learned.",
    {
        "serve": serve.serve,
        "presets": train.presets,
        "train": train.train,
        "sweep": sweep.sweep,
        "evaluate": look.evaluate,
        "sample": look.sample,
        "score": look.score,
        "novelty": look.novelty,
        "ngram": look.ngram,
        "gradcheck": look.gradcheck,
        "finder": finder.finder,
        "reference": reference.reference,
        "eject": eject.eject,
    },
)
app.add_typer(
    _group(
        "The runs that the store remembers.",
        {
            "list": runs.list_runs,
            "show": runs.show,
            "resume": runs.resume,
            "fork": runs.fork,
            "rewind": runs.rewind,
            "export": runs.export,
            "import": runs.import_runs,
            "rename": runs.rename,
            "tag": runs.tag,
            "delete": runs.delete,
            "restore": runs.restore,
            "check": runs.check,
            "vacuum": runs.vacuum,
        },
    ),
    name="runs",
)
app.add_typer(
    _group(
        "The sweeps that the store remembers.",
        {
            "list": sweeps.list_sweeps,
            "show": sweeps.show,
            "resume": sweeps.resume,
            "stop": sweeps.stop,
            "adopt": sweeps.adopt,
            "delete": sweeps.delete,
            "restore": sweeps.restore,
        },
    ),
    name="sweeps",
)
app.add_typer(
    _group(
        "The data sets of the catalogue, and your own.",
        {
            "list": data.list_data,
            "fetch": data.fetch_data,
            "lint": data.lint_data,
            "delete": data.delete_data,
            "restore": data.restore_data,
        },
    ),
    name="data",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code: 0 worked, 1 failed, 2 bad input, 130 interrupted."""
    torch.set_num_threads(1)
    texts = list(sys.argv[1:] if arguments is None else arguments)
    try:
        for text in texts:
            check_unicode("An argument", text)
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
