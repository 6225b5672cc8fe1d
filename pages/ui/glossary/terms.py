"""The terms of a group, or those that were looked for: each a line that opens."""

from functools import partial

import streamlit as st

from makemore_core.glossary import GLOSSARY, GROUPS, Here, Term, search
from makemore_core.glossary.place import place_of
from makemore_core.glossary.term import slug_of
from makemore_core.training.recorder import Snapshot
from pages.ui import session
from pages.ui.explained import explained
from pages.ui.literal import literal
from pages.ui.widgets import one_of_few, text_field

LOOKED_FOR, GROUP = "glossary_search", "glossary_group"
FIRST = "glossary_first"  # the term that a link led to, which stands first in its group
MOST = 40  # found terms that are listed


def choose() -> None:
    """A field for what is looked for, and the groups."""
    wanted = session.kept(LOOKED_FOR, "")
    text_field(
        "glossary_search", "Search", wanted, partial(session.select, LOOKED_FOR),
        placeholder="saturation, n_embd, dropout …", label_visibility="collapsed", icon=":material/search:",
    )  # fmt: skip
    one_of_few("glossary_group", "Group", list(GROUPS), _group(), _open_group, label_visibility="collapsed")


def draw(snapshot: Snapshot) -> None:
    """One line each; what is open is computed, the others are not."""
    terms = _listed()
    if not terms:
        st.info(f"Nothing here speaks of “{literal(session.kept(LOOKED_FOR, ''))}”.", icon=":material/info:")
    opened = session.kept(session.TERM, "")
    for term in terms[:MOST]:
        is_open = term.slug == opened
        st.button(
            f"**{literal(term.name)}**" + ("" if is_open else f" {literal(term.about)}"),
            key=f"term-{term.slug}", type="tertiary",
            icon=f":material/{'expand_less' if is_open else 'expand_more'}:", width="stretch",
            on_click=_open, args=("" if is_open else term.slug,),
        )  # fmt: skip
        if is_open:
            _details(term, snapshot)
    if len(terms) > MOST:
        st.caption(f"{len(terms) - MOST:,} more: type a little more.")


def _group() -> str:
    """The group of the term that is open, until another was chosen."""
    opened = GLOSSARY.get(session.kept(session.TERM, ""))
    return session.selected(GROUP, [opened.group, *GROUPS] if opened else list(GROUPS))


def _listed() -> list[Term]:
    wanted = session.kept(LOOKED_FOR, "")
    if wanted.strip():
        return search(wanted)
    first = session.kept(FIRST, None)
    if first is None:
        session.select(FIRST, first := session.kept(session.TERM, ""))
    return sorted((term for term in GLOSSARY.values() if term.group == _group()), key=lambda term: term.slug != first)


def _open_group(group: str) -> None:
    session.select(GROUP, group)
    session.select(LOOKED_FOR, "")


def _open(slug: str) -> None:
    session.select(session.TERM, slug)
    session.publish()


def _follow(slug: str) -> None:
    """To a related term, which may be of another group."""
    _open_group(GLOSSARY[slug].group)
    session.select(FIRST, slug)
    _open(slug)


def _details(term: Term, snapshot: Snapshot) -> None:
    """The formula, the number of the run, what is related, and the code."""
    with st.container(key="term_details", gap="small"):
        st.markdown(explained(term.about))
        if term.formula:
            st.latex(term.formula)
        number = _number(term, snapshot)
        if number:
            st.markdown(f":material/monitoring: {_whose()}: **{literal(number)}**")
        if term.source:
            st.caption(f"Source: {literal(term.source)}")
        if term.related:
            with st.container(horizontal=True, gap="small"):
                for name in term.related:
                    slug = slug_of(name)
                    st.button(
                        literal(name),
                        key=f"related-{slug}",
                        icon=":material/arrow_forward:",
                        on_click=_follow,
                        args=(slug,),
                    )
        if term.code:
            _code(term)


def _number(term: Term, snapshot: Snapshot) -> str:
    return term.number(Here(session.config(), snapshot, session.dataset())) if term.number else ""


def _whose() -> str:
    return "This run" if session.current_run() else "The untrained net"


def _code(term: Term) -> None:
    """Where it stands, and what stands there."""
    place = place_of(term.code)
    st.caption(f"{literal(place.file)}, line {place.line}")
    st.code(place.text, language="python", height="content" if place.text.count("\n") < 25 else 420)
