"""The map: letters as letters, with the trails of the last snapshots; beside it, who is near the chosen ones."""

from collections.abc import Callable
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from makemore_core.charts.letter_map import map_data
from makemore_core.projections.maps import SlowMap, slow_map, with_trails
from makemore_core.projections.plane import Points
from makemore_core.projections.recipe import METHODS
from makemore_core.training.recorder import Snapshot
from makemore_core.training.untrained import TrainedModel
from pages.ui import session
from pages.ui.background import in_background
from pages.ui.embeddings.answers import Asked, past
from pages.ui.embeddings.controls import about_method, controls
from pages.ui.embeddings.neighbours import choose, chosen, neighbours_panel
from pages.ui.letter_map import letter_map
from pages.ui.page import or_say_why_not
from pages.ui.tasks import tasks

HEIGHT = 620
TRAIL, NEW_MOMENTS = 8, 3  # snapshots; new ones in one refresh of a run that trains
STATUS = 62  # pixels


def draw(snapshot: Snapshot, trained: TrainedModel, row: DeltaGenerator) -> None:
    """Choose, see the map, and ask who is near."""
    found = controls(snapshot, trained, tuple(METHODS), row)
    left, right = st.columns([3, 1])
    with left:
        if found.recipe.is_slow:
            or_say_why_not(lambda: by_asking(snapshot, found))
        else:
            at_once(snapshot, found)
        st.caption(
            f"{about_method(found)} "
            "Click a letter or draw around several; Ctrl and the wheel zoom, Shift drags, a double click returns."
        )
    with right:
        neighbours_panel(snapshot, found)


def at_once(snapshot: Snapshot, found: Asked) -> None:
    """By PCA, of the shown step, with the trails of the steps before it."""
    steps = [step for step in session.weight_steps() if step < snapshot.step][-TRAIL:]
    before = past(found, steps, session.trained_model_at, NEW_MOMENTS if snapshot.progress.is_alive else TRAIL)
    known = (*[step for step, _ in before], snapshot.step)

    def make() -> str:
        frames, explained = with_trails([*(vectors for _, vectors in before), found.vectors])
        way = "direct" if found.is_direct else f"PCA, {explained:.0%} of the variance"
        return _data(found, f"{found.kind}, {way}", known, frames)

    draw_map(found, ("quick", known), make)


def by_asking(snapshot: Snapshot, found: Asked) -> None:
    """By t-SNE or UMAP, of the step at which it was asked for; until it is there, PCA's map of that step."""
    found.recipe.check(len(found.rows))
    question, step = session.kept("mapped", (None, None))
    if question != found.question or tasks().find((question, step)) is None:
        question, step = found.question, snapshot.step
        session.select("mapped", (question, step))
    key = (question, step)
    with st.container(key="map_status", height=STATUS, border=False):
        work = partial(slow_map, found.vectors, found.recipe)
        in_background("map", key, work, lambda _: _again(found, snapshot.step, step))
    task = tasks().find(key)
    if task is None or task.result is None:
        at_once(snapshot, found)
        return
    made: SlowMap = task.result
    title = f"{found.kind}, {found.recipe.words}, {made.kept:.0%} of the {made.k} nearest kept"
    draw_map(found, key, lambda: _data(found, title, (step,), made.points[None]))


def _again(found: Asked, now: int, then: int) -> None:
    if now != then:
        st.button(
            f"Again, at step {now:,}",
            key="map_again",
            icon=":material/refresh:",
            on_click=session.select,
            args=("mapped", (None, None)),
        )


def _data(found: Asked, title: str, steps: tuple[int, ...], frames: Points) -> str:
    return map_data(title, found.look, steps, frames, is_movie=False, kind=f"{found.now[0]} {found.kind}")


def draw_map(found: Asked, version: object, make: Callable[[], str]) -> None:
    """The canvas; its data are made once for a version, whoever looks at it."""
    data = _drawn((*found.question, found.now[2]), found.coloring, version, make)
    letter_map(data, chosen(found), partial(choose, found), key="letters_map", height=HEIGHT)


@st.cache_data(max_entries=64, show_spinner=False)
def _drawn(now: tuple[object, ...], coloring: str, version: object, _make: Callable[[], str]) -> str:
    return _make()
