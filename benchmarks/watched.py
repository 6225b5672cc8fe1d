"""`python -m benchmarks.watched`: what looking costs, with a real server and real tabs before it."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer

from benchmarks.dashboard import (
    Dashboard,
    Refreshes,
    dashboard,
    fresh_server,
    steps_per_second,
    train_until,
)
from benchmarks.report import machine, show_sentences, show_table
from benchmarks.rounds import ENDLESS, Rounds
from makemore_core.cli.terminal import complain, write_json
from makemore_core.errors import InputError
from makemore_core.presets import preset_named
from makemore_core.training.manager import RunManager
from makemore_core.training.reader import AnyRun
from makemore_core.training.store import RunStore
from tests.browser.test_training import milliseconds_to_stop

WATCHED = "lecture3-kaiming"  # W1
GROWING = "seed001-deep"  # W2: slow enough to stay near the step at which it is timed
TABS = (0, 1, 4)
EARLY = 2000  # steps
REFRESHES = 4  # of a run, before it has gone too far
SETTLING = (
    5.0  # seconds from a page's charts, or a run's start, to its everyday: its scripts are compiled, its run is calm
)
BAD_INPUT = 2


@dataclass(frozen=True)
class Timing:
    """What was measured of one case, once a round."""

    name: str
    unit: str
    rounds: Rounds
    note: str = ""


def watched(
    rounds: Annotated[int, typer.Option(min=1, help="How often each case has its turn.")] = 3,
    seconds: Annotated[float, typer.Option(min=1, help="How long steps are counted in a turn.")] = 5.0,
    late: Annotated[int, typer.Option(min=EARLY, help="The steps of the long run whose page is refreshed.")] = 200_000,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Steps kept beside tabs and a busy interpreter, refreshes early and late, first paint, and Stop."""
    try:
        timings = list(measured(rounds, seconds, late))
    except InputError as error:
        complain(str(error))
        raise typer.Exit(BAD_INPUT) from None
    if json:
        return write_json({"machine": machine(), "seconds": seconds, "timings": list(map(plain, timings))})
    rows = [(t.name, f"{t.rounds.median:,.0f} {t.unit}", f"{t.rounds.spread:.0f} %") for t in timings]
    show_table("The dashboard while somebody looks", ("", "median", "spread"), rows)
    return show_sentences(f"{t.name}: {t.note}" for t in timings if t.note)


def plain(timing: Timing) -> dict[str, Any]:
    """A timing as plain numbers."""
    values = timing.rounds
    numbers = {"median": values.median, "spread_percent": values.spread, "rounds": list(values.per_round)}
    return {"name": timing.name, "unit": timing.unit, "note": timing.note} | numbers


def measured(rounds: int, seconds: float, late: int) -> Iterator[Timing]:
    """All cases: those of a dashboard, then the busy interpreter in this very process."""
    with fresh_server() as server:
        complain(f"Training {rounds} runs of {EARLY:,} steps, and one of {late:,}.")
        for i in range(rounds):
            train_until(server.store, GROWING, f"early-{i}", EARLY)
        train_until(server.store, GROWING, "late", late)
        with dashboard(server) as shown:
            complain("Opening the first page, watching, stopping, refreshing.")
            yield from paints(shown, rounds)
            yield from kept(shown, rounds, seconds)
            yield from refreshes(shown, rounds, late)
    complain("Keeping the interpreter busy.")
    yield kept_while_busy(rounds, seconds)


def paints(shown: Dashboard, rounds: int) -> Iterator[Timing]:
    """From the address to the first paint and to the last chart, for a server's first visitor and for later ones."""
    visits = [visit(shown) for _ in range(rounds + 1)]
    for whose, times in (("server's first visitor", visits[:1]), ("later visitor", visits[1:])):
        paint, charts = zip(*times, strict=True)
        yield Timing(f"first paint, {whose}", "ms", Rounds(paint))
        yield Timing(f"all charts, {whose}", "ms", Rounds(charts))


def visit(shown: Dashboard) -> tuple[float, float]:
    """A new tab: milliseconds to its first paint, and until its charts are drawn."""
    tab = shown.tab()
    started = time.perf_counter()
    tab.open()
    charts = 1000 * (time.perf_counter() - started)
    paint = tab.page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    tab.page.close()
    return paint, charts


def kept(shown: Dashboard, rounds: int, seconds: float) -> Iterator[Timing]:
    """A run's speed without tabs, what tabs leave of it, and how soon it stops."""
    first = shown.open(f"/?preset={WATCHED}&max_steps={ENDLESS}")
    first.play()
    run = first.chosen_run
    first.page.close()
    store = RunStore(shown.server.store)
    rates: dict[int, list[float]] = {n: [] for n in TABS}
    for _ in range(rounds):
        for n in TABS:
            rates[n].append(speed_watched(shown, store, run, n, seconds))
    store.close()
    yield Timing("steps per second, no tab", "", Rounds(tuple(rates[0])))
    for n in TABS[1:]:
        shares = tuple(100 * watched / alone for watched, alone in zip(rates[n], rates[0], strict=True))
        yield Timing(f"steps kept, {n} tab{'s' * (n > 1)}", "%", Rounds(shares))
    last = shown.open(f"/?run={run}")
    last.stop()
    yield Timing("Stop until the word", "ms", Rounds(tuple(milliseconds_to_stop(last) for _ in range(rounds))))
    last.page.close()


def speed_watched(shown: Dashboard, store: RunStore, run: str, n: int, seconds: float) -> float:
    """Steps per second while n tabs show the run."""
    tabs = [shown.open(f"/?run={run}") for _ in range(n)]
    time.sleep(SETTLING)
    speed = steps_per_second(store, run, seconds)
    for tab in tabs:
        tab.page.close()
    return speed


def refreshes(shown: Dashboard, rounds: int, late: int) -> Iterator[Timing]:
    """What the server takes for one refresh of a page, early and late in a run."""
    cases = {EARLY: [f"early-{i}" for i in range(rounds)], late: ["late"] * rounds}
    found: dict[int, list[float]] = {steps: [] for steps in cases}
    reached: dict[int, int] = {}
    refresh(shown, "late")  # the server's first run of this net prepares its engine
    for i in range(rounds):
        for steps, runs in cases.items():
            milliseconds, reached[steps] = refresh(shown, runs[i])
            found[steps].append(milliseconds)
    for steps, values in found.items():
        note = f"the run went on to {reached[steps]:,} steps while its page was timed."
        yield Timing(f"refresh at {steps:,} steps", "ms", Rounds(tuple(values)), note)


def refresh(shown: Dashboard, run: str) -> tuple[float, int]:
    """Milliseconds of the first refreshes after a run was resumed, and how far it came meanwhile."""
    tab = shown.tab()
    seen = Refreshes(tab.page)
    tab.open(f"/?run={run}")
    tab.play()
    milliseconds = median(seen.wait_for(REFRESHES))
    tab.stop()
    reached = tab.step_number
    tab.page.close()
    return milliseconds, reached


def kept_while_busy(rounds: int, seconds: float) -> Timing:
    """What is left of a run's speed while another thread keeps the interpreter busy all the time."""
    with TemporaryDirectory() as folder:
        store = RunStore(Path(folder) / "runs.sqlite")
        manager = RunManager(store)
        run = manager.start(preset_named(WATCHED).config.with_values({"max_steps": ENDLESS}))
        time.sleep(SETTLING)
        shares = tuple(
            100 * speed_beside(run, spin, seconds) / speed_beside(run, time.sleep, seconds) for _ in range(rounds)
        )
        manager.close()
        store.close()
    return Timing("steps kept, busy interpreter", "%", Rounds(shares))


def speed_beside(run: AnyRun, wait: Callable[[float], None], seconds: float) -> float:
    """A run's steps per second while this thread waits in its own way."""
    before, started = steps_of(run), time.perf_counter()
    wait(seconds)
    return (steps_of(run) - before) / (time.perf_counter() - started)


def steps_of(run: AnyRun) -> int:
    """How many steps a run in this process has done."""
    snapshot = run.snapshot()
    return snapshot.progress.step if snapshot else 0


def spin(seconds: float) -> None:
    """Wait as a busy page does: holding the interpreter, never sleeping."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass


if __name__ == "__main__":
    typer.run(watched)
