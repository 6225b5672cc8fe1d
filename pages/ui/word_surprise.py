"""How surprising the data set's words are to the shown model, worked out once for a step and shared by all tabs."""

import streamlit as st

from makemore_core.scoring import WordSurprise, surprise_of_words
from makemore_core.training.recorder import Snapshot
from makemore_core.training.untrained import TrainedModel


def word_surprise(trained: TrainedModel, snapshot: Snapshot) -> WordSurprise:
    """The bits of every word under the shown model."""
    return _at(snapshot.run, snapshot.step, trained)


@st.cache_resource(max_entries=8, show_spinner=False)
def _at(run: str, step: int, _trained: TrainedModel) -> WordSurprise:
    return surprise_of_words(_trained.model, _trained.dataset)
