"""Init lab: turn the spread of the first weights, and see what a net is before its first step."""

from pages.ui.opening import open_page

open_page("Init lab", "Before the first step the spread of the weights decides how a net begins. Turn it and look.")

import streamlit as st

from makemore_core.charts.initialisation import (
    first_guess_figure,
    first_loss_figure,
    gain_figure,
    gradients_figure,
    layers_figure,
)
from makemore_core.charts.readings import reading_figure
from makemore_core.config import RunConfig
from makemore_core.presets.initialisations import StartingPoint
from makemore_core.training.initialisation import (
    Initialisation,
    gains_around,
    initialisation,
    loss_verdict,
    net_verdicts,
    spreads_by_gain,
    with_gain,
)
from pages.ui import session
from pages.ui.lab_form import border_of, known_point, lab_form, points_of
from pages.ui.lab_tables import layers_table, story_table
from pages.ui.lessons import has_moved_on
from pages.ui.live import live
from pages.ui.live_chart import live_chart
from pages.ui.page import or_say_why_not, stands_in
from pages.ui.panels import verdict_line
from pages.ui.sources import from_where, source_line

live(lambda snapshot: None)


def show() -> None:
    """The pictures of the lab's settings, then its numbers."""
    config = session.lab().config
    look = initialisation(config, border_of(config))
    left, right = st.columns(2)
    with left:
        show_loss(look, known_point(config))
        show_layers(look)
    with right:
        show_guess(look)
        show_gain(config, look)
    left, right = st.columns([3, 2], vertical_alignment="center")
    with left, st.container(key="layers_table"):
        layers_table(look)
    with right:
        for verdict in net_verdicts(look):
            verdict_line(verdict)
    show_way_back(look)
    show_story(config.model.name)


def show_loss(look: Initialisation, point: StartingPoint | None) -> None:
    """The first loss beside a blind guess's and the lecture's."""
    verdict = loss_verdict(look)
    figure = first_loss_figure(look, point.loss if point else None)
    live_chart(figure, key="first_loss", height=150)
    verdict_line(verdict)
    source_line("first_loss")


def show_guess(look: Initialisation) -> None:
    """Logits and probabilities of a typical example."""
    guess = look.prediction
    live_chart(first_guess_figure(guess), key="first_guess", height=230)


def show_layers(look: Initialisation) -> None:
    """What each layer makes of the first batch."""
    live_chart(layers_figure(look), key="layers", height=380)
    source_line("layers")


def show_gain(config: RunConfig, look: Initialisation) -> None:
    """The spread of each layer over the gain, with the chosen one."""
    gain = with_gain(config.model).gain
    gains = gains_around(gain)
    now = {layer.name: layer.deviation for layer in look.activations.layers}
    figure = gain_figure(gains, spreads_by_gain(config, gains), gain, now)
    live_chart(figure, key="gain", height=380)
    source_line("gain")


def show_way_back(look: Initialisation) -> None:
    """The gradients from layer to layer; of a single layer, which neuron is stuck for which example."""
    if len(look.gradients.layers) > 1:
        figure = gradients_figure(look.gradients.layers)
        words = "The gradient flows upwards. An upright line is healthy; one that leans fades or explodes on its way."
    else:
        figure = reading_figure("Saturation", 0, look.saturation)
        words = "Columns are neurons, rows examples. One that is bright all the way down may never learn."
    live_chart(figure, key="lab_way_back", height=280)
    st.caption(f"{words} {from_where('lab_way_back')}")


def show_story(model: str) -> None:
    """The lecture's numbers beside ours, for each of its cells."""
    points = points_of(model)
    st.markdown("**Lecture 3's numbers, and ours**")
    with st.container(key="story"):
        story_table(points)
    if any(stands_in(point.preset) for point in points):
        st.caption("They hold for makemore's names.txt, which is not on this machine: us-names-2018 stands in.")


@st.fragment
def lab() -> None:
    """Knobs and pictures: what is turned here leaves the rest of the page as it is."""
    controls, pictures = st.columns([1, 3], gap="medium")
    with controls:
        lab_form()
    with pictures:
        or_say_why_not(show)
    if has_moved_on():
        st.rerun()


lab()
