"""What a benchmark shows: tables and sentences for people, plain numbers for programs."""

import os
import platform
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from typing import Any

from benchmarks.contests import Result
from makemore_core.cli import terminal
from makemore_core.cli.terminal import say

MISSING = "-"


def show_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table on stdout, under its title."""
    say(title)
    terminal.show_table(columns, rows, flush_right=True)


def show_sentences(sentences: Iterable[str]) -> None:
    """Lines on stdout, however long."""
    for sentence in sentences:
        say(sentence)


def show(results: Sequence[Result]) -> None:
    """Every contestant of every contest, then the ladder: how many times the reference's rate."""
    for result in results:
        contest = result.contest
        columns = ("", "per second", "spread", f"times the {contest.reference}")
        show_table(f"{contest.name}: {contest.about}", columns, [_row(result, name) for name in result.rates])
        show_sentences((*contest.notes, ""))


def show_ladder(results: Sequence[Result]) -> None:
    """How many times the peer's rate each contestant makes, a column for each workload."""
    names = dict.fromkeys(name for result in results for name in result.rates)
    rows = [(name, *(_ratio(result.times(name)) for result in results)) for name in names]
    show_table("Times the peer", ("", *(result.contest.name for result in results)), rows)


def document(results: Iterable[Result]) -> list[dict[str, Any]]:
    """The results as plain numbers; null for who took no part."""
    return [
        {
            "name": result.contest.name,
            "about": result.contest.about,
            "reference": result.contest.reference,
            "notes": list(result.contest.notes),
            "contestants": [_plain(result, name) for name in result.rates],
        }
        for result in results
    ]


def machine() -> dict[str, Any]:
    """Where it was measured."""
    libraries = {name: version(name) for name in ("torch", "numpy")}
    return {"processor": platform.machine(), "cores": os.cpu_count(), "python": platform.python_version()} | libraries


def _plain(result: Result, name: str) -> dict[str, Any]:
    rates = result.rates[name]
    return {
        "name": name,
        "per_second": rates.median if rates else None,
        "spread_percent": rates.spread if rates else None,
        "times_reference": result.times(name),
        "rounds": list(rates.per_round) if rates else [],
    }


def _row(result: Result, name: str) -> tuple[str, ...]:
    rates = result.rates[name]
    if rates is None:
        return name, MISSING, MISSING, MISSING
    return name, _number(rates.median), f"{rates.spread:.1f} %", _ratio(result.times(name))


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _ratio(value: float | None) -> str:
    return MISSING if value is None else f"{value:.2f}"
