"""The card under the headline while a lesson is on: a thought, one action, and the way on, back and out."""

from functools import partial

import streamlit as st

from makemore_core.lessons.lesson import Lesson, Station
from makemore_core.lessons.place import Place
from pages.ui import session
from pages.ui.lessons import walk
from pages.ui.literal import literal
from pages.ui.sources import link_to

EVERY = 1.0  # seconds between two measurements of a challenge that is not met


def card() -> None:
    """The place where the tab stands; an address that names none shows nothing."""
    walk.moved_on()
    place = walk.here()
    if place is None:
        return
    with st.container(key="lesson", gap="xxsmall"):
        _head(place)
        if place.station:
            _station(place, place.station)
        else:
            _challenges(place.lesson)


def _head(place: Place) -> None:
    """Which lesson, how far, and the buttons."""
    lesson, station = place.lesson, place.station
    with st.container(key="lesson_head", horizontal=True, vertical_alignment="center", gap="small"):
        count = f"{place.number + 1} of {len(lesson.stations)}" if station else "challenge"
        chapter = link_to(station.chapter if station else lesson.lecture)
        st.markdown(f"**{lesson.title}** · {count} · :small[{chapter}]", width="stretch")
        _button("Back", "lesson_back", place.back, disabled=place.number == 0)
        if station:
            already = walk.is_done(place, walk.situation())
            act = partial(walk.go_on, place) if already else partial(walk.go, place.next)
            st.button("Next" if already else "Skip", key="lesson_on", type="tertiary", on_click=act)
        _button("End", "lesson_end", None)


def _button(label: str, key: str, place: Place | None, disabled: bool = False) -> None:
    st.button(label, key=key, type="tertiary", on_click=walk.go, args=(place,), disabled=disabled)


def _station(place: Place, station: Station) -> None:
    """What to think of, what to do, and where."""
    before = place.lesson.stations[place.number - 1] if place.number else None
    if before and (place.lesson.name, before.name) in walk.done():
        st.markdown(f":green[:material/check:] :gray[:small[{before.action}]]")
    st.markdown(station.text)
    with st.container(key="lesson_action", horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f":primary[:material/arrow_forward:] {station.action}", width="content")
        if station.page != session.open_page_name():
            _link(station.page)


def _link(page: str) -> None:
    title = session.page_titles().get(page, page)
    if session.limits().shows(page):
        st.page_link(f"pages/{page}.py", label=f"Go to {title}", icon=":material/open_in_new:")
    else:
        st.markdown(f":gray[The link that you opened has put {literal(title)} away: skip this one.]")


def _challenges(lesson: Lesson) -> None:
    """What is left to be shown, measured on the run itself while it trains."""
    met = walk.done()
    is_open = any((lesson.name, challenge.name) not in met for challenge in lesson.challenges)
    st.fragment(_measured, run_every=EVERY if is_open else None)(lesson, is_open)


def _measured(lesson: Lesson, was_open: bool) -> None:
    """A line each, of a fixed height: nothing below moves when the numbers do."""
    met = walk.done()
    found = [(challenge, walk.measured(lesson, challenge, met)) for challenge in lesson.challenges]
    for challenge, finding in found:
        icon = ":green[:material/check_circle:]" if finding.is_met else ":gray[:material/flag:]"
        st.markdown(f"{icon} **{challenge.sentence}** :gray[{finding.words}]")
    if was_open and all(finding.is_met for _, finding in found):
        st.rerun()
