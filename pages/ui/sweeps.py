"""The sweeps of this server, shared by all tabs. Nothing else lives here, for the reason that manager.py tells."""

from typing import Protocol

import streamlit as st

from makemore_core.access import Actor
from makemore_core.search.desk import SweepDesk
from makemore_core.search.standing import Standing, SweepRow
from makemore_core.search.sweeps import Sweeps
from pages.ui.manager import acting_manager, rules


class SweepReader(Protocol):
    """Sweeps, to look at."""

    def list(self) -> list[SweepRow]: ...

    def standing(self, id: str) -> Standing: ...


@st.cache_resource(show_spinner=False, on_release=Sweeps.close)
def acting_sweeps() -> Sweeps:
    """All sweeps of this process and of the store. Pages go by sweep_desk()."""
    return Sweeps(acting_manager())


def sweeps() -> SweepReader:
    """All sweeps, to look at."""
    return acting_sweeps()


def sweep_desk(actor: Actor) -> SweepDesk:
    """All that somebody may do with sweeps."""
    return SweepDesk(acting_sweeps(), rules(), actor)
