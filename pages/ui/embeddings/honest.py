"""How honest is the map: the same vectors from several random beginnings, at several perplexities."""

from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from makemore_core.charts.honesty import honesty_figure, honesty_height
from makemore_core.projections.honesty import Honesty, honesty
from makemore_core.projections.recipe import METHODS, TSNE, UMAP, Recipe, spread_of_neighbours
from makemore_core.training.recorder import Snapshot
from makemore_core.training.untrained import TrainedModel
from pages.ui import session
from pages.ui.background import in_background
from pages.ui.embeddings.answers import Asked
from pages.ui.embeddings.controls import controls
from pages.ui.live import chart
from pages.ui.page import or_say_why_not
from pages.ui.tasks import tasks

START = "Make the maps"


def draw(snapshot: Snapshot, trained: TrainedModel, row: DeltaGenerator) -> None:
    """Choose, make the maps, and read what they agree on."""
    found = controls(snapshot, trained, (TSNE, UMAP), row, with_details=False)
    or_say_why_not(lambda: _panel(snapshot, found))


def _panel(snapshot: Snapshot, found: Asked) -> None:
    method, n = found.recipe.method, len(found.rows)
    Recipe(method, spread_of_neighbours(n, 1)[0]).check(n)
    question = (*found.now[:2], found.kind, method)
    asked, step = session.kept("honest", (None, None))
    if asked != question or tasks().find(("honest", asked, step)) is None:
        asked, step = question, snapshot.step
        session.select("honest", (asked, step))
    key = ("honest", asked, step)
    if tasks().find(key) is None:
        st.caption(
            f"{METHODS[method].title} begins at random and is told how many neighbours count. Nine maps of the same "
            "vectors, three beginnings each at three such numbers, show what is there and what is chance."
        )
    vectors = found.vectors
    in_background(
        "honest", key, lambda report: honesty(vectors, method, report), partial(_show, snapshot, found, step), START
    )


def _show(snapshot: Snapshot, found: Asked, step: int, seen: Honesty) -> None:
    title = f"{found.kind} by {METHODS[seen.method].title} at step {step:,}"
    make = partial(honesty_figure, title, seen, found.look)
    best = max(seen.rows, key=lambda row: row.agreed.mean())
    number = METHODS[seen.method].number.lower()
    verdict = (
        f"At {number} {best.neighbours} the seeds agree most: on {best.agreed.mean():.0%} of the {seen.k} nearest "
        f"neighbours. Unrelated maps would agree on {seen.chance:.0%}."
    )
    st.markdown(verdict)
    height = honesty_height(seen)
    chart(snapshot, (*found.question, step), "honesty", make, height)
    st.caption(
        "Each map begins at random. Over it: the share of its neighbours that are true. Orange letters keep theirs in "
        "all maps of the row; grey ones are placed by chance (after Wattenberg et al. 2016)."
    )
    rows = [(row, one) for row in seen.rows for one in row.maps]
    with st.expander("Numbers", icon=":material/table:"):
        st.dataframe(
            {
                number: [row.neighbours for row, _ in rows],
                "seed": [one.seed for _, one in rows],
                "true neighbours": [f"{one.kept:.0%}" for _, one in rows],
                "trustworthiness": [f"{one.trustworthiness:.3f}" for _, one in rows],
                "continuity": [f"{one.continuity:.3f}" for _, one in rows],
            },
            hide_index=True,
        )
        st.caption(
            "Trustworthiness: who is near on the map is near in truth. Continuity: the other way round "
            "(Venna & Kaski 2001)."
        )
    if step != snapshot.step:
        st.button(
            f"Again, at step {snapshot.step:,}",
            key="honest_again",
            icon=":material/refresh:",
            on_click=session.select,
            args=("honest", (None, None)),
        )
