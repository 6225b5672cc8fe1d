"""What the command line writes: tables and sentences for people, one JSON document for programs, progress on stderr."""

import math
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager

import orjson
import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Table

from makemore_core.training.reader import AnyRun
from makemore_core.training.recorder import Snapshot

PIPE_WIDTH = 160  # a file has no edge, but a table needs one
Cell = str | float | None


def write_json(document: object) -> None:
    """Exactly one document on stdout, in UTF-8. What is no number (NaN, infinity) becomes null."""
    typer.echo(orjson.dumps(document, option=orjson.OPT_INDENT_2))


def say(sentence: str) -> None:
    """A line on stdout, with names and characters shown as they are."""
    _console().print(printable(sentence), soft_wrap=True)


def complain(sentence: str) -> None:
    """One line on stderr."""
    _console(stderr=True).print(printable(" ".join(map(str.strip, sentence.splitlines()))), soft_wrap=True)


def show_table(columns: Sequence[str], rows: Iterable[Sequence[Cell]], flush_right: bool = False) -> None:
    """A table on stdout; columns without words stand flush right, or all but the first, which is never folded."""
    cells = list(rows)
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for i, column in enumerate(columns):
        words = any(isinstance(row[i], str) for row in cells) and not (flush_right and i)
        table.add_column(column, justify="left" if words else "right", overflow="fold", no_wrap=i == 0)
    for row in cells:
        table.add_row(*map(_shown, row))
    console = _console()
    if not console.is_terminal:
        console.width = PIPE_WIDTH
    console.print(table)


@contextmanager
def progress_bar(run: AnyRun) -> Generator[Callable[[], None]]:
    """A bar on stderr while a run trains; call what it gives to move it."""
    columns = TextColumn("{task.description}", markup=False), BarColumn(), TextColumn("{task.fields[status]}")
    with Progress(*columns, console=_console(stderr=True), auto_refresh=False) as bar:
        task = bar.add_task(run.id, total=run.config.max_steps, status="")

        def move() -> None:
            if snapshot := run.snapshot():
                bar.update(task, completed=snapshot.progress.step, status=_status(snapshot), refresh=True)

        yield move


@contextmanager
def fetch_bar(name: str) -> Generator[Callable[[float, str], None]]:
    """A bar on stderr while a file comes; call what it gives with the share that has come."""
    columns = TextColumn("{task.description}", markup=False), BarColumn(), TextColumn("{task.fields[status]}")
    with Progress(*columns, console=_console(stderr=True), auto_refresh=False) as bar:
        task = bar.add_task(name, total=1.0, status="")
        yield lambda share, words: bar.update(task, completed=share, status=words, refresh=True)


def printable(text: str) -> str:
    """The text with escape sequences spelled out, so that no data set can steer the terminal."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _console(stderr: bool = False) -> Console:
    # without markup and emoji codes `[red]` and `:smile:` in a name stay what they are
    return Console(stderr=stderr, markup=False, emoji=False, highlight=False)


def _status(snapshot: Snapshot) -> str:
    """`1,200 of 200,000 steps, 4,240 steps/s, 0:46 left, val 2.2011`."""
    p = snapshot.progress
    parts = [f"{p.step:,} of {p.max_steps:,} steps", p.speed]
    if math.isfinite(p.seconds_left):
        minutes, seconds = divmod(round(p.seconds_left), 60)
        parts.append(f"{minutes}:{seconds:02} left")
    if snapshot.evaluations:
        parts.append(f"val {snapshot.evaluations[-1].val:.4f}")
    if p.message:
        parts.append(p.message)
    return ", ".join(parts)


def _shown(cell: Cell) -> str:
    if cell is None:
        return "-"
    if isinstance(cell, str):
        return printable(cell)
    return f"{cell:,}" if isinstance(cell, int) else f"{cell:.4f}"
