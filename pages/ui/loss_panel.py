"""The loss chart with what to measure it by, and how one wants to see it."""

import streamlit as st

from makemore_core.charts.loss import AXES, LossView, loss_figure
from makemore_core.ngrams import yardsticks
from makemore_core.training.recorder import Snapshot
from pages.ui import session
from pages.ui.live import chart
from pages.ui.manager import run_manager
from pages.ui.widgets import one_of_few, slider

HEIGHT = 380
FRESH = 10.0  # seconds that the best run's loss is remembered


def loss_panel(snapshot: Snapshot) -> None:
    """Train and val beside a blind guess, count tables and the best run so far."""
    config, view = session.config(), session.loss_view()
    lines, best = yardsticks(config.data), _best_val(config.data.to_dict(), snapshot.run)
    if best and best[1] > lines["bigram"]:
        best = None  # nothing to beat
    version = (snapshot.version, view, best)
    chart(snapshot, version, "loss", lambda: loss_figure(snapshot, lines, best, view), HEIGHT)


def loss_view_popover() -> None:
    """How the loss is drawn."""
    with st.popover("Axes and smoothing", type="tertiary", icon=":material/tune:", key="loss_view"):
        view_controls(session.loss_view())


@st.cache_data(ttl=FRESH, show_spinner=False)
def _best_val(data: dict[str, object], besides: str) -> tuple[str, float] | None:
    return run_manager().store.best_val(data, besides)


def view_controls(view: LossView) -> None:
    """Smoothing and the kinds of the axes, the same wherever losses are drawn."""
    slider(
        "smoothing",
        "Smoothing of train",
        0.0,
        0.99,
        view.smoothing,
        lambda weight: session.set_loss_view(smoothing=weight),
        step=0.01,
        help="The share of the past in each point of the line; 0 shows every bucket's mean. Val is never smoothed.",
    )
    _axis("Loss axis", "loss_axis", AXES, view.loss_axis)
    _axis("Steps axis", "steps_axis", AXES[1:], view.steps_axis)


def _axis(label: str, name: str, kinds: tuple[str, ...], now: str) -> None:
    one_of_few(name, label, kinds, now, lambda kind: session.set_loss_view(**{name: kind}))
