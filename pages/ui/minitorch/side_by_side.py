"""The same network on minitorch, by hand, by torch and compiled: one curve, four speeds."""

import streamlit as st

from makemore_core.engines import note_on
from makemore_core.gradcheck import DTYPES
from makemore_core.training.recorder import Snapshot
from makemore_core.training.walks import on_engines
from pages.ui import session
from pages.ui.inside.choices import choose_one_of_few
from pages.ui.lockstep import AS_MANY_AS_FIT, Asked, choose_steps, lockstep

PANEL = "side_by_side"
ENGINES = {"torch": "autograd", "minitorch": "minitorch", "by hand": "by_hand", "compiled": "compiled"}


def draw(snapshot: Snapshot) -> None:
    """Choose how long, then watch them walk one curve."""
    config = session.config()
    if config.model.name == "counting":
        st.info("Counting has no gradient, so there is nothing to find in another way.", icon=":material/info:")
        return
    steps = tuple(sorted({AS_MANY_AS_FIT, 1_000, 10_000, config.max_steps}))
    with st.container(key="side_controls", horizontal=True, vertical_alignment="bottom", gap="small"):
        steps = choose_steps(PANEL, steps)
        precision = choose_one_of_few("side_precision", "Numbers", list(DTYPES))
    asked = Asked(PANEL, on_engines(config, ENGINES), steps, precision, "Train all, step for step")
    lockstep(snapshot, asked)
    if note := note_on("compiled"):
        st.caption(note)
    st.caption(
        "On a small net most of a step is bookkeeping: torch has much of it, minitorch less, by hand there is no tape, "
        "and compiled takes rows of steps without Python between them. On a large net the matrix products decide."
    )
