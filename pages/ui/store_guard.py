"""A lab without its store has nothing to show: the reason stands there alone, with what to do, until it opens."""

import streamlit as st

from makemore_core.errors import InputError
from pages.ui.literal import literal
from pages.ui.manager import run_manager


def require_a_store() -> None:
    """Stop here where the runs cannot be opened: damaged, written by a newer version, in a place that is not ours."""
    try:
        run_manager()
    except InputError as error:
        st.title("The runs cannot be opened", anchor=False)
        st.warning(literal(str(error)), icon=":material/database_off:")
        st.caption("Nothing was changed in that file. MAKEMORE_STORE names another one.")
        st.button("Try again", icon=":material/refresh:")
        st.stop()
