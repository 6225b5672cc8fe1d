"""The readings of this server, shared by all tabs. Nothing else lives here, for the reason that manager.py tells."""

import streamlit as st

from makemore_core.vitals import Pulse
from pages.ui.manager import run_manager


@st.cache_resource(show_spinner=False)
def pulse() -> Pulse:
    """Those of the last minutes."""
    return Pulse()


def feel_pulse() -> None:
    """Take a reading if one is due: called at every refresh of any tab."""
    if pulse().is_due():
        pulse().feel(run_manager().steps_per_second())
