"""Forty settings of lecture 3's net, at a hundredth of its steps: under a minute, and better than the lecture's own."""

import resource
from collections.abc import Iterator
from contextlib import closing

import pytest

from makemore_core.datasets import Dataset
from makemore_core.presets import PRESETS
from makemore_core.search.axes import Axis
from makemore_core.search.plan import SweepPlan
from makemore_core.search.standing import SweepState
from makemore_core.search.sweeps import Sweeps
from makemore_core.training.manager import RunManager
from makemore_core.training.store import RunStore
from makemore_core.workers.processes import Processes

RANGES = {
    "optimizer.learning_rate": "log:1e-3:1",
    "model.n_hidden": "64:512",
    "model.n_embd": "4:32",
    "model.hidden_scale": "log:0.1:3",
}


@pytest.fixture
def processes() -> Iterator[Processes]:
    with closing(Processes(2)) as processes:
        yield processes


@pytest.mark.long
def test_forty_trials_beat_the_lecture_within_a_minute(store: RunStore, processes: Processes, names: Dataset) -> None:
    before, manager = processor_seconds(), RunManager(store, {"processes": processes})
    sweeps = Sweeps(manager)
    config = PRESETS["lecture3-batchnorm"].config.with_values({"max_steps": 2_000})
    axes = tuple(Axis.parse(path, text, config) for path, text in RANGES.items())
    standing = sweeps.wait(sweeps.begin(SweepPlan(config, "lecture3-batchnorm", axes, where="processes")), 300)
    assert (standing.state, len(standing.trials)) == (SweepState.FINISHED, 40)
    lecture, best = standing.trials[0], standing.best_trial
    assert lecture.values == {path: config.settings()[path] for path in RANGES}
    assert best is not None
    assert best.val is not None
    assert lecture.val is not None
    assert best.val < lecture.val - 0.03  # nats
    assert max(standing.importances, key=lambda path: standing.importances[path]) == "optimizer.learning_rate"
    sweeps.close()
    manager.close()
    processes.close()
    assert processor_seconds() - before < 2 * 60  # a minute of two processors, however busy with other things


def processor_seconds() -> float:
    """Of this process, and of its children that have ended."""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
