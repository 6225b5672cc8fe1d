"""Knobs to widgets. Range, scale, options and help come from the one line in which the knob is written."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from makemore_core.catalogue import SHIPPED, names_here
from makemore_core.config import CHOICES, RunConfig
from makemore_core.devices import available
from makemore_core.engines import note_on
from makemore_core.knobs import Config, Knob, Value, knobs_of
from makemore_core.presets import PRESETS
from makemore_core.sampling import SamplingConfig
from pages.ui import session
from pages.ui.explained import explained_knob
from pages.ui.labels import PARTS, label_of
from pages.ui.limits import MORE, PRESET, SET_BY_TEACHER
from pages.ui.page import stands_in
from pages.ui.places import place_choice
from pages.ui.widgets import number_field, select_slider, selectbox, slider, text_field, toggle

FEATURED = ("optimizer.learning_rate", "batch_size", "max_steps")  # and the first knob of the model
LAB = "lab."  # whose widgets show the Init lab's settings
ROUND_NUMBERS = (1.0, 1.5, 2.0, 3.0, 5.0, 7.0)
LARGEST_IN_A_BROWSER = 2**53 - 1
WHERE = "Processes and clusters leave this page's interpreter alone, and do torch's runs side by side."
WIDE = 1000  # a range of whole numbers wider than this gets a number field instead of a slider


def settings_form() -> None:
    """Preset, model, four knobs; everything else under More. A teacher's link hides some of it, or locks it."""
    draft = session.draft()
    if not session.limits().hides(PRESET):
        titles = {name: f"{name} · broken on purpose" for name, preset in PRESETS.items() if preset.sickness}
        _choice("preset", "Preset", list(PRESETS), draft.preset, session.choose_preset, titles, **_as_allowed(PRESET))
        st.caption(PRESETS[draft.preset].about)
    if stands_in(draft.preset):
        st.caption(f"{SHIPPED} stands in for its own data set, which is not on this machine.")
    choice_widget("model", draft.config)
    featured = (_first_knob(draft.config), *FEATURED)
    for path in featured:
        knob_widget(path, draft.config)
    if not session.limits().hides(MORE):
        _more(draft, featured)


def _more(draft: session.Draft, featured: tuple[str, ...]) -> None:
    with st.expander("More", icon=":material/tune:"):
        for part, title in PARTS.items():
            st.markdown(f"**{title}**")
            if part in CHOICES and part != "model":
                choice_widget(part, draft.config)
            _knobs_below(part, draft.config, featured)
        st.markdown("**Run**")
        for name in ("seed", "clip", "max_seconds", "patience", "engine", "device", "threads", "precision"):
            knob_widget(name, draft.config)
        if note := note_on(draft.config.engine):
            st.caption(note)
        place_choice("where", session.where(), session.choose_place, **_as_allowed("where", WHERE))


def _first_knob(config: RunConfig) -> str:
    """The knob that a model's config names first: its size, as a rule."""
    return f"model.{knobs_of(config.model)[0].name}"


def sampling_form(other: str) -> SamplingConfig:
    """Temperature, top-k, top-p, the seed, and new dice, on a button that says what they draw."""
    now = session.draft().config.sampling
    for name in ("temperature", "top_k", "top_p", "seed"):
        knob_widget(f"sampling.{name}", session.draft().config)
    fixed = session.limits().locks("sampling.seed")
    st.button(other, key="dice", icon=":material/casino:", on_click=_roll, help="Draw with other dice", disabled=fixed)
    return replace(now, draw="cumulative")


def _roll() -> None:
    session.change("sampling.seed", session.draft().config.sampling.seed + 1)


def _knobs_below(part: str, config: RunConfig, featured: tuple[str, ...]) -> None:
    for k in knobs_of(getattr(config, part)):
        path = f"{part}.{k.name}"
        if path not in featured:
            knob_widget(path, config)


def choice_widget(
    part: str,
    config: RunConfig,
    turn: Callable[[str, Value], None] = session.change,
    of: str = "",
    label: str = "",
) -> None:
    """Which model, optimizer or schedule; whose settings these are, and what turns them, is as in knob_widget()."""
    now: str = getattr(config, part).name
    titles = {name: str(getattr(choice, "title", name)) for name, choice in CHOICES[part].items()}
    label = label or (part.capitalize() if part == "model" else "Kind")
    if of != LAB and session.limits().hides(part):
        return
    look = {} if of == LAB else _as_allowed(part)  # the lab's settings are its own
    _choice(f"{of}{part}", label, list(titles), now, partial(turn, part), titles, **look)


def _choice(
    name: str,
    label: str,
    options: list[str],
    now: str,
    act: Callable[[str], None],
    titles: Mapping[str, str] | None = None,
    **look: Any,
) -> None:
    def title(option: str) -> str:
        return (titles or {}).get(option, str(option))

    selectbox(name, label, options, now, act, format_func=title, **look)


def _as_allowed(path: str, help: str | None = None) -> dict[str, Any]:
    """How a widget looks whose setting a teacher's link may have locked."""
    locked = session.limits().locks(path)
    return {"disabled": locked, "help": f"{SET_BY_TEACHER} {help or ''}".rstrip() if locked else help}


def knob_widget(
    path: str, config: RunConfig, turn: Callable[[str, Value], None] = session.change, of: str = ""
) -> None:
    """The widget of one knob, showing the value of a config and turning that: the draft, or what else `of` names."""
    if of != LAB and session.limits().hides(path):
        return
    k = config.knob_at(path)
    part, _, name = path.rpartition(".")
    owner: Config = getattr(config, part) if part else config
    value: Value = getattr(owner, name)
    show = partial(shown_as(path, k, value), f"{of}{type(owner).__name__}.{name}")
    help = explained_knob(path, k.help)
    look = {"help": help} if of == LAB else _as_allowed(path, help)  # the lab's settings are its own
    show(label_of(path), value=value, act=partial(turn, path), **look)


def shown_as(path: str, k: Knob, value: Value) -> Callable[..., None]:
    """The kind of widget for a knob, with all that it knows but name, label, value and what to do."""
    if path == "data.dataset":
        here = names_here()
        return partial(selectbox, options=here if value in here else [*here, value])
    if path == "device":
        return partial(selectbox, options=sorted({*available(), str(value)}))
    if k.options:
        return partial(selectbox, options=k.options)
    if k.type is bool:
        return toggle
    if k.log and k.type in (int, float):
        return partial(select_slider, options=round_numbers(k, value), format_func=_short)
    if k.type is int and k.high is not None and k.low is not None and k.high - k.low <= WIDE:
        return partial(slider, low=int(k.low), high=int(k.high))
    if k.type is float and (k.low, k.high) == (0.01, 1):
        return partial(slider, low=0.01, high=1.0, step=0.01)
    if k.type is int and isinstance(value, int) and value > LARGEST_IN_A_BROWSER:
        return _large_number(k)
    if k.type is int:
        return partial(number_field, low=None, high=None, step=1)
    low, high = float(k.low or 0), float(k.high or 1)
    return partial(number_field, low=low, high=high, step=0.01 if high <= WIDE else 1.0, format="%.6g")


def _large_number(k: Knob) -> Callable[..., None]:
    """A seed may be a number that browsers round; as text it keeps all its digits."""

    def show(name: str, label: str, value: Value, act: Callable[[Value], None], **look: Any) -> None:
        text_field(name, label, str(value), lambda text: session.attempt(lambda: act(k.parse(text))), **look)

    return show


def round_numbers(k: Knob, now: Value) -> list[Value]:
    """1, 2, 5, 10, ... within a knob's range, with its default and its present value among them."""
    low, high = float(k.low or 1), float(k.high or 1)
    zero = {k.low} if k.low == 0 else set()
    powers = range(-12, 13)
    numbers = {m * 10.0**p for p in powers for m in ROUND_NUMBERS if low <= m * 10.0**p <= high}
    wanted = {k.type(n) for n in numbers if k.type is float or n == int(n)}
    return sorted({float(f"{n:.12g}") if k.type is float else n for n in wanted} | zero | {k.default, now})


def _short(value: Value) -> str:
    """Whole numbers with thousands separated, others in four digits."""
    return f"{value:,}" if isinstance(value, int) else f"{value:.4g}"
