"""`python -m benchmarks.many_runs`: a store of ten thousand runs, and what a driver spends on the workers it hears."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Annotated, Any, cast

import typer

from benchmarks.report import show_table
from makemore_core.cli.terminal import complain, write_json
from makemore_core.config import RunConfig
from makemore_core.datasets import Dataset
from makemore_core.presets import preset_named
from makemore_core.training.elsewhere import Elsewhere
from makemore_core.training.jobs import Job, Line, Listener, News, Place
from makemore_core.training.manager import RunManager
from makemore_core.training.pace import Pace
from makemore_core.training.recorder import Progress, Recorder
from makemore_core.training.store import RunStore
from makemore_core.workers.body import Body
from makemore_core.workers.wire import packed, unpacked
from tests.many_runs import fill

PRESET, SECONDS = "lecture3-batchnorm", 24.0  # what a worker trains, and how long it is listened to
LISTENED = {"a run": False, "a trial": True}  # a sweep's trials are seldom looked at
TURNS = 5


class Nowhere:
    """A place whose worker's news were written down before, to be heard again."""

    place = Place("nowhere", "replays what was heard", 1)

    def take(self, job: Job, dataset: Dataset, listener: Listener, first: bool = False) -> Line:
        return Silent()

    def close(self) -> None:
        """Nothing runs."""


class Silent:
    """A line on which nobody listens."""

    def send(self, order: str, value: Any) -> None:
        """Lost."""

    def withdraw(self) -> bool:
        return False


def many_runs(
    runs: Annotated[int, typer.Option(min=1, help="Runs in the store.")] = 10_000,
    rows: Annotated[int, typer.Option(min=1, help="Rows of metrics among them.")] = 10_000_000,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Milliseconds of processor time, so that other programs on the machine do not count."""
    with TemporaryDirectory() as folder:
        found = dict(of_the_store(Path(folder) / "runs.sqlite", runs, rows))
        for who, seldom in LISTENED.items():
            found |= {f"{what}, {who}": n for what, n in of_the_driver(Path(folder) / f"{who}.sqlite", seldom)}
    if json:
        return write_json({"runs": runs, "rows": rows, "measured": found})
    return show_table(f"{runs:,} runs, {rows:,} rows", ("what", ""), [(name, f"{n:,.3g}") for name, n in found.items()])


def of_the_store(path: Path, runs: int, rows: int) -> Iterator[tuple[str, float]]:
    """What listing costs, at first and later."""
    complain(f"making a store of {runs:,} runs and {rows:,} rows")
    fill(path, runs, rows)
    yield "bytes a row of metrics", path.stat().st_size / rows
    with closing(RunStore(path)) as store:
        manager = RunManager(store)
        yield "ms, listing all runs at first", milliseconds(manager.runs)
        yield "ms, listing them again", best(manager.runs)
        last = manager.runs()[-1]
        store.describe(last.id, "", ["seen"])
        yield "ms, listing them after one has changed", milliseconds(manager.runs)
        yield "ms, the best run on the same data", best(lambda: store.best_val(last.config["data"], ""))
        yield "ms, one run's curve and evaluations", best(lambda: manager.curves(last.id))


def of_the_driver(path: Path, seldom: bool) -> Iterator[tuple[str, float]]:
    """What it costs to hear one worker, from its bytes to the recorder and the store."""
    complain(f"listening to a worker for {SECONDS:.0f} s")
    config = preset_named(PRESET).config
    dataset = config.data.load()
    told = news_of(config, dataset, seldom)
    with closing(RunStore(path)) as store:
        manager = RunManager(store)
        run = manager.start(config, preset=PRESET, paused=True)
        run.join(0)
        listener = Elsewhere(run.id, config, dataset, Recorder(run.id, Progress()), store, Nowhere(), Progress())
        costs: dict[bool, list[float]] = {True: [], False: []}
        for content in told:
            is_saved = cast("News", unpacked(content)).state is not None
            costs[is_saved].append(milliseconds(partial(hear, listener, content)))
        manager.close()
    yield "news a second from one worker", len(told) / SECONDS
    yield "kB of one news", sum(map(len, told)) / len(told) / 1_000
    yield "ms, hearing what is shown", median(costs[False])
    yield "ms, hearing what is saved", median(costs[True])
    yield "ms a second for one worker", sum(map(sum, costs.values())) / SECONDS


def hear(listener: Listener, content: bytes) -> None:
    """From the wire's bytes on."""
    listener.heard(unpacked(content))


def news_of(config: RunConfig, dataset: Dataset, seldom: bool) -> list[bytes]:
    """All that a worker tells in some seconds of training, as it goes over the wire."""
    told: list[bytes] = []
    body = Body(lambda news: told.append(packed(news)))
    endless = config.with_values({"max_steps": 100_000_000, "max_seconds": SECONDS})
    empty = Recorder("", Progress()).changes().losses
    progress = Progress().within(endless)
    body.work(0, Job("listened", endless.to_dict(), progress, empty, None, (), Pace(), False, seldom), dataset)
    return told


def milliseconds(act: Callable[[], object]) -> float:
    """Of processor time, once."""
    began = time.process_time()
    act()
    return 1_000 * (time.process_time() - began)


def best(act: Callable[[], object]) -> float:
    """Of processor time, at its quickest."""
    return min(milliseconds(act) for _ in range(TURNS))


if __name__ == "__main__":
    typer.run(many_runs)
