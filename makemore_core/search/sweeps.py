"""All sweeps by id: those at work in this process, and those that the store remembers."""

import random
from threading import Lock

from makemore_core.closing import close_at_end, is_closed
from makemore_core.errors import InputError
from makemore_core.search.plan import SweepPlan
from makemore_core.search.proposals import planned
from makemore_core.search.standing import DONE, Standing, SweepRow, SweepState, TrialState, next_version
from makemore_core.search.sweep import Sweep
from makemore_core.search.trials import PRUNED, all_trials, best_of, kept_document, kept_trials, unbegun_trials
from makemore_core.training.manager import RunManager
from makemore_core.training.names import speaking_name
from makemore_core.training.sweep_table import SweepEntry

BUSY = (SweepState.RUNNING, SweepState.STOPPING)
SUFFIX = "-sweep"
PROGRAM = "python -m makemore_core"


class Sweeps:
    """Begins, resumes, lists and ends sweeps. One for each process, beside its RunManager."""

    def __init__(self, manager: RunManager) -> None:
        self.manager, self.table = manager, manager.store.sweeps
        self._sweeps: dict[str, Sweep] = {}  # that were at work in this process
        self._plans: dict[str, SweepPlan] = {}
        self._remembered: dict[str, tuple[object, Standing]] = {}  # by what the store knew then
        self._lock = Lock()
        close_at_end(self.close)  # before the manager's own, which would stop the runs one by one

    def begin(self, plan: SweepPlan, owner: str = "") -> str:
        """A new sweep, already at work; its id. InputError for what cannot be trained, or not at that place."""
        self._check_place(plan)
        plan.config.data.load()
        if not planned(plan):
            raise InputError("No combination of these settings can be trained; choose other ranges.")
        with self._lock:
            taken = {id.removesuffix(SUFFIX) for id in self.table.taken()}
            id = speaking_name(random.SystemRandom(), taken) + SUFFIX
            self.table.add(id, plan.to_dict() | {"owner": owner}, SweepState.RUNNING)
            self._set_to_work(Sweep(id, plan, self.manager))
        return id

    def _check_place(self, plan: SweepPlan) -> None:
        for place in self.manager.places():
            if place.name == plan.where:
                if place.is_usable:
                    return
                raise InputError(place.why_not)
        raise InputError(f"There is no place {plan.where!r} to train at; leave `where` empty to train here.")

    def _set_to_work(self, sweep: Sweep) -> None:
        self._sweeps[sweep.id] = sweep
        sweep.start()

    def standing(self, id: str) -> Standing:
        """How a sweep stands now; InputError for one that there is not."""
        sweep = self._sweeps.get(id)
        if sweep and sweep.is_alive:
            return sweep.standing
        stamp = self.table.stamp(id)
        if id not in self._remembered or self._remembered[id][0] != stamp:
            self._remembered[id] = (stamp, self._from_store(self._entry(id)))
        return self._remembered[id][1]

    def _from_store(self, entry: SweepEntry) -> Standing:
        plan, rows = SweepPlan.from_dict(entry.plan), self.table.runs(entry.id)
        fixed = (*unbegun_trials(entry.unbegun), *kept_trials(entry.kept))
        trials = all_trials(plan, rows, self.table.curves([row.id for row in rows]), fixed)
        about = (trials, best_of(trials), entry.seconds, None, next_version(), entry.importances)
        return Standing(entry.id, plan, entry.state, entry.message, *about)

    def _entry(self, id: str) -> SweepEntry:
        entry = self.table.entry(id)
        if entry.state == SweepState.DELETED:
            raise InputError(f"The sweep {id!r} was deleted; `{PROGRAM} sweeps restore {id}` undoes that.")
        return entry

    def stop(self, id: str) -> None:
        """Begin no further trial, and stop those that run, in whichever process; all that is done stays."""
        sweep = self._sweeps.get(id)
        if sweep and sweep.is_alive:
            sweep.stop()
        elif self._entry(id).state in BUSY:
            self.table.ask_to_stop(id)

    def resume(self, id: str) -> None:
        """Go on with a sweep that was stopped or interrupted: its runs too, from their checkpoints."""
        with self._lock:
            entry = self._entry(id)
            sweep = self._sweeps.get(id)
            if (sweep and sweep.is_alive) or entry.state in BUSY:
                raise InputError(f"The sweep {id!r} is {entry.state}; only a stopped or interrupted one resumes.")
            if entry.state == SweepState.FINISHED:
                raise InputError(f"The sweep {id!r} is finished; begin another one.")
            plan = SweepPlan.from_dict(entry.plan)
            self._check_place(plan)
            self._check_data(id, plan)
            if not self.table.take_up(id):
                raise InputError(f"The sweep {id!r} was just taken up by another process.")
            self._set_to_work(Sweep(id, plan, self.manager, entry.seconds))

    def _check_data(self, id: str, plan: SweepPlan) -> None:
        """Losses on other data say nothing about those so far."""
        dataset = plan.config.data.load()
        if any(row.dataset["sha256"] != dataset.sha256 for row in self.table.runs(id)):
            raise InputError(f"The data set {dataset.name!r} has changed since the sweep {id!r} began; begin another.")

    def list(self) -> list[SweepRow]:
        """All sweeps, the newest first."""
        return [self._row(entry) for entry in self.table.all()]

    def _row(self, entry: SweepEntry) -> SweepRow:
        sweep = self._sweeps.get(entry.id)
        now = sweep.standing if sweep and sweep.is_alive else entry
        about = (str(now.state), now.message, now.seconds, entry.created)
        if entry.id not in self._plans:  # it never changes, and is asked for at every refresh of a page
            self._plans[entry.id] = SweepPlan.from_dict(entry.plan)
        return SweepRow(entry.id, self._plans[entry.id], *about)

    def wait(self, id: str, seconds: float | None = None) -> Standing:
        """How it stands at its end, or after so many seconds."""
        sweep = self._sweeps.get(id)
        if sweep:
            sweep.join(seconds)
        return self.standing(id)

    def delete(self, id: str) -> None:
        """Stop a sweep if need be, and list it and its runs no longer; restore() undoes it for some days."""
        sweep = self._sweeps.get(id)
        if sweep:
            sweep.stop()
            sweep.join()
        if self._entry(id).state in BUSY:
            raise InputError(f"The sweep {id!r} is still at work; stop it first.")
        self._sweeps.pop(id, None)
        self.table.put_away(id)

    def restore(self, id: str) -> None:
        """Undo delete(), with the runs that went with it; InputError where there is nothing to undo."""
        entry = self.table.entry(id)
        if entry.state != SweepState.DELETED:
            raise InputError(f"The sweep {id!r} was not deleted.")
        self.table.bring_back(id, SweepState.STOPPED)
        standing = self._from_store(self.table.entry(id))
        if sum(trial.state in DONE for trial in standing.trials) >= planned(standing.plan):
            self.table.write(id, SweepState.FINISHED, "", entry.seconds)

    def adopt(self, id: str, trial: int) -> str:
        """Make the run of a trial, that of its first seed, an ordinary run with the sweep's name as its tag; its id."""
        found = next((t for t in self.standing(id).trials if t.number == trial), None)
        if found is None or not found.runs:
            raise InputError(f"The sweep {id!r} has no run of a trial {trial}.")
        if found.state in (TrialState.RUNNING, TrialState.WAITING):
            raise InputError(f"Trial {trial} is {found.state}; adopt it when it has ended.")
        row = self.manager.row(found.runs[0])
        tags = tuple(sorted({*row.tags, id} - {PRUNED}))
        self.table.adopt(id, row.id, trial, tags, kept_document(found) if found.state in DONE else None)
        return row.id

    def close(self) -> None:
        """Stop all sweeps; called when the process ends. They can be gone on with."""
        is_closed(self.close)
        living = [sweep for sweep in self._sweeps.values() if sweep.is_alive]
        for sweep in living:
            sweep.stop(SweepState.INTERRUPTED)
        for sweep in living:
            sweep.join()
