"""The Init lab's controls: which net, where to begin, four knobs, and the rest under More."""

from functools import partial

import streamlit as st

from makemore_core.config import RunConfig
from makemore_core.knobs import Value, knobs_of
from makemore_core.presets.initialisations import BORDERS, STARTING_POINTS, StartingPoint
from makemore_core.sharing import on_data_here
from makemore_core.training.initialisation import WITH_GAIN
from pages.ui import session
from pages.ui.forms import LAB, knob_widget
from pages.ui.literal import literal
from pages.ui.widgets import one_of_few, pills, select_slider

NETS = {"mlp": "One layer", "deep-mlp": "Deep"}
SCALES = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0)
HELD = 5 / 3
MARKS: dict[str, tuple[Value, ...]] = {
    "hidden_scale": SCALES,
    "output_scale": SCALES,
    "gain": (*(round(0.1 * i, 1) for i in range(5, 31)), HELD),
    "n_layers": tuple(range(1, 11)),
    "n_hidden": (10, 20, 50, 100, 200, 300),
}
LABELS = {
    "hidden_scale": "Scale of the hidden weights",
    "output_scale": "Scale of the output layer",
    "gain": "Gain",
    "n_layers": "Hidden layers",
    "n_hidden": "Hidden neurons",
}
FEATURED = {
    "mlp": ("hidden_scale", "output_scale", "kaiming", "batch_norm"),
    "deep-mlp": ("gain", "output_scale", "n_layers", "batch_norm"),
}


def lab_form() -> None:
    """Where to begin, and what to turn."""
    config = session.lab().config
    featured = FEATURED[config.model.name]
    _choose_net(config)
    _choose_start(config)
    for name in featured:
        _knob(name, config)
    with st.expander("More", icon=":material/tune:"):
        for knob in knobs_of(config.model):
            if knob.name not in featured:
                _knob(knob.name, config)
        _border_choice(config)
        _take_draft()
    _train_button()


def _choose_net(config: RunConfig) -> None:
    one_of_few(
        "lab.net",
        "Net",
        list(NETS),
        config.model.name,
        _begin_with_net,
        format_func=lambda name: NETS.get(name, str(name)),
    )


def _begin_with_net(name: str) -> None:
    _begin(points_of(name)[0])


def _choose_start(config: RunConfig) -> None:
    """The lecture's own cells; none is lit once a knob was turned."""
    points = {point.name: point for point in points_of(config.model.name)}
    point = known_point(config)
    pills(
        "lab.start",
        "Begin with",
        list(points),
        point.name if point else None,
        lambda name: _begin(points[name]) if name else None,
        wrap=True,
        format_func=literal,
    )


def points_of(model: str) -> tuple[StartingPoint, ...]:
    """The starting points of one of the nets, in the lecture's order."""
    return tuple(point for point in STARTING_POINTS if point.config.model.name == model)


def known_point(config: RunConfig) -> StartingPoint | None:
    """The starting point that has these settings."""
    return next((point for point in points_of(config.model.name) if config_of(point) == config), None)


def config_of(point: StartingPoint) -> RunConfig:
    """The run that a starting point stands for, on data that is here."""
    return on_data_here(point.config)


def _begin(point: StartingPoint) -> None:
    session.start_lab(session.Draft(point.preset, config_of(point)))


def _knob(name: str, config: RunConfig) -> None:
    """A slider with the lecture's numbers on it, or the knob's usual widget."""
    if name not in MARKS:
        knob_widget(f"model.{name}", config, session.change_lab, of=LAB)
        return
    value: Value = getattr(config.model, name)
    select_slider(
        f"lab.{config.model.name}.{name}",
        LABELS[name],
        sorted({*MARKS[name], value}),
        value,
        partial(session.change_lab, f"model.{name}"),
        help=config.knob_at(f"model.{name}").help,
        format_func=_mark,
    )


def _mark(value: Value) -> str:
    return "5/3" if value == HELD else f"{value:.4g}"


def border_of(config: RunConfig) -> float:
    """From where on a tanh counts as saturated: as chosen, else as in the lecture."""
    return session.lab_border() or BORDERS[config.model.name]


def _border_choice(config: RunConfig) -> None:
    one_of_few(
        "lab.border",
        "Saturated beyond",
        sorted(BORDERS.values()),
        border_of(config),
        session.choose_lab_border,
        format_func=lambda border: f"{border:.2f}",
        help="|t| of a tanh. The lecture takes 0.99 for its small net and 0.97 for its deep one.",
    )


def _take_draft() -> None:
    """What the Train page has, where its model has a gain."""
    draft = session.draft()
    if draft.config.model.name in WITH_GAIN and draft != session.lab():
        take = partial(session.start_lab, draft)
        st.button("Begin with the Train page's settings", key="take_draft", on_click=take, width="stretch")


def _train_button() -> None:
    pressed = st.button(
        "Train this",
        key="train_lab",
        type="primary",
        icon=":material/play_circle:",
        width="stretch",
        on_click=session.train_lab,
    )
    if pressed:
        st.switch_page("pages/train.py")
