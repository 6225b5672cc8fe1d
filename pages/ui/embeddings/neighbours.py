"""Who lies near the chosen letter, or near the middle of several: with distances between the full vectors."""

from functools import partial

import streamlit as st

from makemore_core.charts.neighbours import neighbours_figure, neighbours_height
from makemore_core.letters import is_letter
from makemore_core.projections.neighbourhoods import BY_ANGLE, BY_DISTANCE, Neighbours, neighbours
from makemore_core.training.recorder import Snapshot
from pages.ui import session
from pages.ui.embeddings.answers import Asked
from pages.ui.inside.choices import choose_one_of_few
from pages.ui.live import chart
from pages.ui.widgets import multiselect

NEAREST = 10
MOST_NAMED = 6  # letters in a title


def chosen(found: Asked) -> list[str]:
    """The labels that are chosen, of those that the map shows; at first its first letter, or place."""
    labels = found.look.labels
    first = next((label for label in labels if is_letter(label)), labels[0])
    kept: list[str] = session.kept(f"chosen {found.noun}", [first])
    return [label for label in kept if label in labels]


def choose(found: Asked, labels: list[str]) -> None:
    """Choose other ones, on the map or in the list."""
    session.select(f"chosen {found.noun}", labels)


def neighbours_panel(snapshot: Snapshot, found: Asked) -> None:
    """The list to choose from, the bars of the nearest, and how close the chosen are among themselves."""
    labels, picked = found.look.labels, chosen(found)
    multiselect("chosen", "Neighbours of", labels, picked, partial(choose, found), placeholder="Choose on the map")
    by = choose_one_of_few("near_by", "Nearest by", (BY_DISTANCE, BY_ANGLE), label_visibility="collapsed")
    if not picked:
        st.caption("Choose one or more to see who is near.")
        return
    rows = tuple(labels.index(label) for label in picked)
    near = _neighbours((found.now, found.kind), rows, by, found)
    names = " ".join(picked[:MOST_NAMED]) + (" …" if len(picked) > MOST_NAMED else "")
    title = f"Nearest to {names}, step {snapshot.step:,}"
    make, version = partial(neighbours_figure, title, labels, near), (found.now, found.kind, rows, by)
    chart(snapshot, version, "neighbours", make, neighbours_height(NEAREST))
    if near.among is not None:
        st.markdown(f"The {len(rows)} chosen are **{near.among:.2f}** apart on average, any two {near.mean:.2f}.")
    st.caption("Distances between the full vectors, not those on the map; cos 1 is the same direction.")


@st.cache_data(max_entries=64, show_spinner=False)
def _neighbours(version: object, rows: tuple[int, ...], by: str, _found: Asked) -> Neighbours:
    return neighbours(_found.vectors, rows, NEAREST, by)
