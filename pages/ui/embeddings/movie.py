"""The movie: how the vectors moved, over all steps whose weights were kept, to play and to take along."""

from collections.abc import Callable
from functools import partial

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from makemore_core.charts.letter_map import map_data
from makemore_core.charts.movie_files import Gif, movie_gif, movie_page
from makemore_core.projections.movie import Movie, movie
from makemore_core.projections.recipe import METHODS
from makemore_core.tasks import Report
from makemore_core.training.recorder import Snapshot
from makemore_core.training.untrained import TrainedModel
from pages.ui import session
from pages.ui.background import in_background
from pages.ui.embeddings.answers import Asked, vectors_of
from pages.ui.embeddings.controls import about_method, controls
from pages.ui.embeddings.neighbours import choose, chosen
from pages.ui.letter_map import letter_map
from pages.ui.literal import literal
from pages.ui.manager import run_manager
from pages.ui.page import or_say_why_not
from pages.ui.tasks import tasks

HEIGHT = 660
FEWEST = 2  # frames
NO_RUN = "A movie shows how the vectors moved: press Play, and come back when a few steps are done."


def draw(snapshot: Snapshot, trained: TrainedModel, row: DeltaGenerator) -> None:
    """Choose, and see the movie of all kept steps."""
    found = controls(snapshot, trained, tuple(METHODS), row)
    steps = tuple(session.weight_steps())
    if len(steps) < FEWEST:
        st.info(NO_RUN, icon=":material/info:")
        return
    or_say_why_not(lambda: _movie(found, steps))


def _movie(found: Asked, steps: tuple[int, ...]) -> None:
    """Made of the steps that were kept when it was asked for; a button takes in those since."""
    found.recipe.check(len(found.rows))
    question, filmed = session.kept("filmed", (None, ()))
    if question != found.question or tasks().find(("movie", question, filmed)) is None:
        question, filmed = found.question, steps
        session.select("filmed", (question, filmed))
    key = ("movie", question, filmed)
    start = f"Make the movie by {METHODS[found.recipe.method].title}" if found.recipe.is_slow else ""
    in_background("movie", key, _work(found, filmed), partial(_show, found, key), start)
    if len(steps) > len(filmed):
        st.button(
            f"Again, with {len(steps) - len(filmed)} more steps",
            key="movie_again",
            icon=":material/refresh:",
            on_click=session.select,
            args=("filmed", (None, ())),
        )


def _work(found: Asked, steps: tuple[int, ...]) -> Callable[[Report], Movie]:
    manager, run = run_manager(), found.now[0]

    def work(report: Report) -> Movie:
        frames: list[np.ndarray] = []
        for i, step in enumerate(steps):
            report(0.0 if found.recipe.is_slow else i / len(steps), f"reading step {step:,}")
            frames.append(vectors_of(manager.trained_model(run, step), found))
        return movie(steps, np.stack(frames), found.recipe, report)

    return work


def _show(found: Asked, key: tuple[object, ...], made: Movie) -> None:
    data = _data(key, found.coloring, found, made)
    n = len(made.steps)
    letter_map(data, chosen(found), partial(choose, found), key="letters_movie", height=HEIGHT)
    st.caption(
        f"{n} steps whose weights were kept, the early ones closer together. Each map is turned to lie on the next "
        f"(Schönemann 1966). {about_method(found)}"
    )
    with st.container(key="movie_files", horizontal=True, vertical_alignment="center"):
        name = f"{found.now[0]}-{found.kind.lower().replace(' ', '-')}"
        st.download_button(
            "HTML", _page(key, found.coloring, data, name), f"{name}.html", "text/html", icon=":material/download:",
            on_click="ignore", help="A page that plays without a network.",
        )  # fmt: skip
        work = partial(movie_gif, _title(found), found.look, made.steps, made.points)
        in_background("gif", ("gif", *key, found.coloring), work, partial(_gif, name), "Make a GIF")


def _gif(name: str, made: Gif) -> None:
    st.download_button("GIF", made.content, f"{name}.gif", "image/gif", icon=":material/download:", on_click="ignore")
    if made.missing:
        some = " ".join(made.missing[:12])
        st.caption(
            f"No font of this machine draws {literal(some)}: the GIF shows their code points. The HTML is "
            "drawn with the fonts of whoever opens it."
        )


def _title(found: Asked) -> str:
    return f"{found.kind}, {'direct' if found.is_direct else found.recipe.words}"


@st.cache_data(max_entries=8, show_spinner=False)
def _data(key: tuple[object, ...], coloring: str, _found: Asked, _made: Movie) -> str:
    kind = " ".join(map(str, key))
    return map_data(_title(_found), _found.look, _made.steps, _made.points.astype(np.float64), is_movie=True, kind=kind)


@st.cache_data(max_entries=8, show_spinner=False)
def _page(key: tuple[object, ...], coloring: str, _data: str, _name: str) -> str:
    return movie_page(_data, _name)
