"""A sweep as it might stand, for the tests of its pictures."""

from collections.abc import Sequence

from makemore_core.config import RunConfig
from makemore_core.search.axes import Axis
from makemore_core.search.plan import SweepPlan
from makemore_core.search.standing import Standing, Trial

RATE, WIDTH = "optimizer.learning_rate", "model.n_hidden"
NAMES = {RATE: "Learning rate", WIDTH: "Hidden neurons"}
PLAN = SweepPlan(
    RunConfig(max_steps=1000), axes=(Axis(RATE, 0.01, 1.0, log=True), Axis(WIDTH, 20.0, 420.0, whole=True)), trials=40
)
OWN = {RATE: 0.1, WIDTH: 200}  # those of the config above


def trial(number: int, val: float | None, state: str = "finished", **more: object) -> Trial:
    """A trial with settings of its own and a straight curve from ln 27 to its val."""
    values = {RATE: 0.01 + 0.001 * number, WIDTH: 20 + number}
    curve = tuple((step, 3.3 + (val - 3.3) * step / 1000) for step in range(0, 1001, 100)) if val is not None else ()
    return Trial(number, **({"values": values, "state": state, "val": val, "step": 1000, "curve": curve} | more))  # type: ignore[arg-type]


def standing(trials: Sequence[Trial]) -> Standing:
    """The sweep of these trials; the lowest val of the finished ones leads."""
    done = [t for t in trials if t.state == "finished" and t.val is not None and t.val == t.val]
    best = min(done, key=lambda t: t.val or 0.0).number if done else None
    return Standing("a", PLAN, "running", trials=tuple(trials), best=best)
