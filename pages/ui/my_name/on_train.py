"""One's own name on the Train page: a line to type it, and beside it each letter the stronger the more it surprises."""

import math

import streamlit as st

from makemore_core.scoring import NameSurprise, surprises
from makemore_core.spelling import names_in, spelled
from makemore_core.training.recorder import Snapshot
from pages.ui import session
from pages.ui.inside.answers import Moment, moment
from pages.ui.my_name.rows import Row, rows_of_names
from pages.ui.my_name.your_name import LONGEST, text_field

MOST = 2  # names for which the row has room; the page My name takes a class


def name_row(snapshot: Snapshot) -> None:
    """What the shown net makes of what was typed."""
    dataset = session.dataset()
    with st.container(key="own_name", horizontal=True, vertical_alignment="top", gap="medium"):
        typed = text_field(dataset, width=260)
        read = [spelled(name[:LONGEST], dataset.vocabulary).name for name in names_in(typed, dataset.vocabulary)]
        names = tuple(dict.fromkeys(filter(None, read)))[:MOST]
        scored = _scored(moment(snapshot), dataset.sha256, names)
        rows = [Row(s.per_character, s.bits, s.size) for s in scored]
        title = f"How surprised the net is, letter by letter, at step {snapshot.step:,}"
        rows_of_names(title, rows, math.log2(len(dataset.vocabulary)))


@st.cache_resource(max_entries=64, show_spinner=False)
def _scored(now: Moment, sha256: str, names: tuple[str, ...]) -> list[NameSurprise]:
    """The model is fetched once for a step, not with every refresh."""
    trained = session.trained_model()
    return surprises(names, trained.model, trained.dataset.vocabulary, None)
