"""The learning-rate finder: the loss over a ramp of rates, and what lecture 2 read off its own."""

from functools import partial

import streamlit as st

from makemore_core.charts.finder import finder_figure
from makemore_core.config import RunConfig
from makemore_core.models.counting import CountingConfig
from makemore_core.search.finder import LECTURE_RATE, NO_RATE, Finding
from makemore_core.search.suggestions import two_digits
from makemore_core.tasks import TaskState
from makemore_core.training.recorder import Snapshot
from pages.ui import session
from pages.ui.background import in_background
from pages.ui.literal import literal
from pages.ui.live import chart
from pages.ui.page import stands_in
from pages.ui.search.ramp import (
    FRESH,
    LECTURES,
    NET,
    Asked,
    asked_for,
    choose_net,
    chosen,
    controls,
    finding_of,
    task_of,
    work,
)
from pages.ui.search.take_rate import take_rate

PICTURE = 400  # pixels
LECTURE_SAYS = (
    "makemore part 2 climbs from 0.001 to 1 in 1,000 steps, sees a valley near **0.1**, trains at 0.1 and later at a "
    "tenth of it."
)
NAMES_STAND_IN = "The names are us-names-2018, for makemore's names.txt is not on this machine."


def draw(snapshot: Snapshot) -> None:
    """Choose the net and the ramp, let it climb, take a rate."""
    config = choose_net()
    if config.model.name == CountingConfig.name:
        st.info(NO_RATE, icon=":material/info:")
        return
    controls(config)
    asked = asked_for()
    with st.container(key="finder_status"):
        _status(asked, config)
    finding = finding_of(asked)
    _picture(snapshot, asked or chosen(), finding)
    if asked and finding and finding.is_over:
        take_rate(asked, finding)
    _yardstick(asked, finding)


def _status(asked: Asked | None, config: RunConfig) -> None:
    """How far it is, then what one sees."""
    task = task_of(asked)
    if asked is None or task is None or task.state == TaskState.CANCELLED:
        st.caption("Every step takes a larger rate, until the loss explodes. Press *Climb the ramp*.")
    else:
        in_background("finder", asked.key, work(asked), partial(_say, asked, config))


def _say(asked: Asked, config: RunConfig, finding: Finding) -> None:
    st.markdown(literal(finding.in_words()))
    if asked.net == FRESH and session.kept(NET, FRESH) == FRESH and not asked.is_like(config):
        st.caption("The settings have changed since: climb again.")


def _picture(snapshot: Snapshot, asked: Asked, finding: Finding | None) -> None:
    title = f"Loss in nats of {asked.who} ({asked.config.model.name}, {asked.config.optimizer.name})"
    published = LECTURE_RATE if asked.net == LECTURES else None
    make = partial(finder_figure, finding, asked.ramp, title, published)
    version = repr(asked), (len(finding.rates), float(finding.calm[-1])) if finding else None
    f"{title}. {finding.in_words()}" if finding and finding.is_over else f"{title}, not climbed yet."
    chart(snapshot, version, "finder_curve", make, PICTURE)


def _yardstick(asked: Asked | None, finding: Finding | None) -> None:
    """What the lecture found, and ours beside it where it is its experiment."""
    words = [LECTURE_SAYS]
    if asked and asked.net == LECTURES and finding and finding.is_over and (floor := finding.floor):
        low, middle, high = map(two_digits, (floor.low, floor.middle, floor.high))
        words.append(f"Ours: a floor from {low:g} to {high:g}, around **{middle:g}**.")
        words += [NAMES_STAND_IN] if stands_in("lecture2-mlp") else []
    st.caption(" ".join(words))
