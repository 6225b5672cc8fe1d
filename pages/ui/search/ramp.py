"""Which net climbs which ramp of learning rates, and the climb itself, in the background."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import streamlit as st
from torch import Tensor

from makemore_core.config import RunConfig
from makemore_core.errors import InputError
from makemore_core.knobs import Value, knobs_of
from makemore_core.search.finder import LECTURE, FinderConfig, Finding, find, usual_ramp
from makemore_core.sharing import on_data_here
from makemore_core.tasks import Report, Task
from makemore_core.training.untrained import untrained_model
from pages.ui import session
from pages.ui.background import begin, leave
from pages.ui.forms import round_numbers
from pages.ui.literal import literal
from pages.ui.manager import run_manager
from pages.ui.tasks import tasks
from pages.ui.widgets import one_of_few, selectbox

FRESH, PRESENT, LECTURES = "a fresh net", "the run's net", "lecture 2's net"
AT_ONCE = 100_000  # parameters; a smaller net climbs before anybody asks
LABELS = {"low": "From", "high": "To", "steps": "Steps", "passes": "Passes"}
# what the tab keeps: whose net, the ramp as it was turned, what was asked for, where the line was left
NET, TURNED, ASKED, LINE = "finder_net", "finder_ramp", "finder_asked", "finder_rate"


@dataclass(frozen=True)
class Asked:
    """Which net climbs which ramp: a fresh one, or a run's after a step, or as it was last saved."""

    net: str
    who: str  # in words
    config: RunConfig
    ramp: FinderConfig
    run: str = ""
    step: int | None = None

    @property
    def key(self) -> tuple[object, ...]:
        """All that the curve depends on."""
        return "finder", self.config.data.load().sha256, self

    def is_like(self, config: RunConfig) -> bool:
        """Whether a net of other settings would climb just so: whatever their own rate is."""
        return self.ramp.ramped(self.config) == self.ramp.ramped(config)


def task_of(asked: Asked | None) -> Task | None:
    """The climb, if it was begun and is not forgotten."""
    return tasks().find(asked.key) if asked else None


def finding_of(asked: Asked | None) -> Finding | None:
    """The curve as far as it came."""
    task = task_of(asked)
    return (task.result or task.report.so_far) if task else None


def asked_for() -> Asked | None:
    """What this tab asked for last."""
    return session.kept(ASKED, None)


def _nets() -> list[str]:
    return [FRESH, *([PRESENT] if session.current_run() else []), LECTURES]


def choose_net() -> RunConfig:
    """Whose net climbs: its settings."""
    names, net = {net: literal(_who(net)) for net in _nets()}, session.selected(NET, _nets())
    look = {"format_func": lambda net: names.get(net, net), "label_visibility": "collapsed"}
    one_of_few("finder_who", "Which net climbs", list(names), net, partial(session.select, NET), **look)
    return _config_of(net)


def _who(net: str) -> str:
    """A run by its name."""
    run = session.current_run()
    return f"{run_manager().row(run).title}'s net" if net == PRESENT and run else net


def _config_of(net: str) -> RunConfig:
    """A fresh net has the settings of the next run."""
    if net == LECTURES:
        return on_data_here(LECTURE)
    return session.config() if net == PRESENT else session.draft().config


def controls(config: RunConfig) -> None:
    """The ramp, and the button that begins it. A small net does not wait for it."""
    with st.container(key="finder_controls", horizontal=True, vertical_alignment="bottom", gap="small"):
        ramp = _ramp(config)
        for k in knobs_of(ramp):
            now: Value = getattr(ramp, k.name)
            look = {"format_func": _short, "width": 118, "help": k.help}
            selectbox(f"finder_{k.name}", LABELS[k.name], round_numbers(k, now), now, partial(_turn, k.name), **look)
        st.button("Climb the ramp", key="finder_climb", icon=":material/trending_up:", on_click=climb)
    if asked_for() is None and len(untrained_model(config).model.joined.data) <= AT_ONCE:
        climb()


def _short(value: Value) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:.4g}"


def _ramp(config: RunConfig) -> FinderConfig:
    """The usual ramp of the optimizer with what was turned of it, as long as that goes upwards."""
    usual = usual_ramp(config.optimizer)
    try:
        return replace(usual, **session.kept(TURNED, {}))
    except InputError:
        return usual


def _turn(name: str, value: Value) -> None:
    turned = session.kept(TURNED, {}) | {name: value}
    usual = usual_ramp(_config_of(session.selected(NET, _nets())).optimizer)
    session.attempt(lambda: (replace(usual, **turned), session.select(TURNED, turned)))
    session.ask_for_rerun()


def chosen() -> Asked:
    """What is chosen by now."""
    net = session.selected(NET, _nets())
    config = _config_of(net)
    run, step = (session.current_run() or "", session.step()) if net == PRESENT else ("", None)
    who = _who(net) + (f" after step {step:,}" if step is not None else "")
    return Asked(net, who, config, _ramp(config), run, step)


def climb() -> None:
    """Begin with that. Nobody waits for the curve before; a run's net has moved on since."""
    asked = chosen()
    if (before := asked_for()) and before != asked:
        leave(before.key)
    session.select(ASKED, asked)
    session.select(LINE, None)
    tasks().forget(asked.key)
    begin(asked.key, work(asked))


def work(asked: Asked) -> Callable[[Report], Finding]:
    """The climb, for the background."""

    def find_rate(report: Report) -> Finding:
        state = _state(asked.run, asked.step) if asked.run else None
        return find(asked.config, asked.config.data.load(), asked.ramp, report, state)

    return find_rate


def _state(run: str, step: int | None) -> dict[str, Tensor]:
    """All of a run's state after a step, or as it was last saved; the run itself is not touched."""
    store = run_manager().store
    state = store.checkpoint(run) if step is None else store.snapshot(run, step)
    if state is None or "step" not in state:
        when = "yet" if step is None else f"of step {step:,}"
        raise InputError(f"The run {run!r} has kept no net to go on from {when}; try again later, or return to live.")
    return state
