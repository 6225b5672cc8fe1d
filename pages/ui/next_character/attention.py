"""Attention on the word being typed, up to the chosen step: the view of the Inside page, on this page's text."""

import streamlit as st

from makemore_core.inspection.attention import has_attention
from makemore_core.training.recorder import Snapshot
from makemore_core.training.untrained import TrainedModel
from pages.ui.inside.attention import NONE, show
from pages.ui.next_character.answers import Question


def draw(snapshot: Snapshot, trained: TrainedModel, question: Question) -> None:
    """All heads, and one of them large; its last row is the chosen step."""
    if has_attention(trained.model):
        show(snapshot, trained, question.text[: question.place])
    else:
        st.info(NONE, icon=":material/info:")
