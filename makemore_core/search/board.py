"""The trials of a sweep at work, as its thread keeps them: what has not moved is not worked out anew."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from makemore_core.knobs import Value
from makemore_core.search.importances import importances
from makemore_core.search.plan import SweepPlan
from makemore_core.search.standing import DONE, Trial, TrialState
from makemore_core.search.trials import PRUNED, Curve, trial_of
from makemore_core.training.recorder import Evaluation, Progress, RunState
from makemore_core.training.rows import RunRow

SELDOM = 1.1  # importances are found anew once there are so many times as many trials


class Board:
    """`pending` are the runs that came to no end and are to be gone on with. Written and read by one thread.

    `fixed` are the trials of which no run tells any more: that could not begin, or whose run was adopted.
    """

    def __init__(
        self, plan: SweepPlan, rows: Sequence[RunRow], curves: Mapping[str, Curve], fixed: Sequence[Trial] = ()
    ) -> None:
        self.plan, self.is_at_work = plan, True
        self._rows: dict[str, RunRow] = {}
        self._curves: dict[str, Curve] = {}
        self._runs: dict[int, tuple[str, ...]] = {}  # of each trial
        self._trials: dict[int, Trial] = {}
        self._matters: dict[str, float] = {}
        self._weighed = 0  # trials of which the importances speak
        self.pending: tuple[str, ...] = ()
        self._fixed = {trial.number: trial for trial in fixed}
        rows = [row for row in rows if row.trial not in self._fixed]
        for row in rows:
            self.put(row, curves[row.id])
        over = {id for trial in self.trials() if trial.state in DONE for id in trial.runs}
        self.pending = tuple(row.id for row in rows if row.id not in over and row.progress.state != RunState.FINISHED)
        self._trials.clear()  # from now on, what is pending waits

    @property
    def is_empty(self) -> bool:
        return not self._rows

    def put(self, row: RunRow, curve: Curve) -> None:
        """A run as the store knows it, which nobody has to resume any more."""
        assert row.trial is not None
        self._rows[row.id], self._curves[row.id] = row, curve
        runs = self._runs.get(row.trial, ())
        self._runs[row.trial] = runs if row.id in runs else (*runs, row.id)
        self.pending = tuple(id for id in self.pending if id != row.id)
        self._trials.pop(row.trial, None)

    def take(self, id: str, progress: Progress, evaluations: Sequence[Evaluation]) -> Trial:
        """What a run shows now; its trial as it stands then."""
        row = self._rows[id].now(progress, evaluations)
        self.put(row, tuple((evaluation.step, evaluation.val) for evaluation in evaluations))
        assert row.trial is not None
        return self._trial(row.trial)

    def drop(self, id: str) -> None:
        """Forget a run that was deleted, or that another one is to replace; with the last of them, the trial."""
        row = self._rows.pop(id)
        assert row.trial is not None
        self._trials.pop(row.trial, None)
        if others := tuple(other for other in self._runs.pop(row.trial) if other != id):
            self._runs[row.trial] = others
        self.pending = tuple(other for other in self.pending if other != id)

    def could_not_begin(self, number: int, values: dict[str, Value], why: str) -> None:
        """A trial without a run is a result too."""
        self._fixed[number] = Trial(number, values, TrialState.FAILED, message=why)

    def give_up(self, trial: Trial) -> dict[str, tuple[str, ...]]:
        """Prune a trial: the tags that its runs have from now on."""
        for id in trial.runs:
            self._rows[id] = replace(self._rows[id], tags=(*self._rows[id].tags, PRUNED))
        self._trials.pop(trial.number, None)
        return {id: self._rows[id].tags for id in trial.runs}

    def have_reached(self, runs: Collection[str], step: int) -> bool:
        """Whether all these runs were evaluated after a step."""
        return all(any(at == step for at, _ in self._curves[id]) for id in runs)

    def seeds(self, trial: Trial) -> set[int]:
        """Those that a trial's runs began with."""
        return {self._rows[id].config["seed"] for id in trial.runs}

    def end(self) -> None:
        """Nobody is at work any more: what waited is stopped."""
        self.is_at_work = False
        self._trials.clear()

    @property
    def unbegun(self) -> list[Trial]:
        """The trials that could not begin."""
        return [trial for trial in self._fixed.values() if not trial.runs]

    def trials(self) -> tuple[Trial, ...]:
        """All trials by number."""
        return tuple(self._trial(number) for number in sorted({*self._runs, *self._fixed}))

    def _trial(self, number: int) -> Trial:
        if number in self._fixed:
            return self._fixed[number]
        if number not in self._trials:
            rows = [self._rows[id] for id in self._runs[number]]
            self._trials[number] = self._at_work(trial_of(self.plan, number, rows, self._curves))
        return self._trials[number]

    def _at_work(self, trial: Trial) -> Trial:
        """A trial that is to be gone on with, or has another seed to come, waits while the sweep is at work."""
        if trial.state not in (TrialState.STOPPED, TrialState.RUNNING) or not self.is_at_work:
            return trial
        at_end = [self._rows[id].progress.state == RunState.FINISHED for id in trial.runs]
        waits = any(id in self.pending for id in trial.runs) or all(at_end)
        return replace(trial, state=TrialState.WAITING) if waits else trial

    def units(self) -> float:
        """How much is done, counted in trials."""
        steps = self.plan.config.max_steps * self.plan.seeds
        done = sum(trial.state in DONE for trial in self.trials())
        at_work = [trial for trial in self.trials() if trial.state not in DONE]
        return done + sum(self._rows[id].progress.step for trial in at_work for id in trial.runs) / steps

    def importances(self, is_last: bool) -> tuple[dict[str, float], bool]:
        """How much each knob matters, and whether that was found anew just now."""
        ended = [trial for trial in self.trials() if trial.state in DONE]
        is_due = len(ended) > self._weighed * SELDOM or (is_last and len(ended) > self._weighed)
        if is_due:
            self._weighed, self._matters = len(ended), importances(self.plan, ended)
        return self._matters, is_due
