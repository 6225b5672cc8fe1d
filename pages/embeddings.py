"""Embeddings: the alphabet as the net has arranged it, live, as a movie, and with how much of the picture is true."""

from pages.ui.opening import open_page

open_page("Embeddings", "Nobody told the net what a vowel is. It moves letters together that behave alike in names.")

from collections.abc import Callable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from makemore_core.inspection.vectors import NONE, vectors_by_kind
from makemore_core.training.recorder import Snapshot
from makemore_core.training.untrained import TrainedModel
from pages.ui import session
from pages.ui.embeddings import honest, maps, movie
from pages.ui.live import live
from pages.ui.views import choose_view

VIEWS: dict[str, Callable[[Snapshot, TrainedModel, DeltaGenerator], None]] = {
    "Map": maps.draw,
    "Movie": movie.draw,
    "How honest?": honest.draw,
}


def draw(snapshot: Snapshot) -> None:
    """The chosen view of the model's vectors."""
    trained = session.trained_model()
    if not vectors_by_kind(trained.model):
        st.info(NONE, icon=":material/info:")
        return
    row = st.container(key="embedding_controls", horizontal=True, vertical_alignment="bottom", gap="small")
    with row:
        view = choose_view("embeddings", VIEWS)
    VIEWS[view](snapshot, trained, row)


live(draw)
