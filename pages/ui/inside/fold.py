"""BatchNorm folded into the Linear before it, and the logits of both nets: lecture 3's second exercise."""

import html

import streamlit as st

from makemore_core.inspection.folding import Folding, folding
from makemore_core.training.recorder import Snapshot
from makemore_core.training.untrained import TrainedModel
from pages.ui import session
from pages.ui.inside.answers import Moment, history_sample, moment
from pages.ui.page import or_say_why_not


def draw(snapshot: Snapshot) -> None:
    """The net before and after, or why it cannot be folded."""
    or_say_why_not(lambda: _show(_folded(moment(snapshot), session.trained_model())))


@st.cache_resource(max_entries=8, show_spinner=False)
def _folded(now: Moment, _trained: TrainedModel) -> Folding:
    _, x, _ = history_sample(now[0], _trained)
    return folding(_trained.model, x)


def _show(found: Folding) -> None:
    many, fewer = found.parameters
    st.markdown(
        f"The largest of all logits' differences is **{found.difference:.2g}**, on {found.contexts} contexts whose "
        f"logits reach {found.largest_logit:.1f}: the same net, but for rounding."
    )
    for column, title, layers, size in zip(
        st.columns(2), ("As it is", "Folded"), (found.before, found.after), (many, fewer), strict=True
    ):
        gone = set(found.before) - set(found.after)
        names = "".join(f"<li class='{'gone' if name in gone else ''}'>{html.escape(name)}</li>" for name in layers)
        column.html(
            f"<section class='fold'><header>{title}<small>{size:,} parameters, {len(layers)} layers</small></header>"
            f"<ul>{names}</ul></section>"
        )
    st.latex(r"W' = W\,\frac{\gamma}{\sigma} \qquad b' = (b-\mu)\,\frac{\gamma}{\sigma} + \beta")
    st.caption(
        "Once training is over, mean and deviation no longer change, so BatchNorm is a factor and a shift for each "
        "neuron. The Linear before it takes both, and BatchNorm can be thrown away."
    )
