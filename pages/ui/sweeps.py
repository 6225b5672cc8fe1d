"""The sweeps of this server, shared by all tabs. Nothing else lives here, for the reason that manager.py tells."""

import streamlit as st

from makemore_core.search.sweeps import Sweeps
from pages.ui.manager import run_manager


@st.cache_resource(show_spinner=False, on_release=Sweeps.close)
def sweeps() -> Sweeps:
    """All sweeps of this process and of the store."""
    return Sweeps(run_manager())
