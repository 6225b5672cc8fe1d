"""`python -m pytest benchmarks/parts.py`: what a run does beside its steps, and a page to show it, each by itself."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from pytest_benchmark.fixture import BenchmarkFixture

from makemore_core.charts.loss import loss_figure
from makemore_core.diagnostics import measured
from makemore_core.ngrams import yardsticks
from makemore_core.presets import preset_named
from makemore_core.sampling import sample
from makemore_core.training.manager import RunManager
from makemore_core.training.reader import AnyRun
from makemore_core.training.recorder import Snapshot
from makemore_core.training.run import EVALUATED
from makemore_core.training.store import RunStore
from makemore_core.training.trainer import Trainer

PRESETS = ("lecture3-kaiming", "seed001-deep", "lecture5-wavenet")  # W1, W2, W4
STEPS = 2000
NAMES = 1000


@pytest.fixture(scope="module", params=PRESETS)
def trainer(request: pytest.FixtureRequest) -> Trainer:
    """A preset's trainer after some steps."""
    torch.set_num_threads(1)
    config = preset_named(request.param).config
    trainer = Trainer(config, config.data.load())
    trainer.advance(STEPS)
    return trainer


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AnyRun]:
    """A finished run with its store."""
    store = RunStore(Path(tmp_path_factory.mktemp("store")) / "runs.sqlite")
    manager = RunManager(store)
    run = manager.start(preset_named(PRESETS[0]).config.with_values({"max_steps": STEPS}))
    run.join(None)
    yield run
    manager.close()
    store.close()


@pytest.fixture
def snapshot(run: AnyRun) -> Snapshot:
    """What the finished run shows."""
    snapshot = run.snapshot()
    assert snapshot is not None
    return snapshot


def test_a_step_that_is_looked_at(benchmark: BenchmarkFixture, trainer: Trainer) -> None:
    benchmark(trainer.step)


def test_all_readings_of_a_step(benchmark: BenchmarkFixture, trainer: Trainer) -> None:
    benchmark(measured, trainer.step())


def test_the_loss_of_val(benchmark: BenchmarkFixture, trainer: Trainer) -> None:
    benchmark(trainer.evaluate, "val", EVALUATED)


def test_a_thousand_names(benchmark: BenchmarkFixture, trainer: Trainer) -> None:
    benchmark(sample, trainer.model, NAMES, trainer.config.sampling)


def test_the_state_of_a_checkpoint(benchmark: BenchmarkFixture, trainer: Trainer) -> None:
    benchmark(trainer.state)


def test_a_save(benchmark: BenchmarkFixture, run: AnyRun, snapshot: Snapshot) -> None:
    benchmark(run.store.save, run.id, snapshot.progress, run.recorder.changes(), run.trainer.state())


def test_a_snapshot(benchmark: BenchmarkFixture, run: AnyRun) -> None:
    benchmark(run.snapshot)


def test_the_loss_chart(benchmark: BenchmarkFixture, run: AnyRun, snapshot: Snapshot) -> None:
    marks = yardsticks(run.trainer.config.data)
    benchmark(lambda: loss_figure(snapshot, marks).to_json())
