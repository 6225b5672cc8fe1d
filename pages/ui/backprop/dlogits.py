"""How hard the logits are pulled: lecture 4's picture of dlogits, and one row of it as forces that cancel out."""

import math
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from makemore_core.charts.backprop import PULL, PULLS, pull_figure, pulls_figure
from makemore_core.charts.style import at_step
from makemore_core.training.recorder import Snapshot
from makemore_core.vocabulary import shown, shown_text
from pages.ui import session
from pages.ui.backprop.answers import Seen, choose_batch, with_lines
from pages.ui.inside.choices import choose_number
from pages.ui.literal import literal
from pages.ui.live import chart

ROW = "backprop_row"  # under which name the chosen example is kept


def draw(snapshot: Snapshot) -> None:
    """All rows, and one of them large."""
    with_lines(snapshot, partial(_show, snapshot))


def _show(snapshot: Snapshot, seen: Seen) -> None:
    choose_batch(seen)
    gradient = seen.walk.gradients["logits"].numpy()
    sums = float(np.abs(gradient.sum(1, dtype=np.float64)).max())
    left, right = st.columns([3, 2], gap="large")
    with left:
        row = session.selected(ROW, range(seen.examples))
        title = at_step("dlogits", seen.after)
        make = partial(pulls_figure, title, gradient, seen.contexts, seen.targets, seen.itos, row)
        chart(snapshot, (seen.key, "pulls", row), "dlogits", make, PULLS, _clicked)
    with right:
        row = choose_number(ROW, "Example", seen.examples)
        _one(snapshot, seen, row)
        if not math.isfinite(sums):
            return
        st.markdown(
            f"Each row sums to 0 (here within **{sums:.1e}**): the right character is pulled up as hard as all others "
            "together are pushed down. The better the net knew it, the weaker the pull."
        )


def _clicked(point: dict[str, Any]) -> None:
    session.select(ROW, int(point["y"]))


def _one(snapshot: Snapshot, seen: Seen, row: int) -> None:
    """The pulls on one example's characters, as shares of its whole weight 1/n."""
    target, p = seen.targets[row], seen.walk.values["probs"][row]
    pulls = (seen.walk.gradients["logits"][row] * seen.examples).numpy()
    after, came = shown_text(seen.contexts[row]), shown(seen.itos[target])
    make = partial(pull_figure, seen.contexts[row], pulls, seen.itos, target)
    chart(snapshot, (seen.key, "pull", row), "dlogits_row", make, PULL)
    if not math.isfinite(pulls[target]):
        st.markdown(f"After “{literal(after)}” came “{literal(came)}”. No pull is a number: this net ran off.")
        return
    st.markdown(
        f"After “{literal(after)}” came “{literal(came)}”, to which the net had given **{p[target].item():.1%}**: "
        f"its pull is p − 1 = **{pulls[target]:+.3f}**, every other's is its own p."
    )
