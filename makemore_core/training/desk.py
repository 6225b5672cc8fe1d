"""Where one person acts on runs: all that RunManager can do, each time after authorize() was asked."""

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import wraps
from threading import Lock
from typing import Concatenate, ParamSpec, TypeVar

from makemore_core.access import AccessError, Action, Actor, Mode, authorize
from makemore_core.config import RunConfig
from makemore_core.knobs import Value
from makemore_core.training.manager import RunManager
from makemore_core.training.pace import TURBO, Pace
from makemore_core.training.reader import AnyRun
from makemore_core.training.rows import RunRow
from makemore_core.training.run import Command
from makemore_core.training.whole import WholeRun

P = ParamSpec("P")
T = TypeVar("T")

COMMANDS = {
    Command.PLAY: Action.PLAY,
    Command.STEP: Action.STEP,
    Command.PAUSE: Action.PAUSE,
    Command.STOP: Action.STOP,
}
TRAINS = (  # after which one more run may live
    *(Action.START, Action.FORK, Action.PLAY, Action.STEP, Action.TRAIN_ON, Action.REWIND),
    *(Action.BEGIN_SWEEP, Action.RESUME_SWEEP),
)


def _nobody() -> str:
    return ""


@dataclass(frozen=True)
class Rules:
    """What holds for everybody before a server: its mode, and who else writes the store, in a sentence or empty."""

    mode: Mode = Mode.LOCAL
    other_server: Callable[[], str] = _nobody
    turns: dict[str, Lock] = field(default_factory=dict[str, Lock])  # by person: of two starts at once one comes first


class Desk:
    """One person's rights with the runs of a manager."""

    def __init__(self, manager: RunManager, rules: Rules, actor: Actor) -> None:
        self._manager, self._rules, self._actor = manager, rules, actor

    def is_allowed(self, action: Action, owner: str = "") -> bool:
        """Whether a button for it would do anything."""
        try:
            self._authorize(action, owner)
        except AccessError:
            return False
        return True

    def _authorize(self, action: Action, owner: str) -> None:
        authorize(self._rules.mode, self._actor, action, owner, self._rules.other_server())

    @contextmanager
    def may(self, action: Action, owner: str = "", besides: str = "") -> Generator[None]:
        """Refuse, or let it be done; of a class each trains one run, or one sweep, `besides` the one it is about."""
        self._authorize(action, owner)
        if action not in TRAINS or self._rules.mode == Mode.LOCAL or self._actor.is_teacher:
            yield
            return
        with self._rules.turns.setdefault(self._actor.key, Lock()):
            self._check_one_each(besides)
            yield

    def _check_one_each(self, besides: str) -> None:
        for row in self._manager.runs():
            is_another = not besides or besides not in (row.id, row.sweep)
            if row.progress.is_alive and self._actor.owns(row.owner) and is_another:
                raise AccessError(
                    f"Of a class each trains one at a time, and {_which(row)}; stop it first, or go on with it."
                )


def _which(row: RunRow) -> str:
    state = row.progress.state
    return f"your sweep {row.sweep!r} is at work" if row.sweep else f"your run {row.title!r} is {state}"


def _asked(
    action: Action, act: Callable[Concatenate[RunManager, str, P], T]
) -> Callable[Concatenate["RunDesk", str, P], T]:
    """A method of RunManager about one run, for those who may."""

    @wraps(act)
    def asked(desk: "RunDesk", id: str, *args: P.args, **named: P.kwargs) -> T:
        return desk.act_on(id, action, lambda manager, id: act(manager, id, *args, **named))

    return asked


class RunDesk(Desk):
    """RunManager's acting methods for one person. What they begin is theirs."""

    resume = _asked(Action.PLAY, RunManager.resume)
    train_on = _asked(Action.TRAIN_ON, RunManager.train_on)
    change = _asked(Action.CHANGE, RunManager.change)
    rewind = _asked(Action.REWIND, RunManager.rewind)
    set_pace = _asked(Action.SET_PACE, RunManager.set_pace)
    put_to_rest = _asked(Action.STOP, RunManager.put_to_rest)
    delete = _asked(Action.DELETE, RunManager.delete)
    rename = _asked(Action.RENAME, RunManager.rename)
    tag = _asked(Action.TAG, RunManager.tag)

    def start(
        self, config: RunConfig, *, preset: str = "", paused: bool = False, pace: Pace = TURBO, where: str = ""
    ) -> AnyRun:
        """RunManager.start() with an owner."""
        owner = self._actor.as_owner
        with self.may(Action.START):
            return self._manager.start(config, preset=preset, paused=paused, pace=pace, where=where, owner=owner)

    def fork(
        self, id: str, step: int | None = None, settings: Mapping[str, Value] | None = None, *, paused: bool = False
    ) -> AnyRun:
        """RunManager.fork() with an owner: who forks somebody's run has one of their own."""
        with self.may(Action.FORK):
            return self._manager.fork(id, step, settings, paused=paused, owner=self._actor.as_owner)

    def command(self, id: str, command: Command) -> None:
        """RunManager.command(), each by its own right."""
        self.act_on(id, COMMANDS[command], lambda manager, id: manager.command(id, command))

    def restore(self, id: str) -> None:
        """RunManager.restore(), which knows a deleted run by its id or its name."""
        deleted = self._manager.store.runs(deleted=True)
        owner = next((row.owner for row in deleted if id in (row.id, row.name)), self._actor.as_owner)
        with self.may(Action.RESTORE, owner):
            self._manager.restore(id)

    def bring_in(self, runs: Sequence[WholeRun]) -> None:
        """Add whole runs to the store, as this person's."""
        with self.may(Action.BRING_IN):
            mine = [replace(whole, row=replace(whole.row, owner=self._actor.as_owner)) for whole in runs]
            self._manager.store.add_all(mine)

    def act_on(self, id: str, action: Action, act: Callable[[RunManager, str], T]) -> T:
        """Do something about a run, by its id or its name."""
        row = self._manager.store.run(id)
        with self.may(action, row.owner, besides=row.id):
            return act(self._manager, row.id)
