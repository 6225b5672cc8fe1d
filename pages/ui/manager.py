"""The one run manager of this server, shared by all tabs.

Nothing else lives here: Streamlit re-imports an edited file, and an edit of this one would make a second manager.
"""

import streamlit as st

from makemore_core.engines import warm_up_in_background
from makemore_core.places import store_path
from makemore_core.training.manager import RunManager
from makemore_core.training.store import RunStore
from makemore_core.workers import all_workers


@st.cache_resource(show_spinner=False, on_release=RunManager.close)
def run_manager() -> RunManager:
    """All runs of this process and of the store. The fast engine gets ready meanwhile."""
    warm_up_in_background()
    return RunManager(RunStore(store_path()), all_workers())
