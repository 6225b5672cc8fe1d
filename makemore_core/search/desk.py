"""Where one person acts on sweeps: all that Sweeps can do, each time after authorize() was asked."""

from makemore_core.access import Action, Actor
from makemore_core.search.plan import SweepPlan
from makemore_core.search.sweeps import Sweeps
from makemore_core.training.desk import Desk, Rules


class SweepDesk(Desk):
    """Sweeps' acting methods for one person. A sweep that they begin is theirs, with its runs."""

    def __init__(self, sweeps: Sweeps, rules: Rules, actor: Actor) -> None:
        super().__init__(sweeps.manager, rules, actor)
        self._sweeps = sweeps

    def begin(self, plan: SweepPlan) -> str:
        """Sweeps.begin() with an owner."""
        with self.may(Action.BEGIN_SWEEP):
            return self._sweeps.begin(plan, self._actor.as_owner)

    def stop(self, id: str) -> None:
        """Sweeps.stop(), for those who may."""
        with self.may(Action.STOP_SWEEP, self._owner(id)):
            self._sweeps.stop(id)

    def resume(self, id: str) -> None:
        """Sweeps.resume(), for those who may."""
        with self.may(Action.RESUME_SWEEP, self._owner(id), besides=id):
            self._sweeps.resume(id)

    def delete(self, id: str) -> None:
        """Sweeps.delete(), for those who may."""
        with self.may(Action.DELETE_SWEEP, self._owner(id)):
            self._sweeps.delete(id)

    def restore(self, id: str) -> None:
        """Sweeps.restore(), for those who may."""
        with self.may(Action.RESTORE_SWEEP, self._owner(id)):
            self._sweeps.restore(id)

    def adopt(self, id: str, trial: int) -> str:
        """Sweeps.adopt(), for those who may."""
        with self.may(Action.ADOPT, self._owner(id)):
            return self._sweeps.adopt(id, trial)

    def _owner(self, id: str) -> str:
        return self._sweeps.table.entry(id).owner
