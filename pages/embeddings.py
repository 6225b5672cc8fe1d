"""Embeddings: the alphabet as the net has arranged it."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from makemore_core.diagnostics.embedding import neighbours, vectors_of
from makemore_core.training.recorder import Snapshot
from makemore_core.vocabulary import shown
from pages.ui import session
from pages.ui.live import live
from pages.ui.page import literal, open_page
from pages.ui.panels import reading_panel

open_page("Embeddings", "Nobody told the net what a vowel is. It moves letters together that behave alike in names.")

NEAREST = 5


def draw(snapshot: Snapshot) -> None:
    """The map, and who is near a letter."""
    trained = session.trained_model()
    embedding = trained.model.embedding
    if embedding is None:
        st.info("This model keeps no vectors, only a table of what follows what.", icon=":material/info:")
        return
    left, right = st.columns([3, 1])
    with left:
        reading_panel(snapshot, "embedding", 620)
    with right:
        show_neighbours(trained.dataset.vocabulary.itos, vectors_of(embedding))


def show_neighbours(letters: tuple[str, ...], vectors: NDArray[np.float64]) -> None:
    """Choose a letter, and see which others lie nearest."""
    letter = st.selectbox("Neighbours of", letters, index=1, format_func=shown, key="letter", persist_state="session")
    rows = neighbours(vectors, letters.index(letter))[:NEAREST]
    st.table(
        {
            "letter": [literal(shown(letters[i])) for i, _ in rows],
            "distance": [f"{distance:.2f}" for _, distance in rows],
        },
        border="horizontal",
        hide_index=True,
    )
    st.caption("Distance between the full vectors, before they are drawn in the plane.")
    st.caption(
        "With two numbers a letter the map is direct. With more, it is the plane that keeps most of the variance "
        "(PCA), turned so that letters glide instead of flipping."
    )


live(draw)
