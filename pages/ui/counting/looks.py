"""Who has looked at which test set how often, in this server. Nothing else lives here, as manager.py tells."""

from dataclasses import dataclass

import streamlit as st


@dataclass(frozen=True)
class Look:
    """One look: which table, and what it lost on val and on test, in nats."""

    context: int
    form: str
    smoothing: float
    val: float
    test: float


@st.cache_resource(show_spinner=False)
def looks() -> dict[str, list[Look]]:
    """All looks by data set, in the order in which they were taken."""
    return {}
