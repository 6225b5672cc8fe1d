"""Embeddings: the alphabet as the net has arranged it."""

import streamlit as st

from makemore_core.diagnostics.embedding import neighbours
from makemore_core.training.recorder import Snapshot
from pages.ui import session
from pages.ui.live import live
from pages.ui.page import literal, open_page
from pages.ui.panels import reading_panel

open_page("Embeddings", "Nobody told the net what a vowel is. It moves letters together that behave alike in names.")

NEAREST = 5


def draw(snapshot: Snapshot) -> None:
    """The map, and who is near a letter."""
    left, right = st.columns([3, 1])
    with left:
        reading_panel(snapshot, "embedding", 620)
    with right:
        trained = session.trained_model()
        letters = trained.dataset.vocabulary.itos
        letter = st.selectbox("Neighbours of", letters, index=1, key="letter", persist_state="session")
        rows = neighbours(trained.model.embedding.weight.detach().double().numpy(), letters.index(letter))[:NEAREST]
        st.table(
            {"letter": [literal(letters[i]) for i, _ in rows], "distance": [f"{distance:.2f}" for _, distance in rows]},
            border="horizontal",
            hide_index=True,
        )
        st.caption("Distance between the full vectors, before they are drawn in the plane.")
        st.caption(
            "With two numbers a letter the map is direct. With more, it is the plane that keeps most of the variance "
            "(PCA), turned so that letters glide instead of flipping."
        )


live(draw)
