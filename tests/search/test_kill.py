"""A sweep whose process is killed loses at most the trials that ran, and those go on from their checkpoints."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from makemore_core.config import RunConfig
from makemore_core.search.standing import DONE, SweepState
from makemore_core.search.sweeps import Sweeps
from makemore_core.training.manager import RunManager
from tests.conftest import wait_until
from tests.search.plans import plan_of

ROOT = Path(__file__).parents[2]
PATIENCE = 120.0  # seconds
PROGRAM = """
import sys
from pathlib import Path
import orjson
import torch
from makemore_core.search.plan import SweepPlan
from makemore_core.search.sweeps import Sweeps
from makemore_core.training.manager import RunManager
from makemore_core.training.store import RunStore

torch.set_num_threads(1)
sweeps = Sweeps(RunManager(RunStore(Path(sys.argv[1]))))
sweeps.wait(sweeps.begin(SweepPlan.from_dict(orjson.loads(sys.argv[2]))))
"""


@pytest.mark.long
def test_a_killed_sweep_goes_on(manager: RunManager, config: RunConfig) -> None:
    plan = plan_of(config.with_values({"max_steps": 8_000}), sampler="random", pruner="none", trials=8, at_once=2)
    texts = (str(manager.store.path), orjson.dumps(plan.to_dict()).decode())
    process = subprocess.Popen([sys.executable, "-c", PROGRAM, *texts], cwd=ROOT)
    sweeps = Sweeps(manager)

    def done() -> int:
        (row,) = sweeps.list() or (None,)
        return sum(trial.state in DONE for trial in sweeps.standing(row.id).trials) if row else 0

    wait_until(lambda: done() >= 2, PATIENCE)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    (row,) = sweeps.list()
    wait_until(lambda: sweeps.standing(row.id).state == SweepState.INTERRUPTED, PATIENCE)
    left = sweeps.standing(row.id)
    ended = [trial for trial in left.trials if trial.state in DONE]
    assert 2 <= len(ended) < 8
    assert len(left.trials) - len(ended) <= 2
    sweeps.resume(row.id)
    whole = sweeps.wait(row.id, PATIENCE)
    assert whole.state == SweepState.FINISHED
    assert [trial for trial in whole.trials if trial.number in {t.number for t in ended}] == ended
    assert len(manager.runs()) == 8  # none was lost, none was begun twice
    for number in {t.number for t in left.trials} - {t.number for t in ended}:  # those that were cut off
        trial = whole.trials[number]
        run = manager.start(plan.with_values(trial.values))
        run.join(PATIENCE)
        assert manager.row(run.id).val == trial.val
    sweeps.close()
