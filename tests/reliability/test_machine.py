"""Whatever two people do with runs, in whatever order, through restarts and kills: no run is lost, torn or doubled.

Runs train in threads, so the same order never meets quite the same moments: what a rule may do does not depend on them.
Hypothesis invents the orders. `pytest tests/reliability/test_machine.py --release -m "long or not long"` tries 5,000.
"""

import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import hypothesis.strategies as st
import pytest
import torch
from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from makemore_core.config import RunConfig
from makemore_core.datasets import DataConfig
from makemore_core.errors import InputError
from makemore_core.models.bigram import BigramConfig
from makemore_core.optimizers import SGDConfig
from makemore_core.training.curve import STEP, STEPS
from makemore_core.training.manager import RunManager
from makemore_core.training.marks import config_after
from makemore_core.training.recorder import RunState
from makemore_core.training.run import Command
from makemore_core.training.store import RunStore
from makemore_core.training.trainer import Trainer, below

END = 12  # steps of a run
RATES = (0.5, 0.1, 0.02)
AT_ONCE = 2  # runs that train
MOST = 5  # runs
which = st.integers(0, 5)
rates = st.sampled_from(RATES)
PATIENCE = 60.0  # seconds
PARTS = 10  # that several processes can share
Amount = Callable[[int, int], int]


class Runs(RuleBasedStateMachine):
    """A manager on a store, and what may be done to the runs of both."""

    data: DataConfig
    disk: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(dir=self.disk))
        self.deleted: set[str] = set()
        self.begun = 0
        self.begin()

    def begin(self) -> None:
        self.store = RunStore(self.folder / "runs.sqlite")
        self.manager = RunManager(self.store, slots=AT_ONCE)

    def end(self) -> None:
        """The manager's own end; on a machine that is busy with others a thread may take longer than it waits."""
        self.manager.close()
        for thread in (thread for thread in threading.enumerate() if thread.name.startswith("run ")):
            thread.join(PATIENCE)
            assert not thread.is_alive()

    @property
    def ids(self) -> list[str]:
        return sorted(row.id for row in self.manager.runs())

    def one(self, n: int) -> str:
        """One of the runs, or a name that none has."""
        return (self.ids or ["nobody"])[n % max(1, len(self.ids))]

    def name(self) -> str:
        """Of the next run; that of an earlier one when there are enough, which is refused."""
        self.begun = min(MOST, self.begun + 1)
        return f"run-{self.begun}"

    @initialize()
    def first(self) -> None:
        self.start(RATES[0], paused=True)

    @rule(rate=rates, paused=st.booleans())
    def start(self, rate: float, paused: bool) -> None:
        config = RunConfig(self.data, BigramConfig(), SGDConfig(rate), batch_size=4, max_steps=END, engine="autograd")
        with suppress(InputError):  # there are enough
            self.manager.start(config, name=self.name(), paused=paused)

    @rule(n=which, command=st.sampled_from(Command))
    def command(self, n: int, command: Command) -> None:
        with suppress(InputError):  # a finished run does not play
            self.manager.command(self.one(n), command)

    @rule(n=which, first=st.sampled_from(Command), second=st.sampled_from(Command))
    def two_people(self, n: int, first: Command, second: Command) -> None:
        id = self.one(n)

        def press(command: Command) -> None:
            with suppress(InputError):
                self.manager.command(id, command)

        people = [threading.Thread(target=press, args=(command,)) for command in (first, second)]
        for person in people:
            person.start()
        for person in people:
            person.join()

    @rule(n=which, rate=rates)
    def change(self, n: int, rate: float) -> None:
        with suppress(InputError):  # there is none
            self.manager.change(self.one(n), {"optimizer.learning_rate": rate})

    @rule(n=which, rate=rates, paused=st.booleans())
    def fork(self, n: int, rate: float, paused: bool) -> None:
        with suppress(InputError):  # nothing is left to train, or nothing was trained
            self.manager.fork(self.one(n), None, {"optimizer.learning_rate": rate}, name=self.name(), paused=paused)

    @rule(n=which, step=st.integers(0, END), rate=rates, paused=st.booleans())
    def rewind(self, n: int, step: int, rate: float, paused: bool) -> None:
        with suppress(InputError):  # it never came so far
            self.manager.rewind(self.one(n), step, {"optimizer.learning_rate": rate}, paused)

    @rule(n=which)
    def train_on(self, n: int) -> None:
        id = self.one(n)
        with suppress(InputError):  # it is not finished
            self.manager.train_on(id, {"max_steps": self.manager.row(id).progress.step + 3})

    @rule(n=which)
    def delete(self, n: int) -> None:
        with suppress(InputError):  # there is none
            id = self.one(n)
            self.manager.delete(id)
            self.deleted.add(id)

    @rule()
    def restore(self) -> None:
        with suppress(InputError):  # there is none
            self.manager.restore(min(self.deleted, default="nobody"))
            self.deleted.discard(min(self.deleted))

    @rule(n=which, name=st.sampled_from(["", "otter", "run-1"]))
    def rename(self, n: int, name: str) -> None:
        with suppress(InputError):  # another one has that name
            self.manager.rename(self.one(n), name)

    @rule()
    def restart(self) -> None:
        self.end()
        self.store.close()
        self.begin()

    @rule()
    def kill(self) -> None:
        """As kill -9 leaves the store: of this very moment, and nobody beats for its runs any more."""
        left = self.folder / "left.sqlite"
        with closing(copy_of(self.store, left)):
            pass
        self.end()
        self.store.close()
        for name in ("runs.sqlite", "runs.sqlite-wal", "runs.sqlite-shm", "runs.sqlite-journal"):
            (self.folder / name).unlink(missing_ok=True)
        left.rename(self.folder / "runs.sqlite")
        self.begin()
        self.store._db.execute("UPDATE runs SET updated = 0")

    @invariant()
    def the_list_is_the_store(self) -> None:
        rows = self.manager.runs()
        assert {row.id for row in rows} == {row.id for row in self.store.runs()}
        assert not {row.id for row in rows} & self.deleted
        assert len({row.title for row in rows}) == len(rows)
        assert {row.progress.state for row in rows} <= {*RunState} - {RunState.FAILED, RunState.DIVERGED}
        assert sum(row.progress.state == RunState.RUNNING for row in rows) <= AT_ONCE + 1  # one may be leaving

    def teardown(self) -> None:
        try:
            self.end()
            for id in self.ids:
                self.is_whole(id)
        finally:
            self.store.close()
            shutil.rmtree(self.folder)

    def is_whole(self, id: str) -> None:
        """Each of its steps was taken once, its checkpoint is of the last, and has the bits of a run left in peace."""
        row, state, losses = self.store.run(id), self.store.checkpoint(id), self.store.losses(id)
        assert losses[:, STEPS].sum() == row.progress.step
        assert losses[:, STEP].tolist() == list(range(row.progress.step))
        if state is None:
            assert row.progress.step == 0
            return
        assert state["step"].item() == row.progress.step
        marks, config = self.store.marks(id), RunConfig.from_dict(row.config)
        reference = Trainer(config, self.manager.dataset(id))
        for mark in marks:
            if mark.step > reference.number:
                reference.advance(mark.step - reference.number)
            reference.config = config_after(reference.config, [mark])
        if row.progress.step > reference.number:
            reference.advance(row.progress.step - reference.number)
        assert all(torch.equal(below("model.", reference.state())[n], t) for n, t in below("model.", state).items())
        assert torch.equal(reference.generator.get_state(), state["generator"])


def copy_of(store: RunStore, path: Path) -> sqlite3.Connection:
    """The store's file as it is now, in another."""
    copy = sqlite3.connect(path)
    with store._lock:
        store._db.backup(copy)
    return copy


def explore(data: DataConfig, disk: Path, orders: int, steps: int) -> None:
    machine = type("Machine", (Runs,), {"data": data, "disk": disk})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=orders,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
            print_blob=True,
        ),
    )


@pytest.mark.parametrize("part", range(PARTS))
def test_whatever_is_done_in_whatever_order_no_run_is_torn(
    part: int, data: DataConfig, quick_disk: Path, amount: Amount
) -> None:
    explore(data, quick_disk, amount(40, 5_000) // PARTS, amount(50, 100))


@pytest.mark.long
@pytest.mark.parametrize("part", range(PARTS))
def test_two_hundred_orders_of_fifty_steps(part: int, data: DataConfig, quick_disk: Path) -> None:
    explore(data, quick_disk, 200 // PARTS, 50)
