"""Share: a link to what is seen here, and what it puts away or locks where a teacher passes it on to a class."""

from functools import partial

import streamlit as st

from makemore_core.sharing import LONGEST_LINK, address
from pages.ui import session
from pages.ui.labels import PARTS, label_of
from pages.ui.limits import ALL, MORE, PRESET, Limits
from pages.ui.manager import run_manager
from pages.ui.widgets import multiselect, toggle

OPEN, RUN, VIEW, PRESETS = "share", "share_run", "share_view", "share_presets"
SHOWN, HIDDEN, LOCKED = "share_pages", "share_hidden", "share_locked"
NAMES = {PRESET: "Preset", MORE: "Everything under More", ALL: "Everything"}
SELDOM = ("data.", "sampling.")  # such settings come last
NO_LOCK = (
    "It tidies the lab for a class; it keeps nobody out: the link can be edited, and See everything stands beside it."
)


def share_button() -> None:
    """The button in the headline, and the dialog while it is open, through every refresh of the page."""
    st.button("Share", key="share_button", icon=":material/share:", type="tertiary", on_click=_open)
    if session.kept(OPEN, False):
        _dialog()


def limits_note() -> None:
    """What a learner is told who came by a teacher's link, and the way out of it."""
    if session.limits() != Limits():
        st.caption("A link has set this lab up: what it put away is not shown, what is greyed is set.")
        st.button("See everything", key="see_everything", icon=":material/visibility:", on_click=session.see_everything)


def _open() -> None:
    """Begin with what holds in this tab: a link made from a link is the same link."""
    now = session.limits()
    session.select(SHOWN, list(now.pages))
    session.select(HIDDEN, list(now.hidden))
    session.select(LOCKED, [word for word in now.locked if word != PRESET])
    session.select(PRESETS, PRESET not in now.locked)
    session.select(OPEN, True)


def _close() -> None:
    session.select(OPEN, False)


@st.dialog("Share", width="medium", on_dismiss=_close)
def _dialog() -> None:
    """What the link carries, what it puts away, and the link."""
    _contents()
    st.markdown("**For a class**", help=NO_LOCK)
    _class()
    limits = _chosen()
    link = address(_base(limits), _parameters(limits))
    st.markdown(_in_words(limits))
    with st.container(key="share_link"):
        st.code(link, language=None, wrap_lines=True)
    if len(link) > LONGEST_LINK:
        st.caption(
            f"It has {len(link):,} characters, and some programs cut links after {LONGEST_LINK:,}: "
            "leave the view out, or lock less by name."
        )
    st.link_button("Open it", link, icon=":material/open_in_new:")


def _contents() -> None:
    """The settings always; the run and the view if wanted."""
    with st.container(horizontal=True, gap="medium", key="share_contents"):
        st.markdown("Settings and seed, and")
        toggle(VIEW, "the open view", _wants(VIEW), partial(session.select, VIEW))
        run = _title()
        at = session.step()
        toggle(
            RUN, f"the run {run}" + (f" at step {at:,}" if at is not None else "") if run else "the run",
            _wants(RUN) and run is not None, partial(session.select, RUN), disabled=run is None,
            help="Runs are kept where this lab runs; elsewhere the link opens the settings alone.",
        )  # fmt: skip


def _title() -> str | None:
    """What the run is called that is shown, unless somebody has deleted it meanwhile."""
    run = session.current_run() if session.progress() else None
    return run_manager().row(run).title if run else None


def _wants(part: str) -> bool:
    return session.kept(part, True)


def _class() -> None:
    titles = session.page_titles()
    _choose(SHOWN, "Pages that are shown", list(titles), titles, "All pages")
    paths = sorted(session.draft().config.settings(), key=lambda path: path.startswith(SELDOM))
    names = NAMES | {path: _name(path) for path in paths}
    _choose(HIDDEN, "Settings that are hidden", [MORE, PRESET, *paths], names, "None")
    _choose(LOCKED, "Settings that are locked: seen, not turned", [ALL, *paths], names, "None")
    toggle(PRESETS, "Another preset may be chosen", session.kept(PRESETS, True), partial(session.select, PRESETS))


def _choose(name: str, label: str, options: list[str], names: dict[str, str], none: str) -> None:
    """Several of the options; what was chosen before stays among them."""
    chosen: list[str] = session.kept(name, [])
    multiselect(
        name, label, [*options, *(word for word in chosen if word not in options)], chosen,
        partial(session.select, name), format_func=lambda word: names.get(word, str(word)), placeholder=none,
    )  # fmt: skip


def _name(path: str) -> str:
    """A setting with the part that it belongs to."""
    part, _, name = path.rpartition(".")
    if not part:
        return PARTS.get(name, label_of(path))
    return f"{part.capitalize()}: {label_of(path).lower()}"


def _chosen() -> Limits:
    locked = [*session.kept(LOCKED, []), *([] if session.kept(PRESETS, True) else [PRESET])]
    return Limits(tuple(session.kept(SHOWN, [])), tuple(session.kept(HIDDEN, [])), tuple(locked))


def _parameters(limits: Limits) -> dict[str, str]:
    carried = session.link_of_settings()
    carried |= session.link_of_run() if _wants(RUN) else {}
    carried |= session.link_of_view() if _wants(VIEW) else {}
    return carried | limits.parameters


def _base(limits: Limits) -> str:
    """The open page, or the first of those that are shown."""
    page = session.open_page_name()
    return session.address(page if limits.shows(page) else limits.pages[0])


def _in_words(limits: Limits) -> str:
    """What somebody sees who opens the link."""
    turned = len(session.link_of_settings()) - 2  # version and preset
    words = [f"**{session.draft().preset}**" + (f" with {_many(turned, 'setting')} turned" if turned else "")]
    if _wants(RUN) and (run := _title()):
        words.append(f"the run **{run}**")
    if limits.pages:
        words.append(f"{_many(len(limits.pages), 'page')} of {len(session.page_titles())}")
    if limits.hidden:
        words.append("more hidden" if limits.hidden == (MORE,) else f"{len(limits.hidden)} hidden")
    if limits.locked:
        words.append("all locked" if ALL in limits.locked else f"{len(limits.locked)} locked")
    return f"The link opens {', '.join(words)}."


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
