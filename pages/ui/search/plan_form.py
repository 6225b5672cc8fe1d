"""Planning a sweep: which knobs in which ranges, how many trials, where; what will happen, and a picture of it."""

from dataclasses import replace
from functools import partial
from typing import Any

import orjson
import streamlit as st

from makemore_core.charts.sweep_axes import parallel
from makemore_core.charts.sweep_plan import plan_figure, preview
from makemore_core.config import RunConfig
from makemore_core.errors import InputError
from makemore_core.knobs import Value
from makemore_core.search.axes import Axis, searched
from makemore_core.search.plan import PRUNERS, SAMPLERS, SweepPlan
from pages.ui import session
from pages.ui.forms import WIDE, round_numbers, shown_as
from pages.ui.literal import literal
from pages.ui.live_chart import live_chart
from pages.ui.places import is_usable, place_choice
from pages.ui.search import plan_choices
from pages.ui.search.choice import show_sweep
from pages.ui.search.names import knob_name, names_of, own_name
from pages.ui.search.parallel import parallel_chart
from pages.ui.search.plan_words import what_will_happen
from pages.ui.widgets import multiselect, number_field, one_of_few, select_slider, slider

PICTURE, SPREAD = 300, 320  # pixels
SAMPLER_NAMES = {"tpe": "Learning (TPE)", "random": "Random", "grid": "Grid"}
PRUNER_NAMES = {"median": "Worse than half", "halving": "Halving", "none": "Never"}
FEW_DECADES = 1e-5  # of its upper end: where a log range may begin whose knob begins at 0
LABELS = {
    "trials": "Trials",
    "seconds": "Seconds (0 = no end)",
    "seeds": "Seeds each",
    "at_once": "At once (0 = all cores)",
}


def draw() -> None:
    """The form beside its picture, and the button."""
    config = session.draft().config
    st.markdown(
        "A sweep trains the net many times with other settings, and gives up early what does not keep up. "
        "It finds good settings, and tells **which knob mattered**."
    )
    form, picture = st.columns([3, 2], gap="large")
    with form:
        _knobs(config)
        _manner()
        _budget(config)
    try:
        plan = plan_choices.plan()
    except InputError as error:
        st.info(literal(str(error)), icon=":material/info:")
        return
    with picture:
        live_chart(
            plan_figure(plan, names_of(plan), own_name(plan)),
            key="sweep_plan_picture",
            height=SPREAD,
        )
    _start(plan)
    _preview(plan)


def _knobs(config: RunConfig) -> None:
    """Which knobs, and a range for each; its help stands at its name."""
    chosen = plan_choices.knobs_to_turn(config)
    multiselect(
        "sweep_knobs_to_turn", "Knobs to turn", plan_choices.turnable(config), chosen, plan_choices.choose_knobs,
        format_func=knob_name, help="A few at a time: each more knob asks for more trials.",
    )  # fmt: skip
    columns = st.columns(2)
    for i, path in enumerate(chosen):
        with columns[i % 2]:
            _range(plan_choices.axis_of(path, config), config)


def _range(axis: Axis, config: RunConfig) -> None:
    """A slider with two ends on the knob's own scale, or the options to try."""
    knob = searched(axis.path, config)
    look: dict[str, Any] = {"help": knob.help}
    name, label = f"sweep_axis_{axis.path}", knob_name(axis.path)
    if axis.options:
        options = knob.options or (False, True)
        act = partial(_choose_options, axis)
        multiselect(name, label, options, axis.options, act, format_func=_option, **look)
        return
    low, high = axis.ends
    ends = (int(low), int(high)) if axis.whole else (low, high)
    act = partial(_choose_range, axis)
    if axis.log:
        least = float(knob.low or 0) or float(knob.high or 1) * FEW_DECADES
        ladder = {*round_numbers(replace(knob, low=least), ends[0]), *ends}
        steps = sorted(n for n in ladder if float(n) > 0)
        select_slider(name, f"{label}, log", steps, ends, act, format_func=_number, **look)  # type: ignore[arg-type]
        return
    least, most = (knob.low or 0, knob.high if knob.high is not None else 2 * high)
    most = min(most, max(WIDE, 4 * high))
    kind = int if axis.whole else float
    step = 1 if axis.whole else (most - least) / 200
    slider(name, label, kind(least), kind(most), ends, act, step=step, **look)  # type: ignore[arg-type]


def _option(value: Value) -> str:
    return {True: "on", False: "off"}[value] if isinstance(value, bool) else str(value)


def _number(value: Value) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:.3g}"


def _choose_options(axis: Axis, options: list[Value]) -> None:
    session.attempt(lambda: plan_choices.choose_axis(replace(axis, options=tuple(options))))


def _choose_range(axis: Axis, ends: tuple[float, float]) -> None:
    low, high = ends
    session.attempt(lambda: plan_choices.choose_axis(replace(axis, low=float(low), high=float(high))))


def _manner() -> None:
    """How settings are proposed, and when a trial is given up."""
    left, right = st.columns(2)
    with left:
        _way("sampler", "Next settings", SAMPLER_NAMES, SAMPLERS)
    with right:
        _way("pruner", "Give up a trial", PRUNER_NAMES, PRUNERS)


def _way(name: str, label: str, titles: dict[str, str], about: dict[str, str]) -> None:
    now = str(plan_choices.budget(name))
    choose = partial(plan_choices.choose_budget, name)
    one_of_few(f"sweep_{name}", label, list(titles), now, choose, format_func=lambda name: titles.get(name, name))
    with st.container(key=f"sweep_{name}_about"):
        st.caption(about[now])


def _budget(config: RunConfig) -> None:
    """How long a trial trains, how many of them, and where."""
    left, right = st.columns(2)
    knob = config.knob_at("max_steps")
    now = plan_choices.steps(config)
    with left:
        show = shown_as("max_steps", knob, now)
        choose = partial(session.select, "sweep_steps")
        show("sweep_steps", "Steps of a trial", value=now, act=choose, help="Enough to tell good settings from bad.")
    with right:
        _own("trials", shown_as("trials", plan_choices.plan_knob("trials"), plan_choices.budget("trials")))
    columns = st.columns([2, 2, 2, 3], vertical_alignment="bottom")
    for column, name in zip(columns, ("seeds", "at_once", "seconds"), strict=False):
        knob = plan_choices.plan_knob(name)
        low, high = knob.type(knob.low), knob.type(knob.high)
        step, form = (1, "%d") if knob.type is int else (10.0, "%g")
        with column:
            _own(name, partial(number_field, low=low, high=high, step=step, format=form))
    with columns[3]:
        place_choice("sweep_where", str(plan_choices.budget("where")), partial(plan_choices.choose_budget, "where"))


def _own(name: str, show: Any) -> None:
    """One of the plan's own knobs."""
    choose = partial(plan_choices.choose_budget, name)
    help = plan_choices.plan_knob(name).help
    show(f"sweep_{name}", LABELS[name], value=plan_choices.budget(name), act=choose, help=help)


def _start(plan: SweepPlan) -> None:
    """The one thing that matters here, and what it will do."""
    with st.container(key="sweep_start", horizontal=True, vertical_alignment="center"):
        st.button(
            "Start",
            key="start_sweep",
            icon=":material/play_arrow:",
            type="primary",
            on_click=_begin,
            disabled=not is_usable(plan.where),
        )
        st.markdown(what_will_happen(plan))


def _begin() -> None:
    """With what the fields say by now: a number may be typed and the button pressed before the page was drawn anew."""
    for name in LABELS:
        plan_choices.choose_budget(name, session.turned_to(f"sweep_{name}", plan_choices.budget(name)))
    session.attempt(lambda: show_sweep(session.sweeps_desk().begin(plan_choices.plan())))
    session.ask_for_rerun()


def _preview(plan: SweepPlan) -> None:
    """The axes that the lines of the trials will pass."""
    names = names_of(plan)
    figure = parallel(preview(plan), names) | {"hint": "Each line is a setting; it takes the colour of its val."}
    key, of = "sweep_preview", f"plan {sorted(names)}"
    parallel_chart(orjson.dumps(figure).decode(), of, None, _nothing, key=key, height=PICTURE)


def _nothing(_: object) -> None:
    """A setting that was only drawn has no run to show."""
