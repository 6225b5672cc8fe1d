"""Who sits before a browser, in a class: asked once, shown beside the title; and where the teacher says so.

The browser makes its own key and keeps it with the name; it survives a reload and holds for all its tabs.
"""

from pathlib import Path

import streamlit as st
from streamlit.components.v2 import component

from makemore_core.access import Mode
from pages.ui import session
from pages.ui.literal import literal
from pages.ui.manager import rules, teacher
from pages.ui.widgets import text_field

LONGEST = 40  # characters; the core says so too
_mount = component(
    "makemore_lab.who",
    html='<span class="who"></span>',
    js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def is_known() -> bool:
    """Whether the browser has told what it has to; until then its address keeps the teacher's key behind its #."""
    return rules().mode == Mode.LOCAL or bool(session.actor().key)


def who_button() -> None:
    """Beside the title: the name that stands at this person's runs, and the way to be the teacher."""
    if rules().mode == Mode.LOCAL:
        return
    actor = session.actor()
    _mount(
        key=session.BROWSER, height=1, data={"known": bool(actor.key), "name": actor.name}, on_told_change=session.met
    )
    label = "Teacher" if actor.is_teacher and not actor.name else actor.name or "Who are you?"
    icon = ":material/school:" if actor.is_teacher else ":material/person:"
    with st.popover(literal(label), icon=icon, type="tertiary", key="who"):
        if actor.key:
            text_field("who_now", "The name at your runs", actor.name, _say, max_chars=LONGEST)
            _teacher(actor.is_teacher)
        else:
            st.markdown("This browser has not said who it is; reload the page.")


def other_server_note() -> None:
    """What can be seen here cannot be changed here, while another server writes the store."""
    holder = rules().other_server()
    if holder:
        st.warning(literal(holder), icon=":material/visibility:")


def ask_who() -> None:
    """Until somebody has said a name: the one question that a class is asked."""
    actor = session.actor()
    if rules().mode == Mode.LOCAL or actor.name or not actor.key or actor.is_teacher:
        return
    with st.container(key="ask_who", horizontal=True, vertical_alignment="bottom", gap="small"):
        text_field("who_first", "Who are you? Your name stands at your runs.", "", _say, max_chars=LONGEST, width=330)
        st.button("That is me", key="that_is_me", type="primary")  # the field is left for it, and tells the name


def _say(name: str) -> None:
    session.attempt(lambda: session.say_name(name))


def _teacher(is_teacher: bool) -> None:
    if is_teacher:
        st.markdown("You are the **teacher**: you may stop, change and delete what others began.")
        st.button(
            "Be one of the class again", key="leave_teacher", on_click=teacher().leave, args=(session.actor().key,)
        )
    else:
        text_field("teachers_key", "The teacher's key", "", _enter, type="password", autocomplete="off")


def _enter(key: str) -> None:
    session.attempt(lambda: session.enter_teachers_key(key))
