"""What is done with runs: begin, go on, go back, branch off, change, end, delete."""

import os
import time
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import replace
from threading import RLock

from makemore_core.closing import close_at_end, is_closed
from makemore_core.config import RunConfig
from makemore_core.datasets import Dataset
from makemore_core.errors import InputError, choose_one_of
from makemore_core.knobs import Value
from makemore_core.training.elsewhere import Elsewhere
from makemore_core.training.estimate import check_fits
from makemore_core.training.fork import Point, branched, check_goes_on, point_of, walked
from makemore_core.training.jobs import Place, Workers
from makemore_core.training.marks import Mark, changed, check_trainable, config_after, in_words
from makemore_core.training.names import clean_tags, new_name
from makemore_core.training.pace import TURBO, Pace
from makemore_core.training.reader import AnyRun, RunReader
from makemore_core.training.recorder import Progress, Recorder, RunState, Snapshot, batch_loss
from makemore_core.training.rows import RunRow, described
from makemore_core.training.run import Command, Run
from makemore_core.training.store import RunStore
from makemore_core.training.trainer import Trainer
from makemore_core.training.waiting import Queue

CLOSES_WITHIN = 4.0  # seconds; who ends a server waits for five
ELSEWHERE = "ray"  # the place that need not be on this machine
RESUMABLE = (RunState.STOPPED, RunState.INTERRUPTED, RunState.FAILED)


class RunManager(RunReader):
    """Starts, resumes, changes and ends runs. One for each process: a dashboard shares it among all its tabs.

    Runs train in threads of this process, `slots` at the same time and the others in their turn, or at the places of
    `workers`, by their names.
    """

    def __init__(self, store: RunStore, workers: Mapping[str, Workers] | None = None, slots: int | None = None) -> None:
        super().__init__(store)
        self.workers = dict(workers or {})
        self._queue = Queue(slots or os.cpu_count() or 1)
        self._locks: dict[str, RLock] = {}
        close_at_end(self.close)  # a daemon thread inside torch would abort the process

    def places(self) -> list[Place]:
        """Where runs can train: here first, then with the workers."""
        here = Place("", "a thread of this process", self._queue.places)
        return [here, *(workers.place for workers in self.workers.values())]

    def start(
        self,
        config: RunConfig,
        *,
        preset: str = "",
        name: str = "",
        paused: bool = False,
        loss_at: tuple[int, ...] = (),
        pace: Pace = TURBO,
        sweep: str = "",
        trial: int | None = None,
        where: str = "",
        owner: str = "",
    ) -> AnyRun:
        """A new run, already training unless `paused`, no faster than `pace`; it may be a sweep's trial.

        `where` is one of places(): a thread of this process, or a worker, for which it may have to wait.
        Raises InputError for what cannot be trained, and for a place that cannot be used.
        """
        self._check_place(where)
        id = new_name(name, self.store.taken())
        dataset = config.data.load()
        self._check_fits(config, dataset, where)
        trainer = Trainer(config, dataset)
        progress = Progress().within(config)
        row = described(id, preset, config, dataset, trainer.parameters.values(), progress)
        self.store.add(replace(row, sweep=sweep, trial=trial, owner=owner, process=self.store.process))
        run = self._placed(where, id, trainer, Recorder(id, progress), progress, pace, loss_at)
        if sweep:  # which has many runs, and little time for each
            run.look_seldom()
        return self._begin(run, paused)

    def _check_place(self, where: str) -> None:
        places = {place.name: place for place in self.places()}
        if where not in places:
            raise choose_one_of("place to train at", where, [name for name in places if name])
        if not places[where].is_usable:
            raise InputError(places[where].why_not)

    def _check_fits(self, config: RunConfig, dataset: Dataset, where: str) -> None:
        """A cluster's machines have memory of their own."""
        check_trainable(config)
        if where != ELSEWHERE:
            check_fits(config, dataset)

    def _placed(
        self,
        where: str,
        id: str,
        trainer: Trainer,
        recorder: Recorder,
        progress: Progress,
        pace: Pace,
        exact: tuple[int, ...] = (),
    ) -> AnyRun:
        """A run that has not begun, with a thread of its own or for a worker, which makes a trainer like this one."""
        if not where:
            return Run(id, trainer, recorder, self.store, progress, exact, pace, self._queue)
        config, dataset, workers = trainer.config, trainer.dataset, self.workers[where]
        return Elsewhere(id, config, dataset, recorder, self.store, workers, progress, exact, pace)

    def resume(self, id: str, paused: bool = False, where: str | None = None) -> AnyRun:
        """Go on exactly where the last checkpoint was taken, at the pace and the place it had in this process."""
        with self._alone(id):
            return self._resume(self.store.run(id), paused, where)

    def _resume(self, row: RunRow, paused: bool, where: str | None) -> AnyRun:
        state = self._now(row).progress.state
        if state == RunState.FINISHED:
            raise InputError(f"The run {row.title!r} is finished; it trains on with more steps, or fork it.")
        if state not in RESUMABLE:
            raise InputError(f"The run {row.title!r} is {state}; only an interrupted or stopped run resumes.")
        where = self.where(row.id) if where is None else where
        self._check_place(where)
        run = self._awoken(row, self.pace(row.id) or TURBO, where)
        if row.progress.step:
            run.recorder.marked(Mark(row.progress.step, "resumed"))
        return self._begin(run, paused)

    def train_on(self, id: str, settings: Mapping[str, Value], paused: bool = False) -> AnyRun:
        """Let a finished run go on from its last step with more steps, seconds or patience, or others of CHANGEABLE.

        Bit for bit the run that had that limit from the start; a schedule that ends before stays at its end. The net
        goes on that took the last step, not the best one that patience went back to.
        """
        with self._alone(id):
            return self._train_on(self.row(id), settings, paused)

    def _train_on(self, row: RunRow, settings: Mapping[str, Value], paused: bool) -> AnyRun:
        if row.progress.state != RunState.FINISHED:
            raise InputError(f"The run {row.title!r} is {row.progress.state}; only a finished run trains on.")
        _check_no_trial(row)
        step, new = row.progress.step - 1, changed(self._config(row), settings)
        point = self._point(row, self.shown(row.id), step)
        check_goes_on(new, point.number, point.best_step, row.progress.seconds)
        return self._go_back(row, step, settings, "trained on", paused)

    def fork(
        self,
        id: str,
        step: int | None = None,
        settings: Mapping[str, Value] | None = None,
        *,
        name: str = "",
        paused: bool = False,
        where: str | None = None,
        owner: str = "",
    ) -> AnyRun:
        """A new run that goes on where this one stood after a step: at its end, or at its latest kept step if it lives.

        With the same settings it is the same run, bit for bit; any other may be chosen that keeps the parameters'
        shapes. A step that was not kept is walked to from the one before. Raises InputError for what cannot be.
        """
        row = self.store.run(id)
        where = self.where(row.id) if where is None else where
        self._check_place(where)
        snapshot = self.shown(row.id)
        parent = replace(row, progress=snapshot.progress)
        new = new_name(name, self.store.taken())
        point = self._point(parent, snapshot, step)
        known, dataset = self.store.snapshot_steps(parent.id), self.dataset(parent.id)
        branch = branched(new, parent, snapshot, dataset, point, settings or {}, known)
        self.store.branch(replace(branch.row, owner=owner), branch.changes, branch.state)
        return self._begin(self._awoken(branch.row, self.pace(parent.id) or TURBO, where), paused)

    def _awoken(self, row: RunRow, pace: Pace, where: str) -> AnyRun:
        """A run as it stands in the store, that has not begun."""
        self._check_fits(self._config(row), self.dataset(row.id), where)
        with self.store.claimed(row.id) as row:
            trainer, recorder = self._trainer(row), self._remember(row)
            self._remembered.pop(row.id, None)
            run = self._placed(where, row.id, trainer, recorder, row.progress, pace)
        if row.sweep:
            run.look_seldom()
        return run

    def command(self, id: str, command: Command) -> None:
        """Pass a command on. A run that sleeps in the store wakes up for play and step."""
        with self._alone(id):
            alive, run = self.row(id).progress.is_alive, self._runs.get(id)
            if alive and run:
                run.send(command)
            elif command in (Command.PLAY, Command.STEP):
                resumed = self.resume(id, paused=command == Command.STEP)
                if command == Command.STEP:
                    resumed.send(command)

    def change(self, id: str, settings: Mapping[str, Value]) -> None:
        """Other settings of CHANGEABLE from the run's coming step on; InputError for what cannot be."""
        with self._alone(id):
            _check_no_trial(self.store.run(id))
            run = self._runs.get(id)
            if run and run.is_alive:
                run.change(settings)
            else:
                self._change_asleep(self.row(id), settings)

    def _change_asleep(self, row: RunRow, settings: Mapping[str, Value]) -> None:
        if row.progress.is_alive:
            raise InputError(f"The run {row.id!r} is training in another process; change it there.")
        config = self._config(row)
        new = changed(config, settings)
        progress = row.progress.within(new)
        self._runs.pop(row.id, None)
        self.store.mark(row.id, Mark(row.progress.step, in_words(config, settings), dict(settings)), progress)

    def rewind(self, id: str, step: int, settings: Mapping[str, Value], paused: bool = False) -> AnyRun:
        """Go back to a step whose snapshot was kept, and train on from there with other settings of CHANGEABLE.

        What came after that step is forgotten; a mark says from where and why. InputError where that cannot be done.
        """
        with self._alone(id):
            return self._rewind(id, step, settings, paused)

    def _rewind(self, id: str, step: int, settings: Mapping[str, Value], paused: bool) -> AnyRun:
        _check_no_trial(self.store.run(id))
        self.put_to_rest(id)
        row = self.row(id)
        if row.progress.is_alive:
            raise InputError(f"The run {row.title!r} is training in another process; stop it there first.")
        if row.parent_step is not None and step < row.parent_step:
            raise InputError(
                f"The run {row.title!r} is a fork that began after step {row.parent_step:,}; fork it at step {step:,}."
            )
        return self._go_back(row, step, settings, f"rewound from step {row.progress.step:,}", paused)

    def _go_back(self, row: RunRow, step: int, settings: Mapping[str, Value], why: str, paused: bool) -> AnyRun:
        observation = next((o for o in self.shown(row.id).observations if o.step == step), None)
        state = self.store.snapshot(row.id, step)
        if observation is None or state is None or "step" not in state:
            raise InputError(f"The run {row.id!r} kept no snapshot of step {step:,} to go back to; begin a new run.")
        now, marks = self._config(row), self.store.marks(row.id)
        then = config_after(RunConfig.from_dict(row.config), [mark for mark in marks if mark.step <= step])
        new = changed(now, settings)
        progress = replace(row.progress.within(new), state=RunState.STOPPED, message="", step=step + 1)
        mark = Mark(step + 1, f"{why}, {in_words(now, settings)}", new.differences(then))
        self.store.rewind(row.id, step, batch_loss(observation), progress, mark)
        pace, where = self.pace(row.id) or TURBO, self.where(row.id)
        self._runs.pop(row.id, None)
        return self._begin(self._awoken(self.store.run(row.id), pace, where), paused)

    def _point(self, row: RunRow, snapshot: Snapshot, step: int | None) -> Point:
        """Where a run stood after a step; without one, at its end, or where it was kept last."""
        fresh = {o.step: o.state for o in snapshot.observations if o.state}
        last = max(row.progress.step - 1, *(o.step for o in snapshot.observations[-1:]), -1)
        kept = {kept for kept in (*fresh, *self.store.snapshot_steps(row.id)) if kept <= last}
        if step is None and row.progress.is_alive and kept:
            step = max(kept)
        if step is None and last not in kept and (state := self.store.checkpoint(row.id)):
            return point_of(row, snapshot, state)
        step = last if step is None else step
        start = max((other for other in kept if other <= step), default=None)
        if not 0 <= step <= last or start is None:
            raise InputError(f"The run {row.title!r} has taken {last + 1:,} steps; fork it after one of them.")
        point = point_of(row, snapshot, fresh.get(start) or self.store.snapshot(row.id, start) or {})
        return point if start == step else walked(row, snapshot, self.dataset(row.id), point, step)

    def put_to_rest(self, id: str) -> None:
        """Stop a run that lives here, and wait until it has."""
        run = self._runs.get(id)
        if run and run.is_alive:
            run.send(Command.STOP)
            run.join()

    def set_pace(self, id: str, pace: Pace) -> None:
        """Let a run that trains here take its steps no faster than that."""
        run = self._runs.get(id)
        if run:
            run.pace = pace

    def delete(self, id: str) -> None:
        """Stop a run if need be, and list it no longer; restore() undoes it for some days."""
        with self._alone(id):
            row = self.row(id)
            self.put_to_rest(id)
            if self.row(id).progress.is_alive:
                raise InputError(f"The run {row.title!r} is training in another process; stop it there first.")
            self._runs.pop(id, None)
            self._remembered.pop(id, None)
            self.store.put_away(id)

    def restore(self, id: str) -> None:
        """Undo delete(); InputError where there is nothing to undo."""
        self.store.bring_back(id)

    def rename(self, id: str, name: str) -> None:
        """Call a run by another name, by its id again with none; InputError for what is no name, or taken."""
        row = self.store.run(id)
        if name and name not in (row.id, row.name):
            new_name(name, self.store.taken())
        self.store.describe(row.id, "" if name == row.id else name, row.tags)

    def tag(self, id: str, tags: Iterable[str]) -> None:
        """Give a run these tags in place of those it has: each once, in the order of the alphabet."""
        row = self.store.run(id)
        self.store.describe(row.id, row.name, clean_tags(tags))

    def let_go(self, id: str) -> None:
        """Leave a run that has ended to the store alone: a trainer takes memory, and a sweep has a thousand."""
        run = self._runs.get(id)
        if run:
            run.join()
        if run and not run.is_alive:
            self._runs.pop(id, None)

    def close(self) -> None:
        """Stop all runs, each with a checkpoint; called when the process ends."""
        living = [run for run in self._all() if run.is_alive]
        for run in living:
            run.send(Command.STOP)
        end = time.monotonic() + CLOSES_WITHIN
        for run in living:
            run.join(max(0.0, end - time.monotonic()))
        is_closed(self.close)

    @contextmanager
    def _alone(self, id: str) -> Generator[None]:
        """Nobody else begins or ends this run meanwhile: of two who press Play one wakes it, and both see it train."""
        with self._locks.setdefault(self.store.run(id).id, RLock()):
            yield

    def _begin(self, run: AnyRun, paused: bool) -> AnyRun:
        self._runs[run.id] = run
        run.start(paused)
        return run


def _check_no_trial(row: RunRow) -> None:
    """A trial's run is a measurement: with more steps or other settings it would be that of another trial."""
    if row.sweep:
        raise InputError(f"The run {row.title!r} is a trial of {row.sweep!r} and stays as it is; adopt it or fork it.")
