"""All lessons side by side: what each is for, how far one has come, and its challenges with their ticks."""

from collections.abc import Sequence

import streamlit as st

from makemore_core.lessons import Lesson
from makemore_core.lessons.place import Place, is_complete
from makemore_core.training.learning_table import Done
from pages.ui.lessons import walk
from pages.ui.sources import link_to

SIDE_BY_SIDE = 3


def overview(lessons: Sequence[Lesson]) -> None:
    """In rows, so that cards of one row begin at one height."""
    done = walk.done()
    first_open = next((lesson for lesson in lessons if not is_complete(lesson, done)), None)
    pressed = None
    for first in range(0, len(lessons), SIDE_BY_SIDE):
        row = lessons[first : first + SIDE_BY_SIDE]
        for column, lesson in zip(st.columns(SIDE_BY_SIDE, gap="large"), row, strict=True):
            with column, st.container(key=f"lesson_of_{lesson.name}", gap="small"):
                pressed = _lesson(lesson, done, is_next=lesson == first_open) or pressed
    if pressed:
        st.switch_page(f"pages/{pressed}.py")


def _lesson(lesson: Lesson, done: Done, *, is_next: bool) -> str | None:
    """One card; the page to open once a button was pressed. The one that is to come next is bright."""
    found = sum((lesson.name, station.name) in done for station in lesson.stations)
    st.markdown(f"**{lesson.title}**  \n:small[{link_to(lesson.lecture)} · about {lesson.minutes} minutes]")
    st.markdown(lesson.goal)
    st.progress(found / len(lesson.stations), f":small[{found} of {len(lesson.stations)} stations]")
    for challenge in lesson.challenges:
        words = done.get((lesson.name, challenge.name))
        if words is None:
            st.markdown(f":gray[:material/flag:] {challenge.sentence}")
        else:
            st.markdown(f":green[:material/check_circle:] {challenge.sentence} :gray[{words}]")
    return _buttons(lesson, done, found, is_next=is_next)


def _buttons(lesson: Lesson, done: Done, found: int, *, is_next: bool) -> str | None:
    place = Place.reached(lesson, done)
    words = "Once more" if is_complete(lesson, done) else "Go on" if found else "Begin"
    with st.container(horizontal=True, gap="small"):
        begins = st.button(
            words,
            key=f"begin_{lesson.name}",
            type="primary" if is_next else "secondary",
            icon=":material/school:",
            on_click=walk.begin,
            args=(lesson.name,),
        )
        tries = st.button(
            "To the challenge",
            key=f"challenge_{lesson.name}",
            type="tertiary",
            on_click=walk.take_challenge,
            args=(lesson.name,),
        )
    if begins:
        return place.station.page if place.station else lesson.stations[0].page
    return "train" if tries else None
