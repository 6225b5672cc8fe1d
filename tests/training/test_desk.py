"""Acting by a desk: every acting method of runs and sweeps asks who it is, and does nothing where that is refused."""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import pytest

from makemore_core.access import AccessError, Actor, Mode
from makemore_core.config import RunConfig
from makemore_core.errors import InputError
from makemore_core.search.desk import SweepDesk
from makemore_core.search.plan import SweepPlan
from makemore_core.search.sweeps import Sweeps
from makemore_core.training.desk import COMMANDS, Rules, RunDesk
from makemore_core.training.manager import RunManager
from makemore_core.training.pace import Pace
from makemore_core.training.reader import RunReader
from makemore_core.training.run import Command
from tests.conftest import wait_until
from tests.search.plans import plan_of
from tests.test_access import ANA, BEN, CLASS, OWNERS, PEOPLE

RATE = {"optimizer.learning_rate": 0.05}
LOOKING = {"places", "list", "standing", "wait"}
OF_THE_PROCESS = {"let_go", "close"}  # what a sweep and the end of the server do by themselves


@dataclass(frozen=True)
class House:
    """A manager and its sweeps, with a finished run of each owner, and a deleted one."""

    manager: RunManager
    sweeps: Sweeps
    plan: SweepPlan
    config: RunConfig

    def desk(self, actor: Actor, mode: Mode = Mode.CLASSROOM) -> RunDesk:
        return RunDesk(self.manager, Rules(mode), actor)

    def sweep_desk(self, actor: Actor, mode: Mode = Mode.CLASSROOM) -> SweepDesk:
        return SweepDesk(self.sweeps, Rules(mode), actor)

    def finished(self, owner: str) -> str:
        run = self.manager.start(self.config, owner=owner)
        run.join()
        return run.id

    def paused(self, owner: str) -> str:
        return self.manager.start(self.config, paused=True, owner=owner).id

    def deleted(self, owner: str) -> str:
        id = self.finished(owner)
        self.manager.delete(id)
        return id

    def ended_sweep(self, owner: str) -> str:
        id = self.sweeps.begin(self.plan, owner)
        self.sweeps.wait(id)
        return id

    def deleted_sweep(self, owner: str) -> str:
        id = self.ended_sweep(owner)
        self.sweeps.delete(id)
        return id


@pytest.fixture
def house(manager: RunManager, config: RunConfig) -> Iterator[House]:
    short = replace(config, max_steps=3)
    sweeps = Sweeps(manager)
    yield House(manager, sweeps, plan_of(short, trials=1, sampler="random"), short)
    sweeps.close()


Act = Callable[[RunDesk, str], object]
SweepAct = Callable[[SweepDesk, str], object]

# for each method: what it is done to, and how
ON_RUNS: dict[str, tuple[Callable[[House, str], str], Act]] = {
    "resume": (House.finished, lambda desk, id: desk.resume(id)),  # refused: it is finished
    "train_on": (House.finished, lambda desk, id: desk.train_on(id, {"max_steps": 4}, paused=True)),
    "change": (House.paused, lambda desk, id: desk.change(id, RATE)),
    "rewind": (House.finished, lambda desk, id: desk.rewind(id, 1, RATE, paused=True)),
    "set_pace": (House.paused, lambda desk, id: desk.set_pace(id, Pace(7.0))),
    "put_to_rest": (House.paused, lambda desk, id: desk.put_to_rest(id)),
    "delete": (House.finished, lambda desk, id: desk.delete(id)),
    "rename": (House.finished, lambda desk, id: desk.rename(id, "by-another-name")),
    "tag": (House.finished, lambda desk, id: desk.tag(id, ["seen"])),
    "restore": (House.deleted, lambda desk, id: desk.restore(id)),
    **{
        f"command {command}": (House.paused, lambda desk, id, command=command: desk.command(id, command))
        for command in Command
    },
}
ON_SWEEPS: dict[str, tuple[Callable[[House, str], str], SweepAct]] = {
    "stop": (House.ended_sweep, lambda desk, id: desk.stop(id)),
    "resume": (House.ended_sweep, lambda desk, id: desk.resume(id)),  # refused: it is finished
    "delete": (House.ended_sweep, lambda desk, id: desk.delete(id)),
    "restore": (House.deleted_sweep, lambda desk, id: desk.restore(id)),
    "adopt": (House.ended_sweep, lambda desk, id: desk.adopt(id, 0)),
}
BEGIN = {"start", "fork", "bring_in", "begin"}  # tested below


def public(kind: type) -> set[str]:
    return {name for name, _ in inspect.getmembers(kind, callable) if not name.startswith("_")}


def test_the_table_has_every_acting_method() -> None:
    acting = public(RunManager) - public(RunReader) - LOOKING - OF_THE_PROCESS
    assert acting == {name.partition(" ")[0] for name in ON_RUNS} | BEGIN - {"bring_in", "begin"}
    assert acting <= public(RunDesk)
    assert set(COMMANDS) == set(Command)
    sweeping = public(Sweeps) - LOOKING - OF_THE_PROCESS
    assert sweeping == ON_SWEEPS.keys() | {"begin"}
    assert sweeping <= public(SweepDesk)


def everyone() -> list[tuple[Mode, str, str, bool]]:
    """Every mode, person and owner, and whether that person may change what is that owner's."""
    return [
        (mode, who, whose, mode == Mode.LOCAL or whose in CLASS[who])
        for mode, who, whose in product(Mode, PEOPLE, OWNERS)
    ]


@pytest.mark.parametrize("method", ON_RUNS)
def test_a_run_is_changed_by_those_who_may(method: str, house: House) -> None:
    make, act = ON_RUNS[method]
    runs = {whose: make(house, owner) for whose, owner in OWNERS.items()}
    for mode, who, whose, may in everyone():
        id, desk = runs[whose], house.desk(PEOPLE[who], mode)
        if not may:
            before = everything(house)
            assert not does(lambda: act(desk, id))  # noqa: B023
            assert everything(house) == before
    for whose, id in runs.items():
        assert does(lambda: act(house.desk(PEOPLE["teacher"]), id))  # noqa: B023
        house.manager.put_to_rest(id)
        assert does(lambda: act(house.desk(PEOPLE["nobody"], Mode.LOCAL), id))  # noqa: B023
        house.manager.put_to_rest(id)
        if whose in ("ana", "ben"):
            assert does(lambda: act(house.desk(PEOPLE[whose]), id))  # noqa: B023


@pytest.mark.parametrize("method", ON_SWEEPS)
def test_a_sweep_is_changed_by_those_who_may(method: str, house: House) -> None:
    make, act = ON_SWEEPS[method]
    sweep = make(house, ANA.as_owner)
    for mode, who, whose, may in everyone():
        if whose == "ana" and not may:
            before = everything(house)
            assert not does(lambda: act(house.sweep_desk(PEOPLE[who], mode), sweep))  # noqa: B023
            assert everything(house) == before
    for actor, mode in ((ANA, Mode.CLASSROOM), (PEOPLE["teacher"], Mode.CLASSROOM), (Actor(), Mode.LOCAL)):
        assert does(lambda: act(house.sweep_desk(actor, mode), sweep))  # noqa: B023


def test_what_somebody_begins_is_theirs(house: House) -> None:
    run = house.desk(ANA).start(house.config)
    run.join()
    fork = house.desk(BEN).fork(run.id, settings={"max_steps": 5})
    fork.join()
    sweep = house.sweep_desk(BEN).begin(house.plan)
    house.sweeps.wait(sweep)
    whole = house.manager.store.whole(run.id)
    house.desk(BEN).bring_in([replace(whole, row=replace(whole.row, id="brought-in", owner="somebody"))])
    owners = {row.id: row.owner for row in house.manager.runs()}
    assert owners.pop(run.id) == ANA.as_owner
    assert set(owners.values()) == {BEN.as_owner}
    assert house.sweeps.table.entry(sweep).owner == BEN.as_owner
    assert len(owners) == 3


@pytest.mark.parametrize("who", ["nobody", "unnamed"])
def test_who_has_said_no_name_begins_nothing(who: str, house: House) -> None:
    desk, sweep_desk, id = house.desk(PEOPLE[who]), house.sweep_desk(PEOPLE[who]), house.finished("")
    before = everything(house)
    whole = house.manager.store.whole(id)
    for begin in (
        lambda: desk.start(house.config),
        lambda: desk.fork(id),
        lambda: desk.bring_in([whole]),
        lambda: sweep_desk.begin(house.plan),
    ):
        with pytest.raises(AccessError, match="Say your name"):
            begin()
    assert everything(house) == before


def test_of_a_class_each_trains_one_run(house: House, config: RunConfig) -> None:
    first = house.desk(ANA).start(config, paused=True)
    for begin in (lambda: house.desk(ANA).start(config), lambda: house.sweep_desk(ANA).begin(house.plan)):
        with pytest.raises(AccessError, match=f"your run '{first.id}' is paused; stop it first"):
            begin()
    assert house.desk(BEN).start(config, paused=True).is_alive
    house.desk(ANA).command(first.id, Command.PLAY)  # its own
    house.desk(ANA).put_to_rest(first.id)
    second = house.desk(ANA).start(config, paused=True)
    with pytest.raises(AccessError, match=f"your run '{second.id}' is paused"):
        house.desk(ANA).command(first.id, Command.PLAY)
    teacher = house.desk(PEOPLE["teacher"])
    assert teacher.start(config, paused=True).id != teacher.start(config, paused=True).id


def test_a_sweep_is_what_somebody_trains_too(house: House, config: RunConfig) -> None:
    sweep = house.sweep_desk(ANA).begin(replace(house.plan, config=config))
    wait_until(lambda: any(row.sweep and row.progress.is_alive for row in house.manager.runs()))
    with pytest.raises(AccessError, match=f"your sweep '{sweep}' is at work"):
        house.desk(ANA).start(config)
    house.sweep_desk(ANA).stop(sweep)
    house.sweeps.wait(sweep)
    assert house.desk(ANA).start(config, paused=True).is_alive


def test_beside_another_server_all_is_seen_and_nothing_done(house: House) -> None:
    id = house.finished("")
    desk = RunDesk(house.manager, Rules(other_server=lambda: "Another server writes this store."), Actor())
    before = everything(house)
    for act in (lambda: desk.start(house.config), lambda: desk.rename(id, "other"), lambda: desk.delete(id)):
        with pytest.raises(AccessError, match="Another server writes"):
            act()
    assert everything(house) == before


def does(act: Callable[[], object]) -> bool:
    """Whether somebody may do it; that it cannot be done to this run is another matter."""
    try:
        act()
    except AccessError:
        return False
    except InputError:
        return True
    return True


def everything(house: House) -> list[Any]:
    """All that the store says of runs and sweeps, besides signs of life."""
    store = house.manager.store
    rows = [*store.runs(), *store.runs(deleted=True)]
    kept = [(replace(row, updated=0.0), store.marks(row.id)) for row in rows]
    paces = [house.manager.pace(row.id) for row in rows]
    return [kept, paces, [(entry.id, entry.state, entry.plan) for entry in store.sweeps.all()]]
