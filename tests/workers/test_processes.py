"""A run in a process of its own is the run that it would be here: bit for bit, as obedient, and harder to lose."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from makemore_core.config import RunConfig
from makemore_core.errors import InputError
from makemore_core.models.deep_mlp import DeepMLPConfig
from makemore_core.models.mlp import MLPConfig
from makemore_core.optimizers import AdamConfig, SGDConfig
from makemore_core.training.elsewhere import TRIES
from makemore_core.training.manager import RunManager
from makemore_core.training.pace import Pace
from makemore_core.training.reader import AnyRun
from makemore_core.training.recorder import RunState
from makemore_core.training.run import Command
from makemore_core.workers.on_ray import NOT_SET, RayActors
from makemore_core.workers.processes import Processes, ProcessWorker
from tests.conftest import holds_for, wait_until
from tests.workers.conftest import PATIENCE, SLOTS, assert_same_bits, ended, progress_of, reaches

HERE = "processes"
COMPILED = {"model": MLPConfig(n_hidden=8, n_embd=4, batch_norm=True), "optimizer": SGDConfig(0.1)}
AUTOGRAD = {"model": DeepMLPConfig(n_hidden=8, n_embd=4, n_layers=2), "optimizer": AdamConfig(1e-2), "clip": 1.0}


def worker_of(processes: Processes, busy: AnyRun) -> ProcessWorker:
    """The process that has the only run."""
    (ticket,) = [ticket for ticket in processes._running if ticket.job.run == busy.id]
    assert isinstance(ticket._worker, ProcessWorker)
    return ticket._worker


@pytest.mark.parametrize(
    ("engine", "settings"), [("compiled", COMPILED), ("autograd", AUTOGRAD)], ids=["compiled", "autograd"]
)
def test_a_process_trains_with_the_bits_of_a_thread(
    manager: RunManager, config: RunConfig, engine: str, settings: dict[str, object]
) -> None:
    config = replace(config, engine=engine, max_steps=700, **settings)
    here, there = manager.start(config, loss_at=(0, 600)), manager.start(config, loss_at=(0, 600), where=HERE)
    assert ended(here).state == ended(there).state == RunState.FINISHED
    assert_same_bits(manager.store, there, here)
    assert there.loss_at == here.loss_at
    assert there.loss_at.keys() == {0, 600}


def test_its_pages_see_all_while_it_trains(manager: RunManager, config: RunConfig) -> None:
    run = manager.start(config, where=HERE)
    wait_until(reaches(run, 20), PATIENCE)
    snapshot = manager.snapshot(run.id)
    assert snapshot is not None
    assert snapshot.evaluations
    assert snapshot.losses[:, 1].sum() == snapshot.progress.step
    assert snapshot.reading("activations") is not None
    assert manager.row(run.id).progress.state == RunState.RUNNING
    assert manager.trained_model(run.id).model.block_size == 3
    assert (manager.where(run.id), run.where) == (HERE, HERE)


def test_it_obeys_like_a_run_here(manager: RunManager, config: RunConfig) -> None:
    run = manager.start(config, where=HERE, paused=True)
    wait_until(lambda: progress_of(run).state == RunState.PAUSED, PATIENCE)
    manager.command(run.id, Command.STEP)
    wait_until(lambda: progress_of(run).step == 1)
    manager.set_pace(run.id, Pace(10.0))
    manager.command(run.id, Command.PLAY)
    wait_until(reaches(run, 3))
    assert progress_of(run).steps_per_second < 10.001
    manager.set_pace(run.id, Pace())
    manager.change(run.id, {"optimizer.learning_rate": 0.03})
    wait_until(lambda: manager.config(run.id).optimizer.learning_rate == 0.03)
    wait_until(lambda: bool(manager.store.marks(run.id)))
    with pytest.raises(InputError, match="Unknown setting that a run can change"):
        manager.change(run.id, {"seed": 1})
    wait_until(reaches(run, 500))
    asked = time.monotonic()
    manager.command(run.id, Command.STOP)
    run.join()
    assert time.monotonic() - asked < 1
    row = manager.row(run.id)
    checkpoint = manager.store.checkpoint(run.id)
    assert checkpoint is not None
    assert (row.progress.state, row.progress.step) == (RunState.STOPPED, checkpoint["step"].item())


def test_stopped_resumed_and_rewound_it_stays_where_it_was(manager: RunManager, config: RunConfig) -> None:
    run = manager.start(config, where=HERE)
    wait_until(reaches(run, 200), PATIENCE)
    manager.command(run.id, Command.STOP)
    run.join()
    manager.command(run.id, Command.PLAY)
    assert manager.where(run.id) == HERE
    step = manager.row(run.id).progress.step
    wait_until(lambda: manager.row(run.id).progress.step > step)
    back = manager.store.snapshot_steps(run.id)[3]
    rewound = manager.rewind(run.id, back, {"optimizer.learning_rate": 0.01})
    assert rewound.where == HERE
    wait_until(reaches(rewound, back + 100))
    assert [mark.text.partition(" ")[0] for mark in manager.store.marks(run.id)] == ["rewound"]
    here = manager.resume(_stopped(manager, rewound), where="")
    assert here.where == ""
    assert manager.where(here.id) == ""


def _stopped(manager: RunManager, run: AnyRun) -> str:
    manager.command(run.id, Command.STOP)
    run.join()
    return run.id


def test_a_killed_workers_run_goes_on_to_the_same_bits_and_leaves_the_other_alone(
    manager: RunManager, processes: Processes, config: RunConfig
) -> None:
    config = replace(config, max_steps=2_000, **COMPILED)
    other = manager.start(config, where=HERE)
    run = manager.start(config, where=HERE, pace=Pace(600.0))
    wait_until(lambda: manager.store.run(run.id).progress.step > 0, PATIENCE)  # a checkpoint was kept
    worker_of(processes, run).process.send_signal(signal.SIGKILL)
    wait_until(lambda: progress_of(run).message.startswith("Waits for a worker: its own was lost"))
    manager.set_pace(run.id, Pace())
    here = manager.start(config)
    assert {ended(each).state for each in (run, other, here)} == {RunState.FINISHED}
    assert_same_bits(manager.store, run, here)
    assert_same_bits(manager.store, other, here)
    assert [mark.text for mark in manager.store.marks(run.id)] == ["gone on with another worker: its own was lost"]
    assert manager.store.marks(other.id) == []
    seen = manager.snapshot(run.id)
    assert seen is not None
    assert seen.losses[:, 1].sum() == 2_000  # no step missing, none twice


def test_a_killed_workers_run_that_was_to_stop_is_stopped(
    manager: RunManager, processes: Processes, config: RunConfig
) -> None:
    run = manager.start(config, where=HERE)
    wait_until(reaches(run, 20), PATIENCE)
    worker = worker_of(processes, run)
    worker.process.send_signal(signal.SIGSTOP)  # it hears no more
    manager.command(run.id, Command.STOP)
    worker.process.send_signal(signal.SIGKILL)
    assert ended(run).state == RunState.STOPPED


@pytest.mark.long
def test_more_runs_than_workers_wait_in_their_order(manager: RunManager, config: RunConfig) -> None:
    first, second, third, fourth = (manager.start(config, where=HERE) for _ in range(SLOTS + 2))
    wait_until(reaches(first, 1), PATIENCE)
    wait_until(reaches(second, 1), PATIENCE)
    wait_until(lambda: progress_of(fourth).message == "Waits for a worker; 1 before it.")
    assert holds_for(0.2, lambda: progress_of(third).state == progress_of(fourth).state == RunState.READY)
    manager.command(third.id, Command.STOP)  # while it waits
    assert (progress_of(third).state, third.is_alive) == (RunState.STOPPED, False)
    assert manager.store.run(third.id).progress.state == RunState.STOPPED
    manager.command(first.id, Command.STOP)
    wait_until(reaches(fourth, 1))
    manager.command(third.id, Command.PLAY)
    assert holds_for(0.2, lambda: progress_of(fourth).step > 0 and manager.row(third.id).progress.step == 0)
    manager.command(second.id, Command.STOP)
    wait_until(lambda: manager.row(third.id).progress.step > 0)


@pytest.mark.long
def test_a_run_that_runs_off_says_why_as_here(manager: RunManager, config: RunConfig) -> None:
    wild = DeepMLPConfig(n_hidden=8, n_embd=4, n_layers=6, batch_norm=False, activation="leaky-relu", gain=3)
    config = replace(config, model=wild, optimizer=SGDConfig(100))
    here, there = manager.start(config), manager.start(config, where=HERE)
    assert ended(here).state == ended(there).state == RunState.DIVERGED
    assert progress_of(there).message == progress_of(here).message
    assert progress_of(there).step == progress_of(here).step


def test_a_place_without_workers_gives_up(
    store_of_broken: RunManager, config: RunConfig, caplog: pytest.LogCaptureFixture
) -> None:
    run = store_of_broken.start(config, where=HERE)
    progress = ended(run)
    assert progress.state == RunState.FAILED
    assert progress.message == (f"Its worker was lost {TRIES + 1} times, at last so: the process ended with code 1.")
    assert len(store_of_broken.store.marks(run.id)) == 0  # it has trained nothing, so there is nothing to tell
    assert len(caplog.records) == TRIES


@pytest.fixture
def store_of_broken(manager: RunManager, monkeypatch: pytest.MonkeyPatch) -> RunManager:
    """A manager whose processes end at once."""
    monkeypatch.setattr(sys, "executable", "/bin/false")
    return RunManager(manager.store, {HERE: Processes(1)})


def test_places_say_what_they_are_and_why_not(manager: RunManager, config: RunConfig) -> None:
    manager.workers["ray"] = RayActors(address="")
    here, processes, ray = manager.places()
    assert (here.name, here.is_usable, here.slots) == ("", True, os.cpu_count())
    assert (processes.name, processes.is_usable, processes.slots) == (HERE, True, SLOTS)
    assert (ray.name, ray.is_usable, ray.why_not) == ("ray", False, NOT_SET)
    with pytest.raises(InputError, match="MAKEMORE_RAY=auto starts one on this machine"):
        manager.start(config, where="ray")
    with pytest.raises(InputError, match="Unknown place to train at 'moon'; choose one of: processes, ray"):
        manager.start(config, where="moon")
    assert manager.runs() == []


PARENT = """
import sys
from pathlib import Path
from makemore_core.config import RunConfig
from makemore_core.training.manager import RunManager
from makemore_core.training.store import RunStore
from makemore_core.workers.processes import Processes

pool = Processes(1)
manager = RunManager(RunStore(Path(sys.argv[1])), {"processes": pool})
run = manager.start(RunConfig(max_steps=10_000_000), where="processes", name="orphan")
while manager.row("orphan").progress.step == 0:
    run.join(.05)
print(pool.workers[0].process.pid, flush=True)
run.join(None)
"""


def is_running(pid: int) -> bool:
    """A process that has ended may still be listed, until somebody asks for its exit code."""
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] not in "ZX"


@pytest.mark.long
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="asks /proc which processes there are")
def test_a_killed_program_leaves_no_process_behind(manager: RunManager, tmp_path: Path) -> None:
    command = [sys.executable, "-c", PARENT, str(tmp_path / "runs.sqlite")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        assert is_running(worker)
        parent.kill()
    wait_until(lambda: not is_running(worker), timeout=5)
