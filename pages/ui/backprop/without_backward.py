"""Training without backward(): the network by hand beside autograd, step for step; lecture 4's last exercise."""

from dataclasses import replace

import streamlit as st

from makemore_core.config import RunConfig
from makemore_core.engines import refusal
from makemore_core.gradcheck import DTYPES
from makemore_core.models.language_model import LanguageModel
from makemore_core.presets import PRESETS
from makemore_core.training.recorder import Snapshot
from makemore_core.training.untrained import untrained_model
from makemore_core.training.walks import on_engines
from makemore_core.training.written import by_autograd, by_hand, loop
from pages.ui import session
from pages.ui.inside.choices import choose_one_of_few
from pages.ui.lockstep import AS_MANY_AS_FIT, Asked, choose_steps, lockstep
from pages.ui.manager import run_manager
from pages.ui.page import stands_in

PANEL = "without_backward"
ENGINES = {"loss.backward()": "autograd", "by hand": "by_hand"}
LECTURE = "lecture4-manual"
CODE = 430  # pixels


def draw(snapshot: Snapshot) -> None:
    """Choose how long, train both, and read both loops; or the way to a network that can."""
    config = session.config()
    model = untrained_model(config).model
    if refusal("by_hand", model):
        _way_there()
        return
    steps = tuple(sorted({AS_MANY_AS_FIT, 1_000, 10_000, config.max_steps}))
    with st.container(key="without_controls", horizontal=True, vertical_alignment="bottom", gap="small"):
        steps = choose_steps(PANEL, steps)
        precision = choose_one_of_few("without_precision", "Numbers", list(DTYPES))
        _engine_button()
    asked = Asked(PANEL, on_engines(config, ENGINES), steps, precision, "Train both, step for step")
    lockstep(snapshot, asked, _published(config))
    _code(model)


def _way_there() -> None:
    model = session.config().model
    title = getattr(model, "title", model.name)
    st.info(
        f"{title} has layers whose derivatives are not written by hand here; lecture 4's network has all of them.",
        icon=":material/info:",
    )
    st.button("Take lecture 4's network", key="take_lecture_4", icon=":material/school:", on_click=_take_lecture_4)


def _take_lecture_4() -> None:
    session.choose_preset(LECTURE)
    session.choose_run(None)
    session.ask_for_rerun()


def _engine_button() -> None:
    """The next real run without autograd, or with the fastest engine again."""
    config = session.draft().config
    if config.engine == "by_hand":
        st.button(
            "Take the fastest engine again", key="train_auto", icon=":material/undo:", on_click=_turn, args=("auto",)
        )
        st.markdown("The next run trains without `backward()`: press **Play**.")
    elif not refusal("by_hand", untrained_model(config).model):
        st.button("Train by hand", key="train_by_hand", icon=":material/edit:", on_click=_turn, args=("by_hand",))


def _turn(engine: str) -> None:
    session.change("engine", engine)
    session.choose_run(None)
    session.ask_for_rerun()


def _published(config: RunConfig) -> tuple[str, dict[str, float | None]]:
    """What was printed of this very network on its own data, and after how many steps."""
    run = session.current_run()
    name = run_manager().row(run).preset if run else session.draft().preset
    preset = PRESETS.get(name)
    if preset is None or stands_in(name) or replace(preset.config, engine=config.engine) != config:
        return "", {}
    return f"published, {preset.config.max_steps:,} steps", preset.published.losses


def _code(model: LanguageModel) -> None:
    """The same loop twice; what differs is whose line three is."""
    st.markdown("**The four lines are the same. Only `loss.backward()` is another function.**")
    with st.container(key="loop_code"):
        left, right = st.columns(2)
    with left:
        st.caption("The loop of both, and autograd's loss: torch keeps a tape of it and walks back by itself.")
        st.code(f"{loop()}\n\n{by_autograd()}", language="python", height=CODE, wrap_lines=True)
    with right:
        st.caption("By hand: `loss.backward()` goes back through these derivatives, the last layer first.")
        st.code(by_hand(model), language="python", height=CODE, wrap_lines=True)
