"""Who sits before a tab's browser, and what they may do."""

import streamlit as st

from makemore_core.access import Actor, clean_name, key_of
from makemore_core.search.desk import SweepDesk
from makemore_core.sharing import LONGEST_WORD
from makemore_core.training.desk import RunDesk
from pages.ui.manager import run_desk, teacher
from pages.ui.session.answers import said
from pages.ui.session.notices import attempt
from pages.ui.sweeps import sweep_desk

BROWSER = "browser"
SHORTEST_SECRET = 32  # characters of a browser's key


def actor() -> Actor:
    """Who sits before this tab's browser; nobody before it has told, or where people are not told apart."""
    person: dict[str, str] = st.session_state.get("person", {})
    key = person.get("key", "")
    return Actor(key, person.get("name", ""), teacher().sits_before(key))


def desk() -> RunDesk:
    """All that this person may do with runs."""
    return run_desk(actor())


def sweeps_desk() -> SweepDesk:
    """All that this person may do with sweeps."""
    return sweep_desk(actor())


def met() -> None:
    """The callback of the component that knows the browser's key, the name last said there, and a teacher's link."""
    told: dict[str, object] = said(BROWSER, "told") or {}
    secret, name, key = (str(told.get(word, ""))[:LONGEST_WORD] for word in ("secret", "name", "teacher"))
    if len(secret) >= SHORTEST_SECRET:
        st.session_state["person"] = {"key": key_of(secret), "name": ""}
        attempt(lambda: say_name(name) if name else None)
        attempt(lambda: enter_teachers_key(key) if key else None)


def say_name(name: str) -> None:
    """Who this is; InputError for what is no name."""
    st.session_state["person"] = {"key": actor().key, "name": clean_name(name)}


def enter_teachers_key(key: str) -> None:
    """Make this browser the teacher's; InputError for a wrong key."""
    teacher().enter(key, actor().key)
