"""A sweep at work: one thread that starts its trials' runs, watches them, and gives up the hopeless.

It trains nothing itself: every trial is an ordinary run of the manager, so the store has all that a sweep needs to go
on after a kill.
"""

import logging
import time
from collections.abc import Iterable
from threading import Event, Thread

from makemore_core.config import RunConfig
from makemore_core.errors import InputError
from makemore_core.knobs import Value
from makemore_core.search.board import Board
from makemore_core.search.importances import load_optuna
from makemore_core.search.plan import SweepPlan
from makemore_core.search.proposals import planned, propose
from makemore_core.search.pruning import is_hopeless, rungs, val_at
from makemore_core.search.standing import Standing, SweepState, Trial, TrialState, next_version
from makemore_core.search.trials import best_of, kept_trials, unbegun_document, unbegun_trials
from makemore_core.training.manager import RESUMABLE, RunManager
from makemore_core.training.run import Command

log = logging.getLogger(__name__)

TICK = 0.05  # seconds between two looks at the runs
HEARTBEAT = 1.0  # seconds between two signs of life in the store
JOIN_WITHIN = 20.0  # seconds that close() waits for the runs' last checkpoints
HOPELESS = 3  # trials in a row that cannot begin: then the sweep fails


class Sweep:
    """The thread of one sweep. `standing` is what it has last told."""

    def __init__(self, id: str, plan: SweepPlan, manager: RunManager, seconds: float = 0.0) -> None:
        self.id, self.plan, self.manager, self.table = id, plan, manager, manager.store.sweeps
        self._before, self._begun = seconds, time.monotonic()
        rows, entry = self.table.runs(id), self.table.entry(id)
        self._owner = entry.owner
        fixed = (*unbegun_trials(entry.unbegun), *kept_trials(entry.kept))
        self._board = Board(plan, rows, self.table.curves([row.id for row in rows]), fixed)
        self._units_before = self._board.units()
        self._cursors: dict[str, int] = {}  # of the runs that train for us
        self._cancelled: set[str] = set()  # told to stop, because their trial is over
        self._judged: set[tuple[str, int]] = set()  # run and rung
        self._failures = 0  # trials in a row that could not begin
        self._beat_at = 0.0
        self._stop, self._ends_as = Event(), SweepState.STOPPED
        about = (self._board.trials(), best_of(self._board.trials()), seconds, None, next_version())
        self.standing = Standing(id, plan, SweepState.RUNNING, "", *about)
        self._thread = Thread(target=self._live, name=f"sweep {id}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    @property
    def is_alive(self) -> bool:
        return self._thread.is_alive()

    def stop(self, ends_as: SweepState = SweepState.STOPPED) -> None:
        """Begin nothing more, and stop the runs with a checkpoint; answers at once."""
        self._ends_as = ends_as
        self._stop.set()

    def join(self, timeout: float | None = JOIN_WITHIN) -> None:
        """Wait for its end: all runs have stopped, and the store knows."""
        if self._thread.is_alive():
            self._thread.join(timeout)

    def _live(self) -> None:
        try:
            self._work()
        except Exception as error:
            log.exception("sweep %s failed", self.id)
            self._stop_runs(self._cursors)
            self._board.end()
            self._tell(SweepState.FAILED, str(error) if isinstance(error, InputError) else f"{error!r}")

    def _work(self) -> None:
        self._fill()
        # takes seconds, in which the first trials can train; no daemon: inside an import it would abort the process
        Thread(target=load_optuna, daemon=False).start()
        while True:
            if self._stop.is_set():
                self._stop_runs(self._cursors)
            self._look()
            self._judge()
            more = not self._stop.is_set() and self._fill()
            if not more and not self._cursors:
                break
            self._tell(SweepState.STOPPING if self._stop.is_set() else SweepState.RUNNING)
            time.sleep(TICK)
        self._board.end()
        self._tell(self._ends_as if self._stop.is_set() else SweepState.FINISHED)

    def _look(self) -> None:
        """Where the runs stand that train for us; those that have ended need no memory here any more."""
        for id in tuple(self._cursors):
            try:
                snapshot = self.manager.snapshot(id, self._cursors[id])
            except InputError:  # somebody has deleted it
                del self._cursors[id]
                self._board.drop(id)
                continue
            if snapshot is None:
                continue
            self._cursors[id] = snapshot.cursor
            trial = self._board.take(id, snapshot.progress, snapshot.evaluations)
            if not snapshot.progress.is_alive:
                del self._cursors[id]
                self.manager.let_go(id)
            if trial.state == TrialState.FAILED:
                self._stop_runs(trial.runs)  # its other seeds

    def _stop_runs(self, ids: Iterable[str]) -> None:
        for id in tuple(ids):
            if id in self._cursors and id not in self._cancelled:
                self._cancelled.add(id)
                self.manager.command(id, Command.STOP)

    def _judge(self) -> None:
        """Give up the trials that do badly at a rung, once all their runs at work have come there."""
        trials = self._board.trials()
        for trial in trials:
            working = [id for id in trial.runs if id in self._cursors]
            if trial.state != TrialState.RUNNING or not working:
                continue
            for step in rungs(self.plan.config.max_steps):
                if all((id, step) in self._judged for id in working) or not self._board.have_reached(working, step):
                    continue
                self._judged |= {(id, step) for id in working}
                if self._is_hopeless(trial, step, trials):
                    self._give_up(trial)
                    break

    def _is_hopeless(self, trial: Trial, step: int, trials: Iterable[Trial]) -> bool:
        others = [other for other in trials if other is not trial]
        ended = [other.curve for other in others if other.state == TrialState.FINISHED]
        val = val_at(trial.curve, step)
        return val is not None and is_hopeless(self.plan.pruner, step, val, ended, [other.curve for other in others])

    def _give_up(self, trial: Trial) -> None:
        """The tags come first: who reads the store after a kill knows that nobody goes on with these runs."""
        for id, tags in self._board.give_up(trial).items():
            self.manager.tag(id, tags)
        self._stop_runs(trial.runs)

    def _fill(self) -> bool:
        """Start runs while there is room; False once nothing is left to start."""
        while len(self._cursors) < self._slots:
            if not (self._resume_run() or self._begin_seed() or self._begin_trial()):
                return bool(self._board.pending)
        return True

    @property
    def _slots(self) -> int:
        place = next((place for place in self.manager.places() if place.name == self.plan.where), None)
        return self.plan.at_once or max(1, place.slots if place else 0)

    def _resume_run(self) -> bool:
        """Go on with a run that was stopped or interrupted; begin it anew where its checkpoint is damaged."""
        for id in self._board.pending:
            try:
                row = self.manager.row(id)
            except InputError:  # somebody has deleted it
                self._board.drop(id)
                continue
            if row.progress.is_alive:
                continue  # a process that was killed seems to live for some seconds
            self._board.put(row, self.table.curves([id])[id])
            if row.progress.state not in RESUMABLE:
                continue
            assert row.trial is not None
            try:
                self._cursors[self.manager.resume(id, where=self.plan.where).id] = -1
            except InputError:
                self.manager.store.put_away(id)
                self._board.drop(id)
                config = RunConfig.from_dict(row.config)
                values = {axis.path: config.settings()[axis.path] for axis in self.plan.axes}
                self._start(row.trial, config, values)
            return True
        return False

    def _begin_seed(self) -> bool:
        """The next seed of a trial that has begun."""
        for trial in self._board.trials():
            if trial.state in (TrialState.RUNNING, TrialState.WAITING) and len(trial.runs) < self.plan.seeds:
                taken = self._board.seeds(trial)
                configs = (self.plan.with_values(trial.values, seed) for seed in range(self.plan.seeds))
                config = next(config for config in configs if config.seed not in taken)
                return self._start(trial.number, config, trial.values)
        return False

    def _begin_trial(self) -> bool:
        trials = self._board.trials()
        number = trials[-1].number + 1 if trials else 0
        is_over = self.plan.seconds and self._seconds >= self.plan.seconds
        if is_over or len(trials) >= planned(self.plan):
            return False
        values = propose(self.plan, trials, number)
        return values is not None and self._start(number, self.plan.with_values(values), values)

    def _start(self, number: int, config: RunConfig, values: dict[str, Value]) -> bool:
        """A run of a trial. A trial that cannot begin is a result too, unless none can."""
        try:
            run = self.manager.start(config, sweep=self.id, trial=number, where=self.plan.where, owner=self._owner)
        except Exception as error:
            self._failures += 1
            if self._failures >= HOPELESS or self._board.is_empty:
                raise
            log.warning("trial %d of sweep %s cannot begin: %s", number, self.id, error)
            self._board.could_not_begin(number, values, str(error))
            self.table.note(self.id, "unbegun", [unbegun_document(trial) for trial in self._board.unbegun])
            return True
        self._failures = 0
        self._board.put(self.manager.row(run.id), ())
        self._cursors[run.id] = -1
        return True

    @property
    def _seconds(self) -> float:
        """At work, before it was interrupted too."""
        return self._before + time.monotonic() - self._begun

    @property
    def _seconds_left(self) -> float | None:
        """What the rest will take if it goes on as it did; None before a trial's worth is done."""
        units = self._board.units()
        done = units - self._units_before
        if done < 1:
            return None
        rest = (time.monotonic() - self._begun) * (planned(self.plan) - units) / done
        return max(0.0, min(rest, self.plan.seconds - self._seconds) if self.plan.seconds else rest)

    def _tell(self, state: SweepState, message: str = "") -> None:
        """The store hears of another state before anyone sees it, and now and then that the sweep lives."""
        matters, is_new = self._board.importances(is_last=state not in (SweepState.RUNNING, SweepState.STOPPING))
        if is_new:
            self.table.note(self.id, "importances", matters)
        if state != self.standing.state:
            self.table.write(self.id, state, message, self._seconds)
        elif time.monotonic() - self._beat_at > HEARTBEAT:
            self._beat_at = time.monotonic()
            if self.table.beat(self.id, self._seconds) == SweepState.STOPPING:  # another process asked for it
                self._stop.set()
        before, trials = self.standing, self._board.trials()
        is_same = (before.state, before.message, before.trials) == (state, message, trials) and not is_new
        version = before.version if is_same else next_version()
        left = self._seconds_left if state == SweepState.RUNNING else None
        about = (trials, best_of(trials), self._seconds, left, version, matters)
        self.standing = Standing(self.id, self.plan, state, message, *about)
