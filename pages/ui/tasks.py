"""The tasks of this server, shared by all tabs. Nothing else lives here, for the reason that manager.py tells."""

import streamlit as st

from makemore_core.tasks import Tasks


@st.cache_resource(show_spinner=False, on_release=Tasks.close)
def tasks() -> Tasks:
    """All work that pages have asked for beside the training."""
    return Tasks()
