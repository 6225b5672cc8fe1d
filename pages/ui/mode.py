"""A server that others can reach runs only in a mode that somebody has chosen: else nothing is shown but the reason."""

import streamlit as st

from makemore_core.access import chosen_mode
from makemore_core.addresses import is_local
from makemore_core.errors import InputError

COMMAND = "python -m makemore_core serve --address {} --mode classroom"


def require_a_mode() -> None:
    """Stop here where everybody who finds the address could do everything, and nobody has said that they may."""
    address = st.get_option("server.address") or "0.0.0.0"
    try:
        if chosen_mode() or is_local(address):
            return
        reason = (
            f"This server listens at {address}, where others can reach it, but no mode was chosen: in `local` all "
            "may do everything, in `classroom` each what concerns their own runs. End it, and start it by"
        )
    except InputError as error:
        reason = f"{error} End this server, and start it by"
    st.title("Who is this lab for?", anchor=False)
    st.warning(reason, icon=":material/lock:")
    st.code(COMMAND.format(address), language=None)
    st.stop()
