"""What can be seen of runs: of those that train in this process as they are now, of others what the store remembers.

Reading changes nothing, so that a process which may not write can do all of it.
"""

from torch import Generator, Tensor

from makemore_core.config import RunConfig
from makemore_core.datasets import Dataset
from makemore_core.errors import InputError
from makemore_core.training.elsewhere import Elsewhere
from makemore_core.training.fork import config_before
from makemore_core.training.marks import config_after
from makemore_core.training.pace import Pace
from makemore_core.training.recorder import Progress, Recorder, RunState, Snapshot
from makemore_core.training.recovery import SLOWER, WayBack, last_healthy
from makemore_core.training.rows import RunRow
from makemore_core.training.run import Run
from makemore_core.training.store import RunStore
from makemore_core.training.trainer import Trainer, below
from makemore_core.training.untrained import TrainedModel

AnyRun = Run | Elsewhere


class RunReader:
    """Runs by id, to look at."""

    def __init__(self, store: RunStore) -> None:
        self.store = store
        self._runs: dict[str, AnyRun] = {}  # those that live here, or have lived
        self._remembered: dict[str, tuple[tuple[Progress, float], Recorder]] = {}

    def row(self, id: str) -> RunRow:
        return self._now(self.store.run(id))

    def runs(self) -> list[RunRow]:
        """All runs, the newest first, with the state of this moment."""
        return [self._now(row) for row in self.store.runs()]

    def trains(self) -> bool:
        """Whether any run of this process lives."""
        return any(run.is_alive for run in self._all())

    def steps_per_second(self) -> float:
        """Of all runs of this process together."""
        seen = [snapshot.progress for run in self._all() if run.is_alive and (snapshot := run.snapshot())]
        return sum(progress.steps_per_second for progress in seen if progress.state == RunState.RUNNING)

    def where(self, id: str) -> str:
        """Where a run trains or has trained last, as far as this process knows."""
        run = self._runs.get(id)
        return run.where if run else ""

    def pace(self, id: str) -> Pace | None:
        """How fast a run trains at most; None if it was not trained in this process."""
        run = self._runs.get(id)
        return run.pace if run else None

    def config(self, id: str) -> RunConfig:
        """The settings that a run has now: those it began with, and what was changed on its way."""
        run = self._here(id)
        return run.config if run else self._config(self.store.run(id))

    def config_at(self, id: str, step: int) -> RunConfig:
        """The settings with which a run went on after a step."""
        row = self.store.run(id)
        return config_before(row, self.shown(row.id).marks, step + 1)

    def dataset(self, id: str) -> Dataset:
        """What a run is trained on; an InputError if the file is another one now."""
        row = self.store.run(id)
        return same_dataset(row, RunConfig.from_dict(row.config))

    def snapshot(self, id: str, since: int = -1) -> Snapshot | None:
        """What a run has shown; None if nothing changed since that cursor. InputError for an unknown run."""
        run = self._here(id)
        if run:
            return run.snapshot(since)
        row = self.store.run(id)
        return self._remember(row).snapshot(since)

    def curves(self, id: str) -> Snapshot:
        """What a run's curves are drawn of: a snapshot without its readings, quick to have of many runs."""
        run = self._here(id)
        living = run.snapshot() if run else None
        if living:
            return living
        row, store = self.store.run(id), self.store
        evaluations, marks = tuple(store.evaluations(row.id)), tuple(store.marks(row.id))
        return Snapshot(row.id, 0, row.progress, store.losses(row.id), evaluations, (), marks)

    def trained_model(self, id: str, step: int | None = None) -> TrainedModel:
        """An independent copy of a run's model: after a step whose weights were kept, or as it is now.

        While it trains, now is after its latest observed step; else as saved.
        """
        row = self.store.run(id)
        weights = self._weights_now(id) if step is None else self._weights_after(id, step)
        config = RunConfig.from_dict(row.config)
        dataset = same_dataset(row, config)
        model = config.model.build(len(dataset.vocabulary), Generator().manual_seed(config.seed))
        if weights:
            model.load(weights)
        model.train(False)
        return TrainedModel(model, dataset)

    def _weights_now(self, id: str) -> dict[str, Tensor]:
        run = self._runs.get(id)
        weights = run.recorder.weights() if run and run.is_alive else None
        return weights or below("model.", self.store.checkpoint(id) or {})

    def _weights_after(self, id: str, step: int) -> dict[str, Tensor]:
        """What the store does not have yet, the run's own recorder has."""
        run = self._runs.get(id)
        snapshot = run.snapshot() if run else None
        fresh = {o.step: o.state for o in snapshot.observations if o.state} if snapshot else {}
        state = fresh.get(step) or self.store.snapshot(id, step)
        if state is None:
            nearest = min({*fresh, *self.store.snapshot_steps(id)}, key=lambda kept: abs(kept - step), default=None)
            way_out = f"the nearest step with weights is {nearest:,}" if nearest is not None else "return to live"
            raise InputError(f"This run is too large to keep its weights at every step, so not at {step:,}; {way_out}.")
        return below("model.", state)

    def trainer(self, id: str) -> Trainer:
        """A run's trainer as its last checkpoint left it, for looking at it from outside."""
        return self._trainer(self.store.run(id))

    def way_back(self, id: str) -> WayBack:
        """Where a run that ran off was well last, and at what rate to go on: that of then, or a tenth."""
        snapshot, marks, row = self.shown(id), self.store.marks(id), self.store.run(id)
        kept = {*self.store.snapshot_steps(id), *(o.step for o in snapshot.observations if o.state)}
        own = {step for step in kept if step >= (row.parent_step or 0)}
        step = last_healthy(own, snapshot.evaluations)
        if step is None and row.parent_step in own:
            step = row.parent_step
        before = [mark for mark in marks if step is not None and mark.step <= step]
        then = config_after(RunConfig.from_dict(row.config), before).optimizer.learning_rate
        now = self.config(id).optimizer.learning_rate
        return WayBack(step, then if then < now else now / SLOWER)

    def shown(self, id: str) -> Snapshot:
        snapshot = self.snapshot(id)
        assert snapshot is not None  # there always is one, if no version is named that one has
        return snapshot

    def _all(self) -> tuple[AnyRun, ...]:
        """Those of this moment: a sweep's thread adds some and lets others go at any time."""
        return tuple(self._runs.values())

    def _here(self, id: str) -> AnyRun | None:
        """The run if it trains here, or did so last: what another process has made of it since is in the store."""
        run = self._runs.get(id)
        return run if run is None or run.is_alive or self._is_ours(self.store.run(id)) else None

    def _is_ours(self, row: RunRow) -> bool:
        return row.process in ("", self.store.process)

    def _now(self, row: RunRow) -> RunRow:
        run = self._runs.get(row.id)
        snapshot = run.snapshot() if run and (run.is_alive or self._is_ours(row)) else None
        return row if snapshot is None else row.now(snapshot.progress, snapshot.evaluations)

    def _remember(self, row: RunRow) -> Recorder:
        """What the store knows of a run that does not live here; read anew once somebody has written."""
        as_of = (row.progress, row.updated)  # a run that was changed or rewound can have the progress that it had
        if row.id not in self._remembered or self._remembered[row.id][0] != as_of:
            self._remembered[row.id] = (as_of, self.store.recorder(row))
        return self._remembered[row.id][1]

    def _config(self, row: RunRow) -> RunConfig:
        return config_after(RunConfig.from_dict(row.config), self.store.marks(row.id))

    def _trainer(self, row: RunRow) -> Trainer:
        config = self._config(row)
        trainer = Trainer(config, same_dataset(row, config))
        state = self.store.checkpoint(row.id)
        if state is not None:
            trainer.load(state)
        return trainer


def same_dataset(row: RunRow, config: RunConfig) -> Dataset:
    """The data set that a run was trained on, or an InputError if the file is another one now."""
    dataset = config.data.load()
    if dataset.sha256 != row.dataset["sha256"]:
        raise InputError(f"The data set {dataset.name!r} has changed since {row.id!r} was trained on it.")
    return dataset
