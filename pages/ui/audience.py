"""The audience of this server, shared by all tabs. Nothing else lives here, for the reason that manager.py tells."""

import streamlit as st

from makemore_core.audience import Audience


@st.cache_resource(show_spinner=False)
def audience() -> Audience:
    """All tabs that refresh themselves."""
    return Audience()
