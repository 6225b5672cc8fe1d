"""What this server is made of: versions, the store, and where its runs can train."""

import platform
from datetime import datetime
from importlib.metadata import version

import streamlit as st

from makemore_core.access import Action
from makemore_core.places import store_path
from makemore_core.training.schema import VERSION
from pages.ui import session
from pages.ui.literal import literal
from pages.ui.manager import places, rules, run_manager
from pages.ui.pulse import pulse

NAMED = ("torch", "numpy", "streamlit", "plotly")


def draw() -> None:
    """A list that seldom changes."""
    seat = rules().other_server() or "This server writes the store."
    where = [
        f"{literal(place.about)} ({place.slots or '?'} at once)"
        if place.is_usable
        else f"{place.name}: {literal(place.why_not)}"
        for place in places()
    ]
    lines = {
        "Mode": rules().mode,
        "Up since": f"{datetime.fromtimestamp(pulse().since):%d %B, %H:%M}",
        "Store": f"{_store()}, version {VERSION}, {len(run_manager().runs()):,} runs. {literal(seat)}",
        "Runs train in": "; ".join(where),
        "Versions": ", ".join((f"Python {platform.python_version()}", *(f"{name} {version(name)}" for name in NAMED))),
    }
    with st.expander("What this server is made of", icon=":material/info:"):
        for label, line in lines.items():
            st.markdown(f"**{label}:** {line}")


def _store() -> str:
    """Where it lies is nothing that a class need know."""
    path = store_path()
    return literal(str(path) if session.desk().is_allowed(Action.STOP) else path.name)
