"""What has been chosen for the next sweep: knobs with their ranges, and the budget. It survives a page change."""

from collections.abc import Sequence
from typing import Any

from makemore_core.config import RunConfig
from makemore_core.errors import InputError
from makemore_core.knobs import Knob, Value, knobs_of
from makemore_core.search.axes import Axis, proposed, searchable
from makemore_core.search.plan import SweepPlan
from pages.ui import session
from pages.ui.places import first_place

FIRST_KNOBS = (  # those that most often matter; of a net that has no gain, the factor on its hidden weights
    "optimizer.learning_rate",
    "model.n_hidden",
    "model.n_embd",
    "model.gain",
    "model.hidden_scale",
)
STEPS = 2_000  # of a trial: enough to tell good settings from bad ones
KNOBS, AXES, BUDGET = "sweep_knobs", "sweep_axes", "sweep_budget"


def turnable(config: RunConfig) -> tuple[str, ...]:
    """The paths of all knobs that may be searched: none that a teacher's link has locked."""
    return tuple(path for path in searchable(config) if not session.limits().locks(path))


def knobs_to_turn(config: RunConfig) -> list[str]:
    """The paths that were chosen, of those that this config has; else the ones that most often matter."""
    known = turnable(config)
    chosen = [path for path in session.kept(KNOBS, ()) if path in known]
    return chosen or [path for path in FIRST_KNOBS if path in known] or list(known[:1])


def choose_knobs(paths: Sequence[str]) -> None:
    """Search along other knobs; an empty list brings back the first ones."""
    session.select(KNOBS, tuple(paths))


def axis_of(path: str, config: RunConfig) -> Axis:
    """The range that was chosen for a knob, if it is one of this config's; else the proposed one."""
    text = session.kept(AXES, {}).get(path)
    try:
        return Axis.parse(path, text, config) if text else proposed(path, config)
    except InputError:
        return proposed(path, config)


def choose_axis(axis: Axis) -> None:
    """Search a knob in another range."""
    session.select(AXES, session.kept(AXES, {}) | {axis.path: axis.text})


def steps(config: RunConfig) -> int:
    """How long a trial trains."""
    return session.kept("sweep_steps", min(STEPS, config.max_steps))


def budget(name: str) -> Value:
    """One of the plan's own knobs: trials, seconds, seeds, sampler and so on. Trials train in processes, if nobody
    says otherwise: torch in threads of one process is no quicker for being many."""
    otherwise = first_place() if name == "where" else plan_knob(name).default
    return session.kept(BUDGET, {}).get(name, otherwise)


def choose_budget(name: str, value: Value) -> None:
    """Turn one of the plan's own knobs."""
    session.select(BUDGET, session.kept(BUDGET, {}) | {name: value})


def plan_knob(name: str) -> Knob:
    """What is known about one of the plan's own knobs."""
    return next(knob for knob in knobs_of(SweepPlan) if knob.name == name)


def plan() -> SweepPlan:
    """The plan of the next sweep, or an InputError that says what cannot be."""
    draft = session.draft()
    paths = knobs_to_turn(draft.config)
    if not paths:
        session.refuse_locked(*searchable(draft.config))
    axes = tuple(axis_of(path, draft.config) for path in paths)
    own: dict[str, Any] = {knob.name: budget(knob.name) for knob in knobs_of(SweepPlan)}
    config = draft.config.with_values({"max_steps": steps(draft.config)})
    return SweepPlan(config, "" if session.differs_from_preset() else draft.preset, axes, **own)
