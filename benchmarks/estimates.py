"""`python -m benchmarks.estimates`: what a run is said to need before it begins, beside what it takes."""

import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import torch
import typer

from benchmarks.report import machine, show_table
from benchmarks.rounds import ENDLESS
from makemore_core.cli.terminal import complain, write_json
from makemore_core.config import RunConfig
from makemore_core.knobs import Value
from makemore_core.presets import preset_named
from makemore_core.training.estimate import estimated
from makemore_core.training.manager import RunManager
from makemore_core.training.run import Command, Run
from makemore_core.training.store import RunStore
from makemore_core.vitals import in_bytes

GLANCE = 0.05  # seconds between two looks at a run
STEPS, LONGEST = 50, 20.0  # that are timed, and the seconds after which fewer must do
BEFORE = 30  # steps of the run whose memory is measured, with all that is looked at and saved
LARGE: Mapping[str, Value] = {"model.n_layers": 6, "model.n_head": 6, "model.n_embd": 384}
CASES: Mapping[str, tuple[str, Mapping[str, Value]]] = {  # by name, a preset and what differs from it
    "counted bigram": ("counting-bigram", {}),
    "neural bigram, all names at once": ("lecture1-neural", {}),
    "MLP": ("lecture3-kaiming", {}),
    "deep MLP with BatchNorm": ("lecture3-deep", {}),
    "WaveNet": ("lecture5-wavenet", {}),
    "RNN": ("makemore-rnn", {}),
    "GRU": ("makemore-gru", {}),
    "Transformer": ("makemore-transformer", {}),
    "GPT on Shakespeare": ("seed003-gpt-small", {}),
    "MLP by hand": ("lecture4-manual", {"engine": "by_hand"}),
    "MLP by minitorch": ("lecture3-kaiming", {"engine": "minitorch"}),
    "MLP of 1,024 neurons, batch 4,096": ("lecture3-kaiming", {"model.n_hidden": 1024, "batch_size": 4096}),
    "deep MLP of 20 x 1,024": ("lecture3-deep", {"model.n_hidden": 1024, "model.n_layers": 20, "batch_size": 1024}),
    "GRU of 512, batch 512": ("makemore-gru", {"model.n_hidden": 512, "batch_size": 512}),
    "GPT of 6 x 384": ("seed003-gpt-small", LARGE),
}


@dataclass(frozen=True)
class Found:
    """Of one case: bytes and seconds of STEPS steps, as they were said and as they were."""

    name: str
    said_bytes: int
    bytes: int
    said_seconds: float
    seconds: float


def estimates(
    cases: Annotated[str, typer.Option(metavar="A;B", help="Which cases.", show_default="all")] = ";".join(CASES),
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Each run has a process of its own, and its memory is the most that it held at any moment."""
    found = list(measured(cases.split(";")))
    if json:
        return write_json({"machine": machine(), "cases": [vars(one) for one in found]})
    columns = ("", "said", "taken", "times", f"{STEPS} steps said", "taken", "times")
    return show_table("What a run needs", columns, map(_row, found))


def measured(names: list[str]) -> Iterator[Found]:
    """What is said and what is taken, each in a fresh process: one's memory must not count for the other."""
    for name in names:
        complain(name)
        config = _config(name)
        with ProcessPoolExecutor(1, mp_context=get_context("spawn"), max_tasks_per_child=1) as fresh:
            (said, said_seconds), (taken, seconds) = (fresh.submit(ask, config).result() for ask in (_said, _taken))
        yield Found(name, said, taken, said_seconds, seconds)


def _config(name: str) -> RunConfig:
    preset, changes = CASES[name]
    return preset_named(preset).config.with_values(changes)


def _said(config: RunConfig) -> tuple[int, float]:
    torch.set_num_threads(1)
    found = estimated(config.with_values({"max_steps": STEPS}), config.data.load())
    return found.bytes, found.seconds


def _taken(config: RunConfig) -> tuple[int, float]:
    torch.set_num_threads(1)
    config.data.load()
    before = _forget_peak()
    with TemporaryDirectory() as folder, closing(RunStore(Path(folder) / "runs.sqlite")) as store:
        manager = RunManager(store)
        run = manager.start(config.with_values({"max_steps": ENDLESS, "max_seconds": LONGEST}))
        assert isinstance(run, Run)
        while run.is_alive and run.trainer.number < BEFORE:
            run.join(GLANCE)
        run.send(Command.STOP)
        run.join(None)
        return _memory("VmHWM") - before, _seconds(run)


def _seconds(run: Run) -> float:
    """Of STEPS further steps; of fewer, where they take long."""
    began, done = time.perf_counter(), 0
    while done < STEPS and time.perf_counter() - began < LONGEST:
        run.trainer.advance(5)
        done += 5
    return (time.perf_counter() - began) * STEPS / done


def _forget_peak() -> int:
    """What this process holds now; the most that it held counts from here on."""
    Path("/proc/self/clear_refs").write_text("5")
    return _memory("VmRSS")


def _memory(what: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith(f"{what}:"))


def _row(found: Found) -> tuple[str, ...]:
    memory = in_bytes(found.said_bytes), in_bytes(found.bytes), f"{found.said_bytes / found.bytes:.1f}"
    times = found.said_seconds / found.seconds if found.said_seconds else 0.0
    return found.name, *memory, f"{found.said_seconds:.2g} s", f"{found.seconds:.2g} s", f"{times:.1f}"


if __name__ == "__main__":
    typer.run(estimates)
